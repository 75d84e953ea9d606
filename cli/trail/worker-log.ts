import { shownValue, textOf } from './untrusted';
import { fieldsOf, headOf, isMetrics, readWorkerLine, WorkerLine } from './worker-line';
import { LogEvent, LogEventName, LogHead, LogLevel, ReportedFailure } from '../../src/contract/log-events';
import { METRIC_JOB_PROPERTY, METRIC_STEP_DIMENSION, WorkerMetricName } from '../../src/contract/worker-metrics';

/** How an entry of a retrieval job went, as its log tells. */
export interface LoggedEntry {
  readonly entry: string;
  readonly records: number;
  readonly seconds: number;
}

/** A failure as its log tells; without an entry where no single one is to blame. */
export type LoggedFailure = Omit<ReportedFailure, 'entry'> & { readonly entry?: string };

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
  /** Whether the command has ended well. */
  readonly done: boolean;
  readonly entries: readonly LoggedEntry[];
  readonly failures: readonly LoggedFailure[];
  readonly warnings: readonly { readonly entry?: string; readonly text: string }[];
  readonly genomes: readonly LoggedGenome[];
  readonly metrics: Readonly<Partial<Record<WorkerMetricName, number>>>;
  /** The last lines as they were written; the newest last. */
  readonly tail: readonly string[];
}

const TAIL_LINES = 12;
const MAX_LINE_CHARACTERS = 2000;

/** Reads a job's log: one JSON object a line, and whatever else a container wrote. Nothing in it is trusted to have its form. */
export function parseWorkerLog(stream: string, text: string): WorkerLog {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const records = lines.map(readWorkerLine).filter((record) => record !== undefined);
  const times = records.map((record) => Date.parse(String(headOf(record).time))).filter((time) => !Number.isNaN(time));
  const ofEvent = <Event extends LogEventName>(event: Event) =>
    records.map((record) => fieldsOf(record, event)).filter((fields) => fields !== undefined);
  const metricRecords = records.filter(isMetrics);
  return {
    stream,
    firstTime: times[0],
    lastTime: times.at(-1),
    command: textOf(records.map((record) => headOf(record).command).find((command) => command !== undefined))
      ?? textOf(metricRecords[0]?.[METRIC_STEP_DIMENSION]),
    node: textOf(ofEvent(LogEvent.STARTED)[0]?.node),
    jobId: textOf(metricRecords.at(-1)?.[METRIC_JOB_PROPERTY]),
    done: ofEvent(LogEvent.DONE).length > 0,
    entries: ofEvent(LogEvent.ENTRY).map(({ entry, records: made, seconds }) =>
      ({ entry: String(entry), records: Number(made) || 0, seconds: Number(seconds) || 0 })),
    failures: ofEvent(LogEvent.FAILED).map(({ error, entry, message, expected, found }) =>
      ({ error: String(error), entry: textOf(entry), message: String(message), expected, found })),
    warnings: records.filter((record) => headOf(record).level === LogLevel.WARN)
      .map((record) => ({ entry: textOf(record.entry), text: warningText(record) })),
    genomes: ofEvent(LogEvent.GENOME).map(({ name, faiSha256, gziSha256 }) =>
      ({ name: String(name), faiSha256: textOf(faiSha256), gziSha256: textOf(gziSha256) })),
    metrics: Object.fromEntries(metricRecords.flatMap((record) => Object.entries(record)).filter((pair) => typeof pair[1] === 'number')),
    tail: lines.slice(-TAIL_LINES).map((line) => (line.length > MAX_LINE_CHARACTERS ? `${line.slice(0, MAX_LINE_CHARACTERS)}...` : line)),
  };
}

/** What is known of a warning beside its text. */
const BESIDE: readonly (keyof LogHead | 'entry')[] = ['time', 'level', 'event', 'command', 'run', 'entry'];

/** Also of an event that another version of the worker has. */
function warningText(line: WorkerLine): string {
  const more = Object.entries(line).filter(([name]) => !(BESIDE as readonly string[]).includes(name)).map(([, value]) => shownValue(value));
  return [String(headOf(line).event), ...more].join(': ');
}
