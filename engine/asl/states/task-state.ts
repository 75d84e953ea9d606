import { TaskEvents } from './task-events';
import { evaluateInteger } from '../expression/expression';
import { ErrorCode } from '../visit/errors';
import { contextOf } from '../visit/service-call';
import { StatesError, TaskContext, TaskIntegration } from '../visit/task-integration';
import { asStatesError, bindings, Engine, field, requireSize, Visit, within } from '../visit/visit';

interface Limits {
  readonly timeout?: number;
  readonly heartbeat?: number;
}

/** Calls the state's integration with its evaluated Arguments; gives what the integration gives. */
export async function runTask(engine: Engine, visit: Visit): Promise<unknown> {
  const { signal, scope } = visit;
  const endTurn = visit.endTurn ?? await engine.turns.take();
  visit.endTurn = undefined;
  let prepared;
  try {
    prepared = await schedule(engine, visit);
  } finally {
    endTurn();
  }
  const { events, args, limits, integration } = prepared;
  (await engine.turns.take())();
  signal.throwIfAborted();
  engine.history.add(events.type('Started'), events.started(), scope.track);
  let submitted = false;
  try {
    const call = (limited: AbortSignal, heartbeat: () => void) => integration(args as Record<string, unknown>, {
      ...contextOf(engine, visit),
      signal: limited,
      record: (type, details) => {
        submitted ||= type === 'TaskSubmitted';
        engine.history.add(type, details, scope.track);
      },
      heartbeat,
    });
    const result = await engine.clock.during(() => withLimits(engine, limits, signal, call)) ?? null;
    requireSize(result, events.task);
    engine.history.add(events.type('Succeeded'), events.succeeded(result), scope.track);
    return result;
  } catch (error) {
    if (error instanceof StatesError && !signal.aborted) {
      engine.history.add(events.failure(error, submitted), events.failed(error), scope.track);
    }
    throw error;
  }
}

async function schedule(engine: Engine, visit: Visit): Promise<Prepared & { readonly integration: TaskIntegration }> {
  const { state, name, scope } = visit;
  const resource = state.Resource!;
  const prepared = await prepare(engine, visit);
  const { events, args, limits, credentials } = prepared;
  const integration = engine.findIntegration(resource, name);
  if (integration === undefined) throw new StatesError(ErrorCode.RUNTIME, within(visit, `${resource} is not supported by the local engine`));
  if (state.Credentials !== undefined && integration.takesCredentials !== true) {
    throw new StatesError(ErrorCode.RUNTIME, within(visit, 'Credentials is not supported by the local engine'));
  }
  engine.history.add(events.type('Scheduled'), events.scheduled(args, limits.timeout, limits.heartbeat, credentials), scope.track);
  return { ...prepared, integration };
}

interface Prepared {
  readonly events: TaskEvents;
  readonly args: unknown;
  readonly limits: Limits;
  readonly credentials: unknown;
}

async function prepare(engine: Engine, visit: Visit): Promise<Prepared> {
  const { state, name, input } = visit;
  const events = new TaskEvents(state.Resource!, engine.executionArn.split(':')[3]);
  try {
    const args = await field(engine, visit, 'Arguments', input);
    requireSize(args, name);
    const credentials = await field(engine, visit, 'Credentials', undefined);
    const seconds = async (limit: 'TimeoutSeconds' | 'HeartbeatSeconds') =>
      (state[limit] === undefined ? undefined : evaluateInteger(state[limit], limit, bindings(engine, visit), 1));
    return { events, args, credentials, limits: { timeout: await seconds('TimeoutSeconds'), heartbeat: await seconds('HeartbeatSeconds') } };
  } catch (error) {
    throw asStatesError(engine, visit, error);
  }
}

/** Aborts the work when the time is up, and waits until it has ended: nothing may go on behind a failed state. */
async function withLimits<T>(
  { clock }: Engine, { timeout, heartbeat }: Limits, signal: AbortSignal, work: (signal: AbortSignal, heartbeat: TaskContext['heartbeat']) => Promise<T>,
): Promise<T> {
  if (timeout === undefined && heartbeat === undefined) return work(signal, () => {});
  const [limit, finished] = [new AbortController(), new AbortController()];
  let failure: StatesError | undefined;
  const watch = (seconds: number, stop: AbortSignal, error: StatesError) => {
    void clock.sleep(seconds * 1000, AbortSignal.any([stop, finished.signal])).then(() => {
      failure ??= error;
      limit.abort(error);
    }, () => undefined);
  };
  let beat = new AbortController();
  const onHeartbeat = () => {
    beat.abort();
    beat = new AbortController();
    if (heartbeat !== undefined) watch(heartbeat, beat.signal, new StatesError(ErrorCode.TIMEOUT, undefined, ErrorCode.HEARTBEAT_TIMEOUT));
  };
  if (timeout !== undefined) watch(timeout, finished.signal, new StatesError(ErrorCode.TIMEOUT));
  onHeartbeat();
  try {
    const result = await work(AbortSignal.any([signal, limit.signal]), onHeartbeat);
    if (failure !== undefined) throw failure;
    return result;
  } catch (error) {
    if (failure !== undefined && !signal.aborted) throw failure;
    throw error;
  } finally {
    finished.abort();
  }
}
