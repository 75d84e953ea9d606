import type { EndStatus } from './history-end';

/** A run of a distributed Map, as DescribeMapRun tells of it; counts change while it goes on. */
export interface MapRun {
  readonly mapRunArn: string;
  readonly executionArn: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly startDate: string;
  stopDate?: string;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly itemCounts: Counts;
  readonly executionCounts: Counts;
  readonly redriveCount: number;
  readonly redriveDate?: string;
}

export interface Counts {
  pending: number;
  /** Of a redriven run, those that failed before and wait for their turn. */
  pendingRedrive: number;
  running: number;
  succeeded: number;
  failed: number;
  timedOut: number;
  aborted: number;
  /** Of those that failed, the ones that a redrive does not do again. */
  failuresNotRedrivable: number;
  total: number;
}

export const OUTCOMES: Readonly<Record<EndStatus, 'succeeded' | 'failed' | 'timedOut' | 'aborted'>> = {
  SUCCEEDED: 'succeeded', FAILED: 'failed', TIMED_OUT: 'timedOut', ABORTED: 'aborted',
};

export function noCounts(): Counts {
  return { pending: 0, pendingRedrive: 0, running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0, failuresNotRedrivable: 0, total: 0 };
}

/** Counts one child execution, and its items, as something else than before. */
export function recount({ itemCounts, executionCounts }: MapRun, items: number, from: keyof Counts | undefined, to: keyof Counts): void {
  for (const [counts, by] of [[itemCounts, items], [executionCounts, 1]] as const) {
    if (from !== undefined) counts[from] -= by;
    counts[to] += by;
  }
}
