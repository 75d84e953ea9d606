/** How grave a line of the worker's log is. */
export const LogLevel = {
  INFO: 'INFO',
  /** Something is not as it should be, and the command goes on, or is stopped from outside. */
  WARN: 'WARN',
  /** The command, or an entry of it, fails. */
  ERROR: 'ERROR',
} as const;

export type LogLevelName = (typeof LogLevel)[keyof typeof LogLevel];

/** What a line of the worker's log is about. */
export const LogEvent = {
  /** A command begins. */
  STARTED: 'started',
  /** A command has ended well; its last line. */
  DONE: 'done',
  /** A signal ended the command. */
  STOPPED: 'stopped',
  /** A command, or one entry of it, has failed; the error file says the same. */
  FAILED: 'failed',
  ERROR_FILE_NOT_WRITTEN: 'error-file-not-written',
  /** A request to somewhere else is made again. */
  RETRY: 'retry',
  /** A genome was opened. */
  GENOME: 'genome',
  /** An entry was made. */
  ENTRY: 'entry',
  ENTRY_WARNING: 'entry-warning',
  /** The proteins of all entries are in one file. */
  JOINED: 'joined',
  /** Clustal Omega goes on; logged now and then. */
  ALIGNING: 'aligning',
  ALIGNED: 'aligned',
  COLLECTED: 'collected',
  /** A run's input has no problem. */
  CHECKED: 'checked',
  /** One problem of a run's input. */
  PROBLEM: 'problem',
} as const;

export type LogEventName = (typeof LogEvent)[keyof typeof LogEvent];

/** The level of each event's lines. */
export const LOG_LEVEL_OF: { readonly [event in LogEventName]: LogLevelName } = {
  [LogEvent.STARTED]: LogLevel.INFO,
  [LogEvent.DONE]: LogLevel.INFO,
  [LogEvent.STOPPED]: LogLevel.WARN,
  [LogEvent.FAILED]: LogLevel.ERROR,
  [LogEvent.ERROR_FILE_NOT_WRITTEN]: LogLevel.WARN,
  [LogEvent.RETRY]: LogLevel.WARN,
  [LogEvent.GENOME]: LogLevel.INFO,
  [LogEvent.ENTRY]: LogLevel.INFO,
  [LogEvent.ENTRY_WARNING]: LogLevel.WARN,
  [LogEvent.JOINED]: LogLevel.INFO,
  [LogEvent.ALIGNING]: LogLevel.INFO,
  [LogEvent.ALIGNED]: LogLevel.INFO,
  [LogEvent.COLLECTED]: LogLevel.INFO,
  [LogEvent.CHECKED]: LogLevel.INFO,
  [LogEvent.PROBLEM]: LogLevel.WARN,
};

/** What a warning of an entry is about. */
export const EntryWarningKind = {
  /** A variant lies outside of the coding region, and is left out. */
  VARIANT_OUTSIDE: 'variant-outside',
  /** Letters of the coding region are no nucleotide codes, and become X. */
  UNKNOWN_LETTERS: 'unknown-letters',
  /** An index is older than its FASTA file, or is of another one. */
  STALE_INDEX: 'stale-index',
} as const;

export type EntryWarningKindName = (typeof EntryWarningKind)[keyof typeof EntryWarningKind];

/** What every line begins with, whatever its event. */
export interface LogHead {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: LogLevelName;
  readonly event: LogEventName;
  /** The worker's command; absent in what is logged before the command line has been understood. */
  readonly command?: string;
  /** The run that the output belongs to; absent where the command works on files of its own. */
  readonly run?: string;
}

/** The fields of each event's lines, after those of the head. */
export interface LogFields {
  readonly [LogEvent.STARTED]: {
    /** Node.js' version. */
    readonly node: string;
  };
  readonly [LogEvent.DONE]: object;
  readonly [LogEvent.STOPPED]: {
    /** The signal's name. */
    readonly by: string;
  };
  readonly [LogEvent.FAILED]: ReportedFailure & {
    /** Only of a bug in the worker. */
    readonly stack?: string;
  };
  readonly [LogEvent.ERROR_FILE_NOT_WRITTEN]: {
    readonly reason: string;
  };
  readonly [LogEvent.RETRY]: {
    /** What is tried. */
    readonly what: string;
    /** How often it was tried, and how often it is at most. */
    readonly attempt: number;
    readonly of: number;
    readonly waitMs: number;
    readonly reason: string;
  };
  readonly [LogEvent.GENOME]: {
    /** Its URL. */
    readonly name: string;
    readonly faiSha256: string;
    readonly gziSha256?: string;
  };
  readonly [LogEvent.ENTRY]: {
    /** Its unique_entry_id, as in every other event that has this field. */
    readonly entry: string;
    readonly records: number;
    readonly seconds: number;
  };
  readonly [LogEvent.ENTRY_WARNING]: {
    readonly entry: string;
    readonly kind: EntryWarningKindName;
    readonly warning: string;
  };
  readonly [LogEvent.JOINED]: {
    readonly files: number;
    readonly sequences: number;
    /** How many more were the same. */
    readonly duplicates: number;
  };
  readonly [LogEvent.ALIGNING]: {
    readonly seconds: number;
    readonly memoryMegabytes: number;
  };
  readonly [LogEvent.ALIGNED]: {
    readonly sequences: number;
    readonly columns: number;
    readonly bytes: number;
    readonly output: string;
  };
  readonly [LogEvent.COLLECTED]: {
    readonly records: number;
    readonly output: string;
  };
  readonly [LogEvent.CHECKED]: {
    readonly input: string;
    /** How many there are; absent where they lie behind a URI. */
    readonly entries?: number;
    /** The URI of entries that were not looked at. */
    readonly notLookedAt?: string;
  };
  readonly [LogEvent.PROBLEM]: {
    readonly problem: string;
  };
}

/** A failure as the log and the error file have it. */
export interface ReportedFailure {
  /** One of ErrorName's. */
  readonly error: string;
  /** The entry to blame; null where no single one is. */
  readonly entry: string | null;
  readonly message: string;
  readonly expected?: unknown;
  readonly found?: unknown;
}
