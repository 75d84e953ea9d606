import type { Clock } from '../clock';

/** An event of an execution's history, with AWS's type and details (AWS Step Functions API reference, "HistoryEvent"). */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: string;
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** "Maximum execution history size: 25,000 events" (AWS Step Functions developer guide, page "Service quotas"). */
export const MAX_EVENTS = 25_000;

/** The execution cannot go on, and nothing catches it. */
export class HistoryFull extends Error {}

/** The line of events that one thing after the other leaves, each the previous one's next: the execution's, a branch's, an iteration's. */
export class Track {
  constructor(public last = 0) {}

  /** A line that begins where this one is now. */
  public branch(): Track {
    return new Track(this.last);
  }

  /** Goes on after what the branch has left. */
  public join(branch: Track): void {
    this.last = Math.max(this.last, branch.last);
  }
}

/** What happened in an execution, in order. */
export class History {
  public readonly events: HistoryEvent[];
  private sealed = false;

  /**
   * @param limit   how many events there may be, the end of the execution included
   * @param earlier what was before a redrive
   */
  constructor(
    private readonly clock: Clock, private readonly onEvent: (event: HistoryEvent) => void, private readonly limit = MAX_EVENTS,
    earlier: readonly HistoryEvent[] = [],
  ) {
    this.events = [...earlier];
  }

  /**
   * @param previous where it is not the line's last event
   * @returns the event's id
   * @throws HistoryFull
   */
  public add(type: string, details: Readonly<Record<string, unknown>>, track: Track, previous = track.last): number {
    track.last = this.aside(type, details, previous);
    return track.last;
  }

  /**
   * An event that is no line's last: what comes after it has another previous event.
   *
   * @throws HistoryFull
   */
  public aside(type: string, details: Readonly<Record<string, unknown>>, previous: number): number {
    // What the execution's end cuts off leaves no events.
    if (this.sealed) return previous;
    // The last one is for the execution's own end.
    if (this.events.length >= this.limit - 1) throw new HistoryFull();
    return this.write(type, details, previous);
  }

  /** The one before an event. */
  public previousOf(id: number): number {
    return this.events[id - 1].previousEventId;
  }

  /** From now on, only the execution's end is written. */
  public seal(): void {
    this.sealed = true;
  }

  /** Writes an event of the execution itself, which is in no line. */
  public write(type: string, details: Readonly<Record<string, unknown>>, previousEventId: number): number {
    const id = this.events.length + 1;
    const event: HistoryEvent = { id, previousEventId, timestamp: this.clock.now().toISOString(), type, details };
    this.events.push(event);
    this.onEvent(event);
    return id;
  }
}

/** Their details' field is named after what happens to any state. */
const STATE_EVENT = /^(?!Map(Iteration|Run|State(Started|Failed|Succeeded|Aborted)))[A-Z][a-z]+State(Entered|Exited)$/;
/** They have details also where there is nothing to tell. */
const ALWAYS_DETAILED = new Set(['ActivityStarted', 'ExecutionFailed', 'ExecutionAborted', 'ExecutionTimedOut']);
/** An event without details of its own has none of these. */
const DATA_FIELDS = { input: 'inputDetails', output: 'outputDetails', assignedVariables: 'assignedVariablesDetails' } as const;

/** The event as GetExecutionHistory gives it: `{id, previousEventId, timestamp, type, stateEnteredEventDetails: {...}}`. */
export function apiEvent({ details, ...event }: HistoryEvent): Record<string, unknown> {
  const entries = Object.entries(details).filter(([, value]) => value !== undefined);
  if (entries.length === 0 && !ALWAYS_DETAILED.has(event.type)) return event;
  const field = STATE_EVENT.test(event.type) ? event.type.replace(/^.*(State)(Entered|Exited)$/, 'state$2') : event.type[0].toLowerCase() + event.type.slice(1);
  const more = Object.entries(DATA_FIELDS).filter(([name]) => details[name] !== undefined).map(([, name]) => [name, { truncated: false }]);
  return { ...event, [`${field}EventDetails`]: Object.fromEntries([...entries, ...more]) };
}
