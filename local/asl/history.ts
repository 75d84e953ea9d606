import type { Clock } from './clock';

/** An event of an execution's history, with AWS's type and details (AWS Step Functions API reference, "HistoryEvent"). */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: string;
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** "Maximum execution history size: 25,000 events" (AWS Step Functions developer guide, page "Service quotas"). */
const MAX_EVENTS = 25_000;

/** The execution cannot go on, and nothing catches it. */
export class HistoryFull extends Error {}

/** What happened in an execution, in order. */
export class History {
  public readonly events: HistoryEvent[] = [];

  constructor(private readonly clock: Clock, private readonly onEvent: (event: HistoryEvent) => void) {}

  /** @returns the event's id */
  public add(type: string, details: Readonly<Record<string, unknown>> = {}): number {
    // The last one is for the execution's own end.
    if (this.events.length >= MAX_EVENTS - 1 && !type.startsWith('Execution')) throw new HistoryFull();
    const id = this.events.length + 1;
    const event: HistoryEvent = { id, previousEventId: id - 1, timestamp: this.clock.now().toISOString(), type, details };
    this.events.push(event);
    this.onEvent(event);
    return id;
  }
}
