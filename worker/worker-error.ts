import { ErrorName, ErrorNameValue } from '../src/contract/error-names';
import { ExitCode } from '../src/contract/exit-codes';

export interface WorkerErrorDetails {
  /** The entry to blame; absent where no single one is. */
  readonly entry?: string;
  readonly expected?: unknown;
  readonly found?: unknown;
  readonly cause?: unknown;
  /** Where it differs from the name's usual one: a missing genome is not to be had by trying again. */
  readonly exitCode?: number;
}

/** A failure with a name of the contract: its message says what was received, what was expected and how to mend it. */
export class WorkerError extends Error {
  public readonly entry?: string;
  public readonly expected?: unknown;
  public readonly found?: unknown;
  private readonly exitCodeOverride?: number;

  constructor(public readonly errorName: ErrorNameValue, message: string, details: WorkerErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = errorName;
    this.entry = details.entry;
    this.expected = details.expected;
    this.found = details.found;
    this.exitCodeOverride = details.exitCode;
  }

  /** The same failure, with the entry that it happened in. */
  public forEntry(entry: string): WorkerError {
    if (this.entry !== undefined) return this;
    return new WorkerError(this.errorName, this.message, {
      entry, expected: this.expected, found: this.found, cause: this, exitCode: this.exitCodeOverride,
    });
  }

  /** The process exit code that tells Batch whether a retry can help. */
  public get exitCode(): number {
    if (this.exitCodeOverride !== undefined) return this.exitCodeOverride;
    switch (this.errorName) {
      case ErrorName.INVALID_INPUT:
      case ErrorName.REFERENCE_SEQUENCE_FAILED:
      case ErrorName.GENOME_REFUSED:
      case ErrorName.ALIGNMENT_FAILED:
        return ExitCode.BAD_INPUT;
      case ErrorName.GENOME_UNAVAILABLE:
      case ErrorName.VARIANT_UNAVAILABLE:
        return ExitCode.UNAVAILABLE;
      default:
        return ExitCode.DEFECT;
    }
  }
}
