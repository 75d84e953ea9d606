import { randomUUID } from 'node:crypto';
import { mapItems } from './map-items';
import type { ChildRecord } from './map-result';
import type { ChildResult } from '../record/children';
import type { Item } from '../record/item';
import { MapRun, OUTCOMES, recount } from '../record/map-run';
import type { Place } from '../record/place';
import { ErrorCode } from '../visit/errors';
import { StatesError } from '../visit/task-integration';
import type { Engine, Visit } from '../visit/visit';

/** The service quota of a Map Run's child executions at one time (AWS Step Functions developer guide, page "Service quotas"). */
const MAX_DISTRIBUTED = 10_000;

/** What one child execution works on. */
export interface Work {
  readonly input: unknown;
  /** How many of the Map's items these are. */
  readonly items: number;
  /** Where it is one item alone. */
  readonly item: Item | undefined;
}

/** What a redrive has to know of a child that did not succeed; its ARN stays the same. */
interface ChildMemo { readonly name: string }

/**
 * Runs the children; of a redriven run, those that have not succeeded.
 *
 * @throws StatesError where more of them failed than are tolerated
 */
export async function runChildren(
  engine: Engine, visit: Visit, run: MapRun, works: readonly Work[], arnOf: (id: string) => string,
): Promise<ChildRecord[]> {
  const { ItemProcessor } = visit.state;
  const places = works.map((_work, index) => visit.scope.place.inner(index));
  works.forEach(({ items }, index) => {
    recount(run, items, undefined, 'total');
    recount(run, items, undefined, waitingOf(places[index]));
  });
  engine.onMapRun(run);
  return mapItems(works, run.maxConcurrency === 0 ? MAX_DISTRIBUTED : run.maxConcurrency, visit.signal, async (work, index, signal) => {
    const place = places[index];
    if (place.end !== undefined) return place.end.result as ChildRecord;
    const waiting = waitingOf(place);
    const { name } = place.memo as ChildMemo | undefined ?? { name: randomUUID() };
    place.remember({ name } satisfies ChildMemo);
    recount(run, work.items, waiting, 'running');
    const executionArn = arnOf(name);
    const redrivable = engine.isRedrivable(executionArn);
    const result = await engine.runChild({
      definition: ItemProcessor!,
      express: ItemProcessor!.ProcessorConfig!.ExecutionType === 'EXPRESS',
      input: work.input,
      name,
      executionArn,
      mapRunArn: run.mapRunArn,
      itemCount: work.items,
      item: work.item,
      signal,
    });
    recount(run, work.items, 'running', OUTCOMES[result.status]);
    if (!redrivable) recount(run, work.items, undefined, 'failuresNotRedrivable');
    requireTolerated(visit, run, result, signal);
    const record = { ...result, name, executionArn, input: work.input };
    if (result.status === 'SUCCEEDED') place.finish(record);
    return record;
  });
}

function waitingOf(place: Place): 'succeeded' | 'pendingRedrive' | 'pending' {
  if (place.end !== undefined) return 'succeeded';
  return place.memo === undefined ? 'pending' : 'pendingRedrive';
}

/** Of a count and a percentage, neither may be exceeded. */
function requireTolerated(visit: Visit, run: MapRun, { status }: ChildResult, signal: AbortSignal): void {
  if (status === 'SUCCEEDED' || signal.aborted) return;
  const { ToleratedFailureCount, ToleratedFailurePercentage } = visit.state;
  const { itemCounts: { failed, timedOut, total }, toleratedFailureCount, toleratedFailurePercentage } = run;
  const failures = failed + timedOut;
  const tolerated = (ToleratedFailureCount !== undefined || ToleratedFailurePercentage !== undefined)
    && (ToleratedFailureCount === undefined || failures <= toleratedFailureCount)
    && (ToleratedFailurePercentage === undefined || failures * 100 <= toleratedFailurePercentage * total);
  if (!tolerated) throw new StatesError(ErrorCode.TOO_MANY_FAILURES, 'The specified tolerated failure threshold was exceeded');
}
