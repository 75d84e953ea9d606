import { runDistributedMap } from './distributed-map';
import { evaluate, evaluateInteger } from './expression';
import { itemsOf } from './map-input';
import { mapItems } from './map-items';
import { asStatesError, bindings, Engine, RunStates, Scope, Visit } from './visit';

/** "up to 40 concurrent iterations" of an inline Map (AWS Step Functions developer guide, page "Using Map state in Inline mode"). */
const MAX_INLINE = 40;

/** Works on the items side by side; gives the iterations' outputs in the items' order. */
export async function runMap(engine: Engine, visit: Visit, run: RunStates): Promise<unknown> {
  const { state, scope, name } = visit;
  if (state.ItemProcessor!.ProcessorConfig?.Mode === 'DISTRIBUTED') return runDistributedMap(engine, visit);
  const { history } = engine;
  const items = await itemsOf(engine, visit);
  const concurrency = state.MaxConcurrency === undefined ? 0
    : await evaluateInteger(state.MaxConcurrency, 'MaxConcurrency', bindings(engine, visit), 0);
  history.add('MapStateStarted', { length: items.length }, scope.track);
  return mapItems(items, concurrency === 0 ? MAX_INLINE : Math.min(concurrency, MAX_INLINE), visit.signal, async (Value, Index, signal) => {
    const track = scope.track.branch();
    const place = scope.place.inner(Index);
    if (place.end !== undefined) return place.end.result;
    history.add('MapIterationStarted', { name, index: Index }, track);
    const inner: Scope = { variables: scope.variables, item: { Index, Value }, track, place, nested: true };
    try {
      const output = await run(state.ItemProcessor!, await selected(engine, { ...visit, scope: inner }, Value), inner, signal);
      history.add('MapIterationSucceeded', { name, index: Index }, track);
      return output;
    } catch (thrown) {
      history.add(signal.aborted ? 'MapIterationAborted' : 'MapIterationFailed', { name, index: Index }, track);
      throw thrown;
    } finally {
      scope.track.join(track);
    }
  });
}

/** What an iteration gets of its item. */
async function selected(engine: Engine, visit: Visit, value: unknown): Promise<unknown> {
  if (visit.state.ItemSelector === undefined) return value;
  try {
    return await evaluate(visit.state.ItemSelector, 'ItemSelector', bindings(engine, visit));
  } catch (error) {
    throw asStatesError(engine, visit, error);
  }
}
