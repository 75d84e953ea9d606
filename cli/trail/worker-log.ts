/** How an entry of a retrieval job went, as its log tells. */
export interface LoggedEntry {
  readonly entry: string;
  readonly records: number;
  readonly seconds: number;
}

export interface LoggedFailure {
  readonly error: string;
  readonly entry?: string;
  readonly message: string;
  readonly expected?: unknown;
  readonly found?: unknown;
}

/** A genome that a job read, and the checksums of its indexes. */
export interface LoggedGenome {
  readonly name: string;
  readonly faiSha256?: string;
  readonly gziSha256?: string;
}

/** What one attempt of a job wrote. */
export interface WorkerLog {
  readonly stream: string;
  /** Milliseconds; of the first and of the last line that has a time. */
  readonly firstTime?: number;
  readonly lastTime?: number;
  readonly command?: string;
  readonly node?: string;
  readonly jobId?: string;
  readonly entries: readonly LoggedEntry[];
  readonly failures: readonly LoggedFailure[];
  readonly warnings: readonly { readonly entry?: string; readonly text: string }[];
  readonly genomes: readonly LoggedGenome[];
  /** By the names of the worker's metrics, such as GenomeBytes, Duration (seconds) and PeakMemory (MiB). */
  readonly metrics: Readonly<Record<string, number>>;
  /** The last lines as they were written; the newest last. */
  readonly tail: readonly string[];
}

const TAIL_LINES = 12;
const MAX_LINE_CHARACTERS = 2000;

/** Reads a job's log: one JSON object a line, and whatever else a container wrote. Nothing in it is trusted to have its form. */
export function parseWorkerLog(stream: string, text: string): WorkerLog {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const records = lines.map(parseLine).filter((record) => record !== undefined);
  const times = records.map(({ time }) => Date.parse(String(time))).filter((time) => !Number.isNaN(time));
  const ofEvent = (event: string) => records.filter((record) => record.event === event);
  const metricRecords = records.filter((record) => typeof record._aws === 'object' && record._aws !== null);
  return {
    stream,
    firstTime: times[0],
    lastTime: times.at(-1),
    command: textOf(records.find(({ command }) => command !== undefined)?.command) ?? textOf(metricRecords[0]?.Step),
    node: textOf(ofEvent('started')[0]?.node),
    jobId: textOf(metricRecords.at(-1)?.JobId),
    entries: ofEvent('entry').map(({ entry, records: made, seconds }) => ({ entry: String(entry), records: Number(made) || 0, seconds: Number(seconds) || 0 })),
    failures: ofEvent('failed').map(({ error, entry, message, expected, found }) =>
      ({ error: String(error), entry: textOf(entry), message: String(message), expected, found })),
    warnings: records.filter(({ level }) => level === 'WARN').map((record) => ({ entry: textOf(record.entry), text: warningText(record) })),
    genomes: ofEvent('genome').map(({ name, faiSha256, gziSha256 }) => ({ name: String(name), faiSha256: textOf(faiSha256), gziSha256: textOf(gziSha256) })),
    metrics: Object.fromEntries(metricRecords.flatMap((record) => Object.entries(record)).filter((pair): pair is [string, number] => typeof pair[1] === 'number')),
    tail: lines.slice(-TAIL_LINES).map((line) => (line.length > MAX_LINE_CHARACTERS ? `${line.slice(0, MAX_LINE_CHARACTERS)}...` : line)),
  };
}

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const OWN_FIELDS = ['time', 'level', 'event', 'command', 'run', 'entry'];

function warningText(record: Record<string, unknown>): string {
  const more = Object.entries(record).filter(([name]) => !OWN_FIELDS.includes(name)).map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return [String(record.event), ...more].join(': ');
}
