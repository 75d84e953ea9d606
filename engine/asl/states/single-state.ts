import { StateRunner, Step } from './state-runner';
import type { Clock } from '../clock';
import type { Retrier, StateDefinition } from '../definition/definition';
import type { TestedState } from '../definition/tested-state';
import { evaluate, ExpressionOptions } from '../expression/expression';
import { requireRange, toleranceOf, worksOf } from '../map-run/distributed-map';
import { readItems } from '../map-run/item-reader';
import { concurrencyOf, itemsOf } from '../map-run/map-input';
import { History, Track } from '../record/history';
import { Place } from '../record/place';
import { catcherFor, catches, ErrorCode, Retries } from '../visit/errors';
import { FindIntegration, StatesError, TaskIntegration } from '../visit/task-integration';
import { Turns } from '../visit/turns';
import { bindings, Engine, field, requireSize, Scope, Visit } from '../visit/visit';

/** What a Task, Map or Parallel gives in a test, in place of its work. */
export type StateMock = { readonly result: unknown } | { readonly error: string; readonly cause?: string };

export interface StateTestOptions extends TestedState {
  readonly input: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
  /** `$states.context` without what changes from state to state. */
  readonly context: Engine['context'];
  /** `$states.context` as a whole. */
  readonly wholeContext?: Engine['wholeContext'];
  readonly executionArn: string;
  readonly executionName: string;
  readonly mock?: StateMock;
  /** How often the retrier of the error was used before. */
  readonly retrierRetryCount: number;
  readonly mapIterationFailureCount: number;
  /** The file that a Map's ItemReader reads. */
  readonly mapItemReaderData?: string;
  readonly findIntegration: FindIntegration;
  readonly clock: Clock;
  readonly expressions: ExpressionOptions;
}

/** What there is to see of a test beside its result; each as far as the state came. */
export interface StateInspection {
  afterArguments?: unknown;
  result?: unknown;
  afterItemSelector?: unknown;
  afterItemBatcher?: unknown;
  maxConcurrency?: number;
  toleratedFailureCount?: number;
  toleratedFailurePercentage?: number;
  errorDetails?: { readonly catchIndex: number } | { readonly retryIndex: number; readonly retryBackoffIntervalSeconds: number };
}

export interface StateTestResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly nextState?: string;
  /** As they are after the state. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly inspection: StateInspection;
}

/** "The TestState API can run for up to five minutes" (API reference, TestState). */
const MAX_MILLISECONDS = 300_000;

/** The state would be tried again. */
class Retriable extends Error {
  constructor(public readonly error: StatesError) {
    super(error.message);
  }
}

/** Runs one state by itself, as TestState does: it is tried once, and its Retry and Catch are asked what would happen next. */
export async function runSingleState(options: StateTestOptions): Promise<StateTestResult> {
  const { clock, definition, name, input, variables, expressions, context, wholeContext, executionArn, executionName } = options;
  const inspection: StateInspection = {};
  const history = new History(clock, () => undefined);
  history.write('ExecutionStarted', {}, 0);
  const runner = new SingleState({
    expressions,
    history,
    clock,
    turns: new Turns(),
    findIntegration: inspected(options, inspection),
    context,
    wholeContext,
    executionArn,
    executionName,
    // A Map that is tested has no iterations.
    runChild: () => Promise.reject(new Error('a tested state runs no child execution')),
    isRedrivable: () => false,
    onMapRun: () => undefined,
  }, options, inspection);
  const scope: Scope = { variables, item: undefined, track: new Track(0), place: new Place(), nested: false };
  const [limit, finished] = [new AbortController(), new AbortController()];
  void clock.sleep(MAX_MILLISECONDS, finished.signal).then(() => limit.abort(new StatesError(ErrorCode.TIMEOUT)), () => undefined);
  const end = (status: StateTestResult['status'], error?: StatesError, more: Partial<StateTestResult> = {}): StateTestResult => ({
    status,
    ...error === undefined ? {} : { error: error.errorName, cause: error.errorCause },
    ...more,
    variables: scope.variables,
    inspection,
  });
  try {
    const { output, next } = await runner.once(definition, name, input, scope, limit.signal);
    const { failure } = runner;
    if (failure === undefined) return end('SUCCEEDED', undefined, { output, nextState: next });
    return end('CAUGHT_ERROR', failure, { output, nextState: next });
  } catch (error) {
    if (error instanceof Retriable) return end('RETRIABLE', error.error);
    if (!(error instanceof StatesError)) throw error;
    return end('FAILED', error);
  } finally {
    finished.abort();
  }
}

/** The Task's integration, or its mock; what it is given and gives is kept. */
function inspected({ mock, findIntegration }: StateTestOptions, inspection: StateInspection): FindIntegration {
  return (resource, stateName) => {
    const integration: TaskIntegration | undefined = mock === undefined ? findIntegration(resource, stateName)
      : Object.assign(async () => mocked(mock), { takesCredentials: true });
    if (integration === undefined) return undefined;
    const { takesCredentials } = integration;
    return Object.assign<TaskIntegration, object>(async (args, taskContext) => {
      inspection.afterArguments = args;
      inspection.result = await integration(args, taskContext);
      return inspection.result;
    }, { takesCredentials });
  };
}

function mocked(mock: StateMock): unknown {
  if ('error' in mock) throw new StatesError(mock.error, mock.cause);
  return mock.result;
}

class SingleState extends StateRunner {
  /** The error of the state's work, of its Output or of its Assign. */
  public failure?: StatesError;

  constructor(engine: Engine, private readonly options: StateTestOptions, private readonly inspection: StateInspection) {
    super(engine);
  }

  public once(definition: TestedState['definition'], name: string, input: unknown, scope: Scope, signal: AbortSignal): Promise<Step> {
    return this.visit(definition, name, input, scope, signal);
  }

  protected override retriesOf({ Retry = [], Catch = [] }: StateDefinition): Pick<Retries, 'next'> {
    return {
      next: (error) => {
        this.failure = error;
        const retryIndex = Retry.findIndex(({ ErrorEquals }) => catches(ErrorEquals, error));
        const delay = retryIndex === -1 ? undefined : this.delayOf(Retry[retryIndex], error);
        if (delay !== undefined) {
          this.inspection.errorDetails = { retryIndex, retryBackoffIntervalSeconds: Math.trunc(delay / 1000) };
          throw new Retriable(error);
        }
        const catcher = catcherFor(Catch, error);
        if (catcher !== undefined) this.inspection.errorDetails = { catchIndex: Catch.indexOf(catcher) };
        return undefined;
      },
    };
  }

  /** Without its jitter, after as many retries as the test says. */
  private delayOf(retrier: Retrier, error: StatesError): number | undefined {
    const retries = new Retries([{ ...retrier, JitterStrategy: 'NONE' }], this.engine.clock);
    for (let used = 0; used < this.options.retrierRetryCount; used += 1) if (retries.next(error) === undefined) return undefined;
    return retries.next(error);
  }

  protected override async work(visit: Visit): Promise<unknown> {
    const { state, name, input } = visit;
    if (state.Type === 'Task') return super.work(visit);
    if (state.Type === 'Map') {await this.prepareMap(visit);} else {
      this.inspection.afterArguments = await field(this.engine, visit, 'Arguments', input);
      requireSize(this.inspection.afterArguments, name);
    }
    const result = mocked(this.options.mock!);
    requireSize(result, name);
    if (state.Type === 'Parallel') this.inspection.result = result;
    visit.succeeded = true;
    return result;
  }

  /** What a Map does before its iterations, and how many of them failed. */
  private async prepareMap(visit: Visit): Promise<void> {
    const { state } = visit;
    const { mapIterationFailureCount: failures } = this.options;
    const items = await this.itemsOf(visit);
    this.inspection.maxConcurrency = await concurrencyOf(this.engine, visit);
    const tolerance = await toleranceOf(this.engine, visit);
    requireRange(visit, tolerance);
    const { toleratedFailureCount, toleratedFailurePercentage } = tolerance;
    if (state.ToleratedFailureCount !== undefined) this.inspection.toleratedFailureCount = toleratedFailureCount;
    if (state.ToleratedFailurePercentage !== undefined) this.inspection.toleratedFailurePercentage = toleratedFailurePercentage;
    if (items !== undefined) await this.selectItems(visit, items);
    const tooMany = (state.ToleratedFailureCount !== undefined && failures > toleratedFailureCount)
      || (state.ToleratedFailurePercentage !== undefined && items !== undefined && failures * 100 > toleratedFailurePercentage * items.length);
    if (tooMany) throw new StatesError(ErrorCode.TOO_MANY_FAILURES, 'The specified tolerated failure threshold was exceeded');
  }

  /** Undefined where the test does not say what the state's ItemReader reads. */
  private async itemsOf(visit: Visit): Promise<unknown[] | undefined> {
    const { mapItemReaderData: Body } = this.options;
    const { ItemReader: reader } = visit.state;
    if (reader === undefined) return itemsOf(this.engine, visit);
    if (Body !== undefined) return readItems({ ...this.engine, findIntegration: () => async () => ({ Body }) }, visit);
    await evaluate(reader.Arguments ?? {}, 'ItemReader/Arguments', bindings(this.engine, visit));
    return undefined;
  }

  private async selectItems(visit: Visit, items: readonly unknown[]): Promise<void> {
    const { ItemBatcher, ...unbatched } = visit.state;
    const inputs = async (state: StateDefinition) => (await worksOf(this.engine, { ...visit, state }, items, undefined)).map(({ input }) => input);
    if (unbatched.ItemSelector !== undefined) this.inspection.afterItemSelector = await inputs(unbatched);
    if (ItemBatcher !== undefined) this.inspection.afterItemBatcher = await inputs(visit.state);
  }
}
