import type { ReportEvent } from './history-event';

/** What a state was entered for, once. */
export interface StateVisit {
  /** Of the event by which it was entered. */
  readonly id: number;
  readonly name: string;
  /** As its events name it: Task, Map, Pass, Choice, ... */
  readonly type: string;
  readonly enteredAt: number;
  readonly endedAt?: number;
  /** What it failed with, whether that was caught or not. */
  readonly error?: string;
  /** Whether it is a state of the machine itself, and not one inside of a Map. */
  readonly outer: boolean;
}

const FAILURES = ['TaskFailed', 'TaskTimedOut', 'TaskStartFailed', 'TaskSubmitFailed', 'EvaluationFailed', 'MapStateFailed', 'MapRunFailed'];
const INNER_STARTS = ['MapIterationStarted', 'ParallelStateStarted'];
const INNER_ENDS = /^(Map|Parallel)State(Succeeded|Failed|Exited)$/;

/** The visits that a history tells of, in the order of their beginnings. */
export function stateVisits(events: readonly ReportEvent[]): StateVisit[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  const inner = innerEvents(events);
  const visits = new Map<number, StateVisit>();
  for (const event of events) {
    const { type, time, details } = event;
    const entered = /^(.+)StateEntered$/.exec(type)?.[1];
    if (entered !== undefined) {
      visits.set(event.id, { id: event.id, name: String(details.name), type: entered, enteredAt: time, outer: !inner.has(event.id) });
      continue;
    }
    const failed = FAILURES.includes(type);
    if (!failed && !/StateExited$/.test(type)) continue;
    const visit = visits.get(enteredBy(event, byId)?.id ?? 0);
    if (visit !== undefined) Object.assign(visit, { endedAt: time, ...failed ? { error: typeof details.error === 'string' && details.error !== '' ? details.error : 'failed inside' } : {} });
  }
  return [...visits.values()];
}

/** The ids of events between the start of a Map's iteration, or of parallel branches, and the end of all of them. */
function innerEvents(events: readonly ReportEvent[]): ReadonlySet<number> {
  const inner = new Set<number>();
  for (const { id, type, previousEventId } of events) {
    if (INNER_ENDS.test(type)) continue;
    if (INNER_STARTS.includes(type) || inner.has(previousEventId)) inner.add(id);
  }
  return inner;
}

/** The event by which the state was entered whose exit or failure the event tells. */
export function enteredBy(event: ReportEvent, byId: ReadonlyMap<number, ReportEvent>): ReportEvent | undefined {
  const { name } = event.details;
  for (let at = byId.get(event.previousEventId); at !== undefined && at.previousEventId < at.id; at = byId.get(at.previousEventId)) {
    const fits = typeof name !== 'string' || at.details.name === name;
    if (/StateEntered$/.test(at.type) && fits && (!event.type.startsWith('Map') || at.type === 'MapStateEntered')) return at;
  }
  return undefined;
}
