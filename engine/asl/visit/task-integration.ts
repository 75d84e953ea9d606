/** What a running Task gets to know about its execution. */
export interface TaskContext {
  /** Aborted when the state times out or the execution is stopped; the integration then stops what it started. */
  readonly signal: AbortSignal;
  readonly executionArn: string;
  readonly executionName: string;
  readonly stateName: string;
  /** How often the state was tried before, from 0. */
  readonly retryCount: number;
  /** Adds an event to the execution's history, for example TaskSubmitted. */
  record(type: string, details: Readonly<Record<string, unknown>>): void;
  /** Tells that the work goes on; see HeartbeatSeconds. */
  heartbeat(): void;
}

/** One service integration: the evaluated Arguments in, the task's result out. Throws {@link StatesError}. */
export interface TaskIntegration {
  (args: Record<string, unknown>, context: TaskContext): Promise<unknown>;
  /** Whether a Task may give it the Credentials of another role. */
  readonly takesCredentials?: boolean;
}

/** The integration for a Task's Resource ARN, or undefined where there is none for it, or for the state of that name. */
export type FindIntegration = (resource: string, stateName: string) => TaskIntegration | undefined;

/** A failure with the error name and cause that Retry, Catch and the execution's result see. */
export class StatesError extends Error {
  /** @param alias another name that Retry and Catch may know it by */
  constructor(public readonly errorName: string, public readonly errorCause?: string, public readonly alias?: string) {
    super(errorCause === undefined ? errorName : `${errorName}: ${errorCause}`);
    this.name = 'StatesError';
  }
}
