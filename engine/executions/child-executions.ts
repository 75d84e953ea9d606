import { ExecutionJournal, ExecutionRecord, ExecutionState, stateOf } from './execution-journal';
import type { ChildStart } from '../asl/record/children';
import type { HistoryEvent } from '../asl/record/history';
import { endOf } from '../asl/record/history-end';
import { MapRun, noCounts, OUTCOMES, recount } from '../asl/record/map-run';

/** A child execution as DescribeExecution tells of it. */
export interface ChildRecord extends ChildStart, ExecutionState {}

/** The child executions of an account's distributed Maps; they are read from their journals whenever somebody asks for them. */
export class ChildExecutions {
  /** @param parents those that run, and those that ended */
  constructor(private readonly folder: string, private readonly parents: () => readonly ExecutionRecord[]) {}

  /** In the order in which they began. */
  public of({ mapRunArn }: MapRun): ChildRecord[] {
    const parent = this.parents().find(({ mapRuns }) => mapRuns.some((run) => run.mapRunArn === mapRunArn));
    if (parent === undefined) return [];
    const trails = [...ExecutionJournal.of(this.folder, parent.arn).children.read().values()];
    return trails.filter(({ start }) => start.mapRunArn === mapRunArn).map(({ start, events }) => ({ ...start, ...stateOf(events) }));
  }

  /** Of all children of an execution, in the order in which they began. */
  public histories(parentArn: string): (readonly HistoryEvent[])[] {
    return [...ExecutionJournal.of(this.folder, parentArn).children.read().values()].map(({ events }) => events);
  }

  /** Undefined where there is none. */
  public find(arn: string): { readonly record: ChildRecord; readonly events: readonly HistoryEvent[] } | undefined {
    const runs = arn.replace(':execution:', ':mapRun:').replace(/[^:]*$/, '');
    for (const parent of this.parents().filter(({ mapRuns }) => mapRuns.some(({ mapRunArn }) => mapRunArn.startsWith(runs)))) {
      const trail = ExecutionJournal.of(this.folder, parent.arn).children.read(arn).get(arn);
      if (trail !== undefined) return { record: { ...trail.start, ...stateOf(trail.events) }, events: trail.events };
    }
    return undefined;
  }
}

/**
 * Ends the child executions, and the runs, that a process which was killed left.
 *
 * @returns all runs of the execution
 */
export function abortInterruptedChildren(journal: ExecutionJournal, mapRuns: readonly MapRun[], details: HistoryEvent['details']): MapRun[] {
  const running = mapRuns.filter(({ status }) => status === 'RUNNING');
  if (running.length === 0) return [...mapRuns];
  const now = new Date().toISOString();
  const counted = new Map(running.map((run) => [run.mapRunArn, { ...run, status: 'ABORTED' as const, stopDate: now, itemCounts: noCounts(), executionCounts: noCounts() }]));
  for (const [arn, { start, events }] of journal.children.read()) {
    const end = endOf(events);
    if (end === undefined) journal.children.event(arn, { id: events.length + 1, previousEventId: 0, timestamp: now, type: 'ExecutionAborted', details });
    const run = counted.get(start.mapRunArn);
    if (run !== undefined) recount(run, start.itemCount, undefined, OUTCOMES[end?.status ?? 'ABORTED']);
  }
  for (const run of running) {
    const { itemCounts, executionCounts } = counted.get(run.mapRunArn)!;
    for (const [counts, before] of [[itemCounts, run.itemCounts], [executionCounts, run.executionCounts]] as const) {
      const { succeeded, failed, timedOut, aborted } = counts;
      counts.total = before.total;
      counts.pending = Math.max(0, before.total - succeeded - failed - timedOut - aborted);
    }
  }
  return mapRuns.map((run) => counted.get(run.mapRunArn) ?? run);
}
