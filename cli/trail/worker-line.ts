import { LogEventName, LogFields, LogHead } from '../../src/contract/log-events';
import { METRIC_MARK } from '../../src/contract/worker-metrics';

/** A JSON object that a container wrote as a line: the worker's, or whoever else's. */
export type WorkerLine = Readonly<Record<string, unknown>>;

/** The fields of an event's line, by the contract's names; what they hold is not trusted. */
export type LineFields<Event extends LogEventName> = { readonly [field in keyof (LogHead & LogFields[Event])]?: unknown };

/** Reads a line of a job's log; undefined for one that is no JSON object, which the worker never writes. */
export function readWorkerLine(text: string): WorkerLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as WorkerLine : undefined;
  } catch {
    return undefined;
  }
}

/** The fields that every line of the log has. */
export function headOf(line: WorkerLine): { readonly [field in keyof LogHead]?: unknown } {
  return line;
}

/** Undefined for a line of another event. */
export function fieldsOf<Event extends LogEventName>(line: WorkerLine, event: Event): LineFields<Event> | undefined {
  return line.event === event ? line as LineFields<Event> : undefined;
}

/** Whether the line is a record of metrics, which has no event. */
export function isMetrics(line: WorkerLine): boolean {
  return typeof line[METRIC_MARK] === 'object' && line[METRIC_MARK] !== null;
}
