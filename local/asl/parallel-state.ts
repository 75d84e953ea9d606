import { mapItems } from './map-items';
import { Engine, field, requireSize, RunStates, Visit } from './visit';

/** Runs the branches side by side; gives their outputs in the branches' order. */
export async function runParallel(engine: Engine, visit: Visit, run: RunStates): Promise<unknown[]> {
  const { state, input, scope, name } = visit;
  const branchInput = await field(engine, visit, 'Arguments', input);
  requireSize(branchInput, name);
  engine.history.add('ParallelStateStarted', {}, scope.track);
  const start = scope.track.branch();
  return mapItems(state.Branches!, 0, visit.signal, async (branch, index, signal) => {
    const track = start.branch();
    const place = scope.place.inner(index);
    if (place.end !== undefined) return place.end.result;
    try {
      return await run(branch, branchInput, { variables: scope.variables, item: scope.item, track, place, nested: true }, signal);
    } finally {
      scope.track.join(track);
    }
  });
}
