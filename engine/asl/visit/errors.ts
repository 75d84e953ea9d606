import type { Clock } from '../clock';
import { StatesError } from './task-integration';
import type { Catcher, Retrier } from '../definition/definition';

export const ErrorCode = {
  ALL: 'States.ALL',
  DATA_LIMIT: 'States.DataLimitExceeded',
  EVALUATION: 'States.QueryEvaluationError',
  HEARTBEAT_TIMEOUT: 'States.HeartbeatTimeout',
  ITEM_READER: 'States.ItemReaderFailed',
  RESULT_WRITER: 'States.ResultWriterFailed',
  RUNTIME: 'States.Runtime',
  TASK_FAILED: 'States.TaskFailed',
  TIMEOUT: 'States.Timeout',
  TOO_MANY_FAILURES: 'States.ExceedToleratedFailureThreshold',
} as const;

/** The defaults of a retrier (Amazon States Language, "Errors"). */
const DEFAULTS = { IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3 };

/** What the wildcard States.TaskFailed does not stand for. */
const NO_TASK_FAILURE: readonly string[] = [ErrorCode.TIMEOUT, ErrorCode.HEARTBEAT_TIMEOUT, ErrorCode.DATA_LIMIT];

/** Whether a Retry or Catch entry is for an error. `States.Runtime` always ends the execution (developer guide, "Handling errors"). */
export function catches(errors: readonly string[], { errorName, alias }: Pick<StatesError, 'errorName' | 'alias'>): boolean {
  if (errorName === ErrorCode.RUNTIME) return false;
  return errors.some((name) => name === errorName || name === alias || name === ErrorCode.ALL
    || (name === ErrorCode.TIMEOUT && errorName === ErrorCode.HEARTBEAT_TIMEOUT)
    || (name === ErrorCode.TASK_FAILED && !NO_TASK_FAILURE.includes(errorName)));
}

export function catcherFor(catchers: readonly Catcher[] = [], error: StatesError): Catcher | undefined {
  return catchers.find(({ ErrorEquals }) => catches(ErrorEquals, error));
}

/** Counts the retries of one stay in a state, each retrier for itself. */
export class Retries {
  private readonly used = new Map<Retrier, number>();

  constructor(private readonly retriers: readonly Retrier[] = [], private readonly clock: Clock) {}

  /** How long to wait before the next try, in milliseconds; undefined where there is none. */
  public next(error: StatesError): number | undefined {
    const retrier = this.retriers.find(({ ErrorEquals }) => catches(ErrorEquals, error));
    if (retrier === undefined) return undefined;
    const { IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds = Infinity, JitterStrategy } = { ...DEFAULTS, ...retrier };
    const used = this.used.get(retrier) ?? 0;
    if (used >= MaxAttempts) return undefined;
    this.used.set(retrier, used + 1);
    const delay = Math.min(IntervalSeconds * BackoffRate ** used, MaxDelaySeconds) * 1000;
    return JitterStrategy === 'FULL' ? this.clock.random() * delay : delay;
  }
}
