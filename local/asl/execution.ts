import { Clock } from './clock';
import type { StateMachineDefinition } from './definition';
import { ErrorCode } from './errors';
import { History, HistoryEvent, HistoryFull } from './history';
import { StateRunner } from './state-runner';
import { FindIntegration, StatesError } from './task-integration';

export interface ExecutionOptions {
  readonly definition: StateMachineDefinition;
  readonly input: unknown;
  readonly name: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly findIntegration: FindIntegration;
  readonly clock: Clock;
  /** Aborted to stop the execution. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: HistoryEvent) => void;
}

export interface ExecutionResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly events: readonly HistoryEvent[];
}

/**
 * Runs one execution to its end; whatever it started has ended then as well.
 *
 * @throws only for a defect of the engine or of an integration; how the execution failed is in the result
 */
export async function runExecution(options: ExecutionOptions): Promise<ExecutionResult> {
  const { definition, clock } = options;
  const history = new History(clock, options.onEvent ?? (() => undefined));
  const started = clock.now().toISOString();
  const stop = new AbortController();
  const abort = () => stop.abort(options.signal.reason);
  if (options.signal.aborted) abort();
  options.signal.addEventListener('abort', abort, { once: true });
  const finished = new AbortController();
  let timedOut = false;
  if (definition.TimeoutSeconds !== undefined) {
    void clock.sleep(definition.TimeoutSeconds * 1000, finished.signal).then(() => {
      timedOut = true;
      stop.abort(new Error('the execution timed out'));
    }, () => undefined);
  }
  const runner = new StateRunner({
    history,
    clock,
    findIntegration: options.findIntegration,
    context: {
      Execution: { Id: options.executionArn, Input: options.input, Name: options.name, RoleArn: options.roleArn, StartTime: started, RedriveCount: 0 },
      StateMachine: { Id: options.stateMachineArn, Name: options.stateMachineName },
    },
    executionArn: options.executionArn,
    executionName: options.name,
  });
  history.add('ExecutionStarted', { input: JSON.stringify(options.input), roleArn: options.roleArn });
  const end = (status: ExecutionResult['status'], type: string, result: Pick<ExecutionResult, 'output' | 'error' | 'cause'>): ExecutionResult => {
    history.add(type, { ...result, ...'output' in result ? { output: JSON.stringify(result.output) } : {} });
    return { status, ...result, events: history.events };
  };
  try {
    const output = await runner.run(definition, options.input, { variables: {}, item: undefined }, stop.signal);
    return end('SUCCEEDED', 'ExecutionSucceeded', { output });
  } catch (error) {
    if (timedOut) return end('TIMED_OUT', 'ExecutionTimedOut', { error: ErrorCode.TIMEOUT });
    if (options.signal.aborted) return end('ABORTED', 'ExecutionAborted', {});
    if (error instanceof HistoryFull) {
      return end('FAILED', 'ExecutionFailed', { error: ErrorCode.RUNTIME, cause: 'The execution reached the maximum number of history events (25000).' });
    }
    if (!(error instanceof StatesError)) throw error;
    return end('FAILED', 'ExecutionFailed', {
      ...error.errorName === '' ? {} : { error: error.errorName },
      ...error.errorCause === undefined ? {} : { cause: error.errorCause },
    });
  } finally {
    finished.abort();
    options.signal.removeEventListener('abort', abort);
  }
}
