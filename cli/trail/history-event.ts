/** An event of an execution's history, whoever told of it: the local engine's file, or GetExecutionHistory. */
export interface ReportEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** Milliseconds. */
  readonly time: number;
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What the history file holds is not a history. */
export class HistoryError extends Error {}

/**
 * Reads a history: the list that `pavi-pipeline run` leaves, or the answer of `aws stepfunctions get-execution-history` (the object or its
 * list of events), whose details have a field of their own for each type of event.
 *
 * @throws HistoryError
 */
export function parseHistory(text: string): ReportEvent[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new HistoryError(`it is not JSON: ${(error as Error).message}`);
  }
  const list = Array.isArray(json) ? json : (json as { events?: unknown } | null)?.events;
  if (!Array.isArray(list)) throw new HistoryError('expected a list of events, or an object with events');
  return reportEvents(list);
}

/**
 * Events as the API, an SDK or the AWS CLI gives them, oldest first.
 *
 * @throws HistoryError
 */
export function reportEvents(list: readonly unknown[]): ReportEvent[] {
  // GetExecutionHistory may be asked for the newest first.
  return list.map(reportEvent).sort((a, b) => a.id - b.id);
}

function reportEvent(value: unknown, index: number): ReportEvent {
  const event = (value ?? {}) as Record<string, unknown>;
  const time = milliseconds(event.timestamp);
  if (typeof event.id !== 'number' || typeof event.type !== 'string' || Number.isNaN(time)) {
    throw new HistoryError(`event ${index + 1} has no id, type or timestamp`);
  }
  const own = Object.entries(event).find(([name]) => name === 'details' || name.endsWith('EventDetails'))?.[1];
  return {
    id: event.id,
    previousEventId: typeof event.previousEventId === 'number' ? event.previousEventId : 0,
    time,
    type: event.type,
    details: typeof own === 'object' && own !== null ? own as Record<string, unknown> : {},
  };
}

/** The AWS CLI writes texts or, in its first version, seconds; an SDK gives dates. */
function milliseconds(timestamp: unknown): number {
  if (timestamp instanceof Date) return timestamp.getTime();
  return typeof timestamp === 'number' ? timestamp * 1000 : Date.parse(String(timestamp));
}

/** A field of an event that holds JSON; undefined where it is not. */
export function jsonField(event: ReportEvent | undefined, field: string): Record<string, any> | undefined {
  try {
    const value = JSON.parse(String(event?.details[field]));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
