import { runLines } from './lines';
import { Engine, field, requireSize, RunStates, Scope, Visit } from '../visit/visit';

/** Runs the branches side by side; gives their outputs in the branches' order. */
export async function runParallel(engine: Engine, visit: Visit, run: RunStates): Promise<unknown[]> {
  const { state, input, scope, name } = visit;
  const branchInput = await field(engine, visit, 'Arguments', input);
  requireSize(branchInput, name);
  engine.history.add('ParallelStateStarted', {}, scope.track);
  const start = scope.track.branch();
  return runLines(engine, visit, state.Branches!, 0, async (branch, index, signal, begin) => {
    const place = scope.place.inner(index);
    if (place.end !== undefined) return place.end.result;
    const inner: Scope = { variables: scope.variables, item: scope.item, track: start.branch(), place, nested: true };
    const end = begin({ scope: inner });
    const output = await run(branch, branchInput, inner, signal);
    end();
    scope.track.join(inner.track);
    return output;
  });
}
