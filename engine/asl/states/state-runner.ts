import { randomUUID } from 'node:crypto';
import { runMap } from './map-state';
import { runParallel } from './parallel-state';
import { runTask } from './task-state';
import type { StateDefinition, StatesDefinition } from '../definition/definition';
import { parseTimestamp } from '../definition/wait-timestamp';
import { evaluate, evaluateInteger, evaluateTyped, ExpressionError } from '../expression/expression';
import { jsonText } from '../expression/json-text';
import { catcherFor, ErrorCode, Retries } from '../visit/errors';
import { StatesError } from '../visit/task-integration';
import { asStatesError, bindings, Engine, requireSize, requireSizeOfVariables, Scope, Visit, within } from '../visit/visit';

/** Where a state leads: the next one, or the end. */
export interface Step {
  readonly output: unknown;
  readonly next?: string;
}

/** Output and Assign of a state, a choice rule or a catcher. */
interface Writer {
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
}

/** What a state's end gives to its Output and Assign. */
interface Outcome {
  readonly output: unknown;
  readonly next: string | undefined;
  readonly result?: unknown;
  readonly errorOutput?: unknown;
  /** Before the field in messages: `Catch[0]/`. */
  readonly at?: string;
}

/** A Task that waits has a token, also for a job's end. */
const WITH_TOKEN = /\.(sync(:2)?|waitForTaskToken)$/;

/** "Wait state delay is too long.": 24,855 days are waited for, one more is not (seen in AWS). */
const MAX_WAIT_MS = (2 ** 31 - 1) * 1000;

/** Runs states one after the other; a failure that nothing catches is thrown as a StatesError. */
export class StateRunner {
  constructor(protected readonly engine: Engine) {}

  /** @returns the output of the last state */
  public readonly run = async (definition: StatesDefinition, input: unknown, scope: Scope, signal: AbortSignal): Promise<unknown> => {
    // Of a redriven execution: what is behind it is not done again.
    let resumed = scope.place.at;
    if (resumed !== undefined) scope.variables = resumed.variables;
    let step: Step = resumed === undefined ? { output: input, next: definition.StartAt } : { output: resumed.input, next: resumed.state };
    while (step.next !== undefined) {
      signal.throwIfAborted();
      step = await this.visit(definition, step.next, step.output, scope, signal, resumed?.enteredEvent);
      resumed = undefined;
    }
    scope.place.finish(step.output);
    return step.output;
  };

  /** @param entered the event of the state's entry, where it had been entered before the redrive */
  protected async visit(
    definition: StatesDefinition, name: string, input: unknown, scope: Scope, signal: AbortSignal, entered?: number,
  ): Promise<Step> {
    const { history, clock } = this.engine;
    const state = definition.States[name];
    // "Reenters the Fail state and fails again" (developer guide, "Restarting state machine executions with redrive"); others go on.
    if (state.Type === 'Fail') entered = undefined;
    const endTurn = state.Type === 'Task' ? await this.engine.turns.take() : undefined;
    let enteredEvent: number;
    try {
      signal.throwIfAborted();
      enteredEvent = entered ?? history.add(`${state.Type}StateEntered`, { name, input: jsonText(input) }, scope.track);
    } catch (error) {
      endTurn?.();
      throw error;
    }
    if (entered === undefined) scope.place.arrive({ state: name, input, variables: scope.variables, enteredEvent });
    const hasToken = state.Resource !== undefined && WITH_TOKEN.test(state.Resource);
    const enteredAt = clock.now().toISOString();
    const visit: Visit = {
      name, state, input, scope, signal, enteredAt, enteredEvent, retryCount: 0, lines: new Set(), succeeded: false, endTurn,
    };
    scope.open = visit;
    const retries = this.retriesOf(state);
    for (;;) {
      if (hasToken) visit.taskToken = randomUUID();
      visit.lines = new Set();
      visit.succeeded = false;
      try {
        return await this.attempt(visit);
      } catch (thrown) {
        if (signal.aborted) throw signal.reason;
        const error = asStatesError(this.engine, visit, thrown);
        const delay = retries.next(error);
        if (delay === undefined) {
          // A redrive then runs all of its branches or iterations, also those that were successful.
          if (error.errorName === ErrorCode.DATA_LIMIT) scope.place.beginAgain();
          return this.caught(visit, error);
        }
        visit.retryCount += 1;
        scope.place.beginAgain();
        await clock.sleep(delay, signal);
      }
    }
  }

  private async attempt(visit: Visit): Promise<Step> {
    const { state, input } = visit;
    switch (state.Type) {
      case 'Fail':
        throw await this.fail(visit);
      case 'Choice':
        return this.choose(visit);
      case 'Wait':
        await this.wait(visit);
        return this.leave(visit, state, { output: input, next: state.Next });
      case 'Pass':
      case 'Succeed':
        return this.leave(visit, state, { output: input, next: state.Next });
      default: {
        const result = await this.work(visit);
        return this.leave(visit, state, { output: result, result, next: state.Next });
      }
    }
  }

  protected retriesOf(state: StateDefinition): Pick<Retries, 'next'> {
    return new Retries(state.Retry, this.engine.clock);
  }

  /** What the state does before its Assign and Output. */
  protected async work(visit: Visit): Promise<unknown> {
    const { state, name, scope } = visit;
    if (state.Type === 'Task') return runTask(this.engine, visit);
    const { result, last = scope.track.last } = state.Type === 'Map' ? await runMap(this.engine, visit, this.run)
      : { result: await runParallel(this.engine, visit, this.run) };
    requireSize(result, name);
    this.engine.history.aside(`${state.Type}StateSucceeded`, {}, last);
    visit.succeeded = true;
    return result;
  }

  /** Assign and Output, which both see the variables as they were. */
  private async leave(visit: Visit, writer: Writer, outcome: Outcome): Promise<Step> {
    const { scope, name, state } = visit;
    const { at = '', next, ...seen } = outcome;
    const available = bindings(this.engine, visit, {
      ...'result' in seen ? { result: seen.result } : {},
      ...'errorOutput' in seen ? { errorOutput: seen.errorOutput } : {},
    });
    const assigned = await evaluate(writer.Assign ?? {}, `${at}Assign`, available) as Record<string, unknown>;
    const output = 'Output' in writer ? await evaluate(writer.Output, `${at}Output`, available) : outcome.output;
    requireSize(assigned, name);
    requireSize(output, name);
    const variables = { ...scope.variables, ...assigned };
    if (Object.keys(assigned).length > 0) requireSizeOfVariables(variables, name);
    scope.variables = variables;
    const names = Object.entries(assigned).map(([variable, value]) => [variable, jsonText(value)]);
    this.engine.history.add(`${state.Type}StateExited`, {
      name, output: jsonText(output), ...names.length === 0 ? {} : { assignedVariables: Object.fromEntries(names) },
    }, scope.track);
    scope.open = undefined;
    return { output, next };
  }

  private async fail(visit: Visit): Promise<StatesError> {
    const { state: { Error: error, Cause: cause } } = visit;
    const available = bindings(this.engine, visit);
    return new StatesError(
      error === undefined ? '' : await evaluateTyped(error, 'Error', available, 'string'),
      cause === undefined ? undefined : await evaluateTyped(cause, 'Cause', available, 'string'),
    );
  }

  private async choose(visit: Visit): Promise<Step> {
    const { state, input } = visit;
    for (const [index, choice] of (state.Choices ?? []).entries()) {
      if (await evaluateTyped(choice.Condition, `Choices[${index}]/Condition`, bindings(this.engine, visit), 'boolean')) {
        return this.leave(visit, choice, { output: input, next: choice.Next, at: `Choices[${index}]/` });
      }
    }
    if (state.Default === undefined) {
      // AWS's documents have States.NoChoiceMatched; its executions end so.
      throw new StatesError(ErrorCode.RUNTIME, within(visit, 'Failed to transition out of the state. The state does not point to a next state.'));
    }
    return this.leave(visit, state, { output: input, next: state.Default });
  }

  private async wait(visit: Visit): Promise<void> {
    const { state, signal } = visit;
    const { clock } = this.engine;
    const available = bindings(this.engine, visit);
    if (state.Seconds !== undefined) return clock.sleep(await evaluateInteger(state.Seconds, 'Seconds', available, 0) * 1000, signal);
    const until: string = await evaluateTyped(state.Timestamp, 'Timestamp', available, 'string');
    const time = parseTimestamp(until);
    if (time === undefined) {
      throw new ExpressionError(`The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${until}`, 'Timestamp', true);
    }
    const delay = Math.max(0, time - clock.now().getTime());
    if (delay > MAX_WAIT_MS) throw new StatesError(ErrorCode.RUNTIME, within(visit, 'Wait state delay is too long.'));
    return clock.sleep(delay, signal);
  }

  private async caught(visit: Visit, error: StatesError): Promise<Step> {
    const { state, scope } = visit;
    const { history } = this.engine;
    if ((state.Type === 'Parallel' || state.Type === 'Map') && !visit.succeeded) {
      // That error ends the execution at once.
      if (error.errorName !== ErrorCode.RUNTIME) history.add(`${state.Type}StateFailed`, {}, scope.track);
      scope.open = undefined;
    }
    const catcher = catcherFor(state.Catch, error);
    if (catcher === undefined) throw error;
    const errorOutput = errorOutputOf(error);
    const at = `Catch[${state.Catch!.indexOf(catcher)}]/`;
    try {
      return await this.leave(visit, catcher, { output: errorOutput, errorOutput, next: catcher.Next, at });
    } catch (failure) {
      throw asStatesError(this.engine, visit, failure);
    }
  }
}

/** What a catcher sees: of what the failure does not tell, null; a time-out's cause is empty (seen in AWS). */
function errorOutputOf({ errorName, errorCause }: StatesError): { Error: string | null; Cause: string | null } {
  const timeOut = errorName === ErrorCode.TIMEOUT || errorName === ErrorCode.HEARTBEAT_TIMEOUT;
  return { Error: errorName === '' ? null : errorName, Cause: errorCause ?? (timeOut ? '' : null) };
}
