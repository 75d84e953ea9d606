import type { HistoryEvent } from './history';

export type EndStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** How an execution ended, as the last event of its history tells. */
export interface HistoryEnd {
  readonly status: EndStatus;
  readonly stopDate: string;
  /** JSON */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

const ENDS: Readonly<Record<string, EndStatus>> = {
  ExecutionSucceeded: 'SUCCEEDED', ExecutionFailed: 'FAILED', ExecutionTimedOut: 'TIMED_OUT', ExecutionAborted: 'ABORTED',
};

/** Undefined where the execution goes on. */
export function endOf(events: readonly HistoryEvent[]): HistoryEnd | undefined {
  const last = events.at(-1);
  if (last === undefined || !Object.hasOwn(ENDS, last.type)) return undefined;
  const status = ENDS[last.type];
  const { output, error, cause } = last.details as { output?: string; error?: string; cause?: string };
  return {
    status,
    stopDate: last.timestamp,
    ...output === undefined ? {} : { output },
    // Of a time-out, only the history tells the error.
    ...status === 'TIMED_OUT' ? {} : { error, cause },
  };
}

/** The redrives that the history tells of. */
export function redrivesOf(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  return events.filter(({ type }) => type === 'ExecutionRedriven');
}
