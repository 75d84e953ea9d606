/** What a running Task gets to know about its execution. */
export interface TaskContext {
  /** Aborted when the state times out or the execution is stopped; the integration then stops what it started. */
  readonly signal: AbortSignal;
  readonly executionArn: string;
  readonly executionName: string;
  readonly stateName: string;
  /** Adds an event to the execution's history, for example TaskSubmitted. */
  record(type: string, details: Readonly<Record<string, unknown>>): void;
}

/** One service integration: the evaluated Arguments in, the task's result out. Throws {@link StatesError}. */
export type TaskIntegration = (args: Record<string, unknown>, context: TaskContext) => Promise<unknown>;

/** The integration for a Task's Resource ARN, or undefined where there is none. */
export type FindIntegration = (resource: string) => TaskIntegration | undefined;

/** A failure with the error name and cause that Retry, Catch and the execution's result see. */
export class StatesError extends Error {
  constructor(public readonly errorName: string, public readonly errorCause?: string) {
    super(errorCause === undefined ? errorName : `${errorName}: ${errorCause}`);
    this.name = 'StatesError';
  }
}
