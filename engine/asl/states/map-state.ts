import { runLines } from './lines';
import { evaluate } from '../expression/expression';
import { MapOutcome, runDistributedMap } from '../map-run/distributed-map';
import { concurrencyOf, itemsOf } from '../map-run/map-input';
import { Track } from '../record/history';
import { asStatesError, bindings, Engine, RunStates, Scope, Visit } from '../visit/visit';

/** "up to 40 concurrent iterations" of an inline Map (AWS Step Functions developer guide, page "Using Map state in Inline mode"). */
const MAX_INLINE = 40;

/** Works on the items side by side; gives the iterations' outputs in the items' order. */
export async function runMap(engine: Engine, visit: Visit, run: RunStates): Promise<MapOutcome> {
  const { state, scope, name } = visit;
  if (state.ItemProcessor!.ProcessorConfig?.Mode === 'DISTRIBUTED') return runDistributedMap(engine, visit);
  const { history } = engine;
  const items = await itemsOf(engine, visit);
  const concurrency = await concurrencyOf(engine, visit);
  history.add('MapStateStarted', { length: items.length }, scope.track);
  // An iteration comes after what made place for it, and the whole after the last one's success.
  let before = scope.track.last;
  const atOnce = concurrency === 0 ? MAX_INLINE : Math.min(concurrency, MAX_INLINE);
  const result = await runLines(engine, visit, items, atOnce, async (Value, Index, signal, begin) => {
    const place = scope.place.inner(Index);
    if (place.end !== undefined) return place.end.result;
    const track = new Track(before);
    const inner: Scope = { variables: scope.variables, item: { Index, Value }, track, place, nested: true };
    const end = begin({ scope: inner, index: Index });
    history.add('MapIterationStarted', { name, index: Index }, track);
    const output = await run(state.ItemProcessor!, await selected(engine, { ...visit, scope: inner }, Value), inner, signal);
    end();
    before = track.last;
    scope.track.last = history.aside('MapIterationSucceeded', { name, index: Index }, track.last);
    return output;
  });
  return { result };
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
