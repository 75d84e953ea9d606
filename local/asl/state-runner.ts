import { Clock } from './clock';
import type { StateDefinition, StatesDefinition } from './definition';
import { catcherFor, ErrorCode, Retries } from './errors';
import { evaluate, evaluateTyped, ExpressionError } from './expression';
import { History } from './history';
import { mapItems } from './map-items';
import { FindIntegration, StatesError } from './task-integration';

/** "Maximum input or output size: 256 KiB of data as a UTF-8 encoded string" (developer guide, page "Service quotas"). */
const MAX_PAYLOAD_BYTES = 256 * 1024;

export interface RunnerOptions {
  readonly history: History;
  readonly clock: Clock;
  readonly findIntegration: FindIntegration;
  /** `$states.context` without what changes from state to state. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly executionArn: string;
  readonly executionName: string;
}

/** What a state sees of where it is: its variables, and its Map's item. */
export interface Scope {
  variables: Readonly<Record<string, unknown>>;
  readonly item: { readonly Index: number; readonly Value: unknown } | undefined;
}

/** One stay in a state. */
interface Visit {
  readonly name: string;
  readonly state: StateDefinition;
  readonly input: unknown;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  readonly enteredAt: string;
  readonly enteredEvent: number;
  retryCount: number;
}

/** Where a state leads: the next one, or the end. */
interface Step {
  readonly output: unknown;
  readonly next?: string;
}

/** Runs states one after the other; a failure that nothing catches is thrown as a StatesError. */
export class StateRunner {
  constructor(private readonly options: RunnerOptions) {}

  /** @returns the output of the last state */
  public async run(definition: StatesDefinition, input: unknown, scope: Scope, signal: AbortSignal): Promise<unknown> {
    let step: Step = { output: input, next: definition.StartAt };
    while (step.next !== undefined) {
      signal.throwIfAborted();
      step = await this.visit(step.next, definition.States[step.next], step.output, scope, signal);
    }
    return step.output;
  }

  private async visit(name: string, state: StateDefinition, input: unknown, scope: Scope, signal: AbortSignal): Promise<Step> {
    const { history, clock } = this.options;
    const enteredEvent = history.add(`${state.Type}StateEntered`, { name, input: JSON.stringify(input) });
    const visit: Visit = { name, state, input, scope, signal, enteredAt: clock.now().toISOString(), enteredEvent, retryCount: 0 };
    const retries = new Retries(state.Retry, clock);
    for (;;) {
      try {
        const step = await this.perform(visit);
        history.add(`${state.Type}StateExited`, { name, output: JSON.stringify(step.output) });
        return step;
      } catch (thrown) {
        signal.throwIfAborted();
        const error = this.asStatesError(visit, thrown);
        const delay = retries.next(error);
        if (delay === undefined) return this.caught(visit, error);
        visit.retryCount += 1;
        await clock.sleep(delay, signal);
      }
    }
  }

  private async perform(visit: Visit): Promise<Step> {
    const { state, input } = visit;
    switch (state.Type) {
      case 'Pass':
      case 'Succeed':
        return this.leave(visit, state, undefined, input, state.Next);
      case 'Fail':
        throw new StatesError(
          state.Error === undefined ? '' : await this.typed(visit, 'Error', 'string'),
          state.Cause === undefined ? undefined : await this.typed(visit, 'Cause', 'string'),
        );
      case 'Choice':
        return this.choose(visit);
      case 'Wait':
        await this.wait(visit);
        return this.leave(visit, state, undefined, input, state.Next);
      case 'Task': {
        const result = await this.task(visit);
        return this.leave(visit, state, result, result, state.Next);
      }
      case 'Map': {
        const result = await this.map(visit);
        return this.leave(visit, state, result, result, state.Next);
      }
      case 'Parallel': {
        const result = await this.parallel(visit);
        return this.leave(visit, state, result, result, state.Next);
      }
    }
  }

  /** Output and Assign, which both see the variables as they were. */
  private async leave(
    visit: Visit, writer: { Output?: unknown; Assign?: unknown }, result: unknown, otherwise: unknown, next: string | undefined, errorOutput?: unknown, at = '',
  ): Promise<Step> {
    const bindings = this.bindings(visit, { ...result === undefined ? {} : { result }, ...errorOutput === undefined ? {} : { errorOutput } });
    const output = 'Output' in writer ? await evaluate(writer.Output, `${at}Output`, bindings) : otherwise;
    const assigned = await evaluate(writer.Assign ?? {}, `${at}Assign`, bindings) as Record<string, unknown>;
    requireSize(output, visit.name, 'output');
    requireSize(assigned, visit.name, 'variables');
    visit.scope.variables = { ...visit.scope.variables, ...assigned };
    return { output, next };
  }

  private async choose(visit: Visit): Promise<Step> {
    const { state, input } = visit;
    for (const [index, choice] of (state.Choices ?? []).entries()) {
      if (await evaluateTyped(choice.Condition, `Choices[${index}]/Condition`, this.bindings(visit), 'boolean')) {
        return this.leave(visit, choice, undefined, input, choice.Next, undefined, `Choices[${index}]/`);
      }
    }
    if (state.Default === undefined) throw new StatesError(ErrorCode.NO_CHOICE, 'No choice rule matched and no Default is given.');
    return this.leave(visit, state, undefined, input, state.Default);
  }

  private async wait(visit: Visit): Promise<void> {
    const { state } = visit;
    if (state.Seconds !== undefined) return this.options.clock.sleep(await this.typed(visit, 'Seconds', 'number') * 1000, visit.signal);
    const until: string = await this.typed(visit, 'Timestamp', 'string');
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(until) ? Date.parse(until) : NaN;
    if (Number.isNaN(time) || !sameDay(until)) {
      throw new ExpressionError(`The Timestamp cannot be parsed as an ISO-8601 extended offset date-time format string: ${until}`);
    }
    return this.options.clock.sleep(Math.max(0, time - this.options.clock.now().getTime()), visit.signal);
  }

  private async task(visit: Visit): Promise<unknown> {
    const { state, name, signal } = visit;
    const { history, findIntegration, executionArn, executionName } = this.options;
    const integration = findIntegration(state.Resource!);
    if (integration === undefined) throw new StatesError(ErrorCode.RUNTIME, `${state.Resource} is not supported`);
    const args = await evaluate(state.Arguments ?? visit.input, 'Arguments', this.bindings(visit)) as Record<string, unknown>;
    requireSize(args, name, 'arguments');
    const seconds = state.TimeoutSeconds === undefined ? undefined : await this.typed(visit, 'TimeoutSeconds', 'number') as number;
    history.add('TaskScheduled', { resource: state.Resource, parameters: JSON.stringify(args), timeoutInSeconds: seconds });
    history.add('TaskStarted', { resource: state.Resource });
    try {
      const result = await this.withTimeout(seconds, signal, (limited) => integration(args, {
        signal: limited, executionArn, executionName, stateName: name, record: (type, details) => { history.add(type, details); },
      }));
      requireSize(result, name, 'result');
      history.add('TaskSucceeded', { resource: state.Resource, output: JSON.stringify(result) });
      return result;
    } catch (error) {
      if (error instanceof StatesError && !signal.aborted) {
        history.add(error.errorName === ErrorCode.TIMEOUT ? 'TaskTimedOut' : 'TaskFailed', { resource: state.Resource, error: error.errorName, cause: error.errorCause });
      }
      throw error;
    }
  }

  /** Aborts the work when the time is up, and waits until it has ended: nothing may go on behind a failed state. */
  private async withTimeout<T>(seconds: number | undefined, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (seconds === undefined) return work(signal);
    const [limit, finished] = [new AbortController(), new AbortController()];
    void this.options.clock.sleep(seconds * 1000, finished.signal).then(() => limit.abort(new Error('timeout')), () => undefined);
    try {
      const result = await work(AbortSignal.any([signal, limit.signal]));
      if (limit.signal.aborted) throw new StatesError(ErrorCode.TIMEOUT, '');
      return result;
    } catch (error) {
      if (limit.signal.aborted && !signal.aborted) throw new StatesError(ErrorCode.TIMEOUT, '');
      throw error;
    } finally {
      finished.abort();
    }
  }

  private async map(visit: Visit): Promise<unknown[]> {
    const { state, input, scope, name } = visit;
    const { history } = this.options;
    if (state.Items === undefined && !Array.isArray(input)) throw new ExpressionError(`Map state input must be an array but was: ${JSON.stringify(input)}`);
    const items: unknown[] = state.Items === undefined ? input as unknown[] : await this.typed(visit, 'Items', 'array');
    const concurrency: number = state.MaxConcurrency === undefined ? 0 : await this.typed(visit, 'MaxConcurrency', 'number');
    history.add('MapStateStarted', { length: items.length });
    try {
      const results = await mapItems(items, concurrency, visit.signal, async (Value, Index, signal) => {
        history.add('MapIterationStarted', { name, index: Index });
        const inner: Scope = { variables: scope.variables, item: { Index, Value } };
        try {
          const selected = state.ItemSelector === undefined ? Value
            : await evaluate(state.ItemSelector, 'ItemSelector', this.bindings({ ...visit, scope: inner }));
          const output = await this.run(state.ItemProcessor!, selected, inner, signal);
          history.add('MapIterationSucceeded', { name, index: Index });
          return output;
        } catch (error) {
          history.add(signal.aborted ? 'MapIterationAborted' : 'MapIterationFailed', { name, index: Index });
          throw error;
        }
      });
      history.add('MapStateSucceeded');
      return results;
    } catch (error) {
      history.add(visit.signal.aborted ? 'MapStateAborted' : 'MapStateFailed');
      throw error;
    }
  }

  private async parallel(visit: Visit): Promise<unknown[]> {
    const { state, input, scope } = visit;
    const { history } = this.options;
    const branchInput = state.Arguments === undefined ? input : await evaluate(state.Arguments, 'Arguments', this.bindings(visit));
    history.add('ParallelStateStarted');
    try {
      const results = await mapItems([...state.Branches!], 0, visit.signal, (branch, _index, signal) =>
        this.run(branch, branchInput, { variables: scope.variables, item: scope.item }, signal));
      history.add('ParallelStateSucceeded');
      return results;
    } catch (error) {
      history.add(visit.signal.aborted ? 'ParallelStateAborted' : 'ParallelStateFailed');
      throw error;
    }
  }

  private async caught(visit: Visit, error: StatesError): Promise<Step> {
    const { state, name } = visit;
    const catcher = catcherFor(state.Catch, error);
    if (catcher === undefined) throw error;
    const errorOutput = { Error: error.errorName, Cause: error.errorCause ?? '' };
    try {
      const step = await this.leave(visit, catcher, undefined, errorOutput, catcher.Next, errorOutput, `Catch[${state.Catch!.indexOf(catcher)}]/`);
      this.options.history.add(`${state.Type}StateExited`, { name, output: JSON.stringify(step.output) });
      return step;
    } catch (failure) {
      throw this.asStatesError(visit, failure);
    }
  }

  private typed(visit: Visit, field: keyof StateDefinition, type: 'array' | 'boolean' | 'number' | 'string'): Promise<any> {
    return evaluateTyped(visit.state[field], field, this.bindings(visit), type);
  }

  private bindings(visit: Visit, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    const { name, state, input, scope, enteredAt, retryCount } = visit;
    const context = {
      ...this.options.context,
      State: { Name: name, EnteredTime: enteredAt, ...state.Type === 'Pass' ? {} : { RetryCount: retryCount } },
      ...scope.item === undefined ? {} : { Map: { Item: scope.item } },
    };
    return { ...scope.variables, states: { input, context, ...more } };
  }

  private asStatesError(visit: Visit, error: unknown): StatesError {
    if (!(error instanceof ExpressionError)) {
      if (error instanceof StatesError) return error;
      throw error;
    }
    const failure = new StatesError(ErrorCode.EVALUATION,
      `An error occurred while executing the state '${visit.name}' (entered at the event id #${visit.enteredEvent}). ${error.message}`);
    this.options.history.add('EvaluationFailed', { state: visit.name, error: failure.errorName, cause: failure.errorCause });
    return failure;
  }
}

function requireSize(value: unknown, state: string, what: string): void {
  if (value === undefined || Buffer.byteLength(JSON.stringify(value)) <= MAX_PAYLOAD_BYTES) return;
  throw new StatesError(ErrorCode.DATA_LIMIT,
    `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit (${what}).`);
}

/** Date.parse takes the 31st of a month of 30 days for the next month's first. */
function sameDay(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
