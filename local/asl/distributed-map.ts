import { randomUUID } from 'node:crypto';
import { ErrorCode } from './errors';
import { evaluate, evaluateInteger, evaluateTyped } from './expression';
import { itemBatches } from './item-batches';
import { readItems } from './item-reader';
import { itemsOf } from './map-input';
import { mapItems } from './map-items';
import { ChildRecord, mapResult } from './map-result';
import type { MapOutcome } from './map-state';
import { StatesError } from './task-integration';
import { asStatesError, bindings, Counts, Engine, Item, MapRun, requireSize, Visit, within } from './visit';

/** The service quota of a Map Run's child executions at one time (AWS Step Functions developer guide, page "Service quotas"). */
const MAX_DISTRIBUTED = 10_000;

interface Settings {
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
}

/** What one child execution works on. */
interface Work {
  readonly input: unknown;
  /** How many of the Map's items these are. */
  readonly items: number;
  /** Where it is one item alone. */
  readonly item: Item | undefined;
}

/** Runs a child execution for each item or batch of items; gives the outputs of those that succeeded, or where they are written. */
export async function runDistributedMap(engine: Engine, visit: Visit): Promise<MapOutcome> {
  const { state, scope, name } = visit;
  const { history, clock } = engine;
  const given = state.ItemReader === undefined ? await itemsOf(engine, visit) : undefined;
  const settings = await settingsOf(engine, visit);
  history.add('MapStateStarted', { length: given?.length ?? 0 }, scope.track);
  requireRange(visit, settings);
  const label = `${engine.executionArn.split(':')[6]}/${state.Label ?? name.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 40)}`;
  const arn = (kind: string, id: string) => `${engine.executionArn.split(':').slice(0, 5).join(':')}:${kind}:${label}:${id}`;
  const run: MapRun = {
    mapRunArn: arn('mapRun', randomUUID()),
    executionArn: engine.executionArn,
    status: 'RUNNING',
    startDate: clock.now().toISOString(),
    ...settings,
    itemCounts: counts(),
    executionCounts: counts(),
  };
  history.add('MapRunStarted', { mapRunArn: run.mapRunArn }, scope.track);
  engine.onMapRun(run);
  const end = (status: MapRun['status']) => {
    run.status = status;
    run.stopDate = clock.now().toISOString();
    engine.onMapRun(run);
  };
  try {
    const items = given ?? await readItems(engine, visit);
    const works = await worksOf(engine, visit, items, state.ItemReader === undefined ? 'STATE_DATA' : undefined);
    const records = await runChildren(engine, visit, run, works, (id) => arn('execution', id));
    const result = await mapResult(engine, visit, run.mapRunArn, records);
    requireSize(result, name);
    const last = history.aside('MapRunSucceeded', {}, scope.track.last);
    end('SUCCEEDED');
    return { result, last };
  } catch (thrown) {
    end(visit.signal.aborted ? 'ABORTED' : 'FAILED');
    if (visit.signal.aborted) {
      history.add('MapRunAborted', {}, scope.track);
      throw thrown;
    }
    const error = asStatesError(engine, visit, thrown);
    history.add('MapRunFailed', { error: error.errorName, cause: error.errorCause }, scope.track);
    throw error;
  }
}

async function settingsOf(engine: Engine, visit: Visit): Promise<Settings> {
  const { MaxConcurrency, ToleratedFailureCount, ToleratedFailurePercentage } = visit.state;
  const available = bindings(engine, visit);
  const number = (value: unknown, field: string) => (value === undefined ? 0 : evaluateTyped(value, field, available, 'number'));
  return {
    maxConcurrency: MaxConcurrency === undefined ? 0 : await evaluateInteger(MaxConcurrency, 'MaxConcurrency', available, 0),
    toleratedFailureCount: await number(ToleratedFailureCount, 'ToleratedFailureCount'),
    toleratedFailurePercentage: await number(ToleratedFailurePercentage, 'ToleratedFailurePercentage'),
  };
}

/** In AWS's words; such a value ends the execution. */
function requireRange(visit: Visit, { toleratedFailureCount, toleratedFailurePercentage }: Settings): void {
  const refuse = (what: string) => { throw new StatesError(ErrorCode.RUNTIME, within(visit, what)); };
  if (toleratedFailureCount < 0) refuse('ToleratedFailureCount cannot be negative.');
  if (toleratedFailurePercentage < 0 || toleratedFailurePercentage > 100) refuse('ToleratedFailurePercentage must be between 0 and 100.');
}

/** ItemSelector is for each item, before they are put into batches. */
async function worksOf(engine: Engine, visit: Visit, items: readonly unknown[], Source: string | undefined): Promise<Work[]> {
  const { state, scope } = visit;
  const works: Work[] = [];
  for (const [Index, Value] of items.entries()) {
    const item: Item = { Index, Value, ...Source === undefined ? {} : { Source } };
    const input = state.ItemSelector === undefined ? Value
      : await evaluate(state.ItemSelector, 'ItemSelector', bindings(engine, { ...visit, scope: { ...scope, item } }));
    works.push({ input, items: 1, item });
  }
  if (state.ItemBatcher === undefined) return works;
  const batches = await itemBatches(state.ItemBatcher, works.map(({ input }) => input), bindings(engine, visit));
  return batches.map((batch) => ({ input: batch, items: batch.Items.length, item: undefined }));
}

async function runChildren(engine: Engine, visit: Visit, run: MapRun, works: readonly Work[], arnOf: (id: string) => string): Promise<ChildRecord[]> {
  const { ItemProcessor, ToleratedFailureCount, ToleratedFailurePercentage } = visit.state;
  const total = works.reduce((sum, { items }) => sum + items, 0);
  Object.assign(run.itemCounts, { total, pending: total });
  Object.assign(run.executionCounts, { total: works.length, pending: works.length });
  const move = (work: Work, from: keyof Counts, to: keyof Counts) => {
    for (const [of, by] of [[run.itemCounts, work.items], [run.executionCounts, 1]] as const) {
      of[from] -= by;
      of[to] += by;
    }
  };
  const tolerated = () => {
    const { failed } = run.itemCounts;
    const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = run;
    if (ToleratedFailureCount === undefined && ToleratedFailurePercentage === undefined) return false;
    // Of both, neither may be exceeded.
    return (ToleratedFailureCount === undefined || failed <= count)
      && (ToleratedFailurePercentage === undefined || failed * 100 <= percentage * total);
  };
  const concurrency = run.maxConcurrency === 0 ? MAX_DISTRIBUTED : run.maxConcurrency;
  return mapItems(works, concurrency, visit.signal, async (work, index, signal) => {
    const place = visit.scope.place.inner(index);
    const earlier = place.end?.result as ChildRecord | undefined;
    if (earlier !== undefined) {
      move(work, 'pending', 'succeeded');
      return earlier;
    }
    const name = randomUUID();
    move(work, 'pending', 'running');
    const executionArn = arnOf(name);
    const result = await engine.runChild({
      definition: ItemProcessor!, express: ItemProcessor!.ProcessorConfig!.ExecutionType === 'EXPRESS', input: work.input, name, executionArn, item: work.item, signal,
    });
    move(work, 'running', result.status === 'SUCCEEDED' ? 'succeeded' : result.status === 'ABORTED' ? 'aborted' : 'failed');
    if (result.status !== 'SUCCEEDED' && !signal.aborted && !tolerated()) {
      throw new StatesError(ErrorCode.TOO_MANY_FAILURES, 'The specified tolerated failure threshold was exceeded');
    }
    const record = { ...result, name, executionArn, input: work.input };
    if (result.status === 'SUCCEEDED') place.finish(record);
    return record;
  });
}

function counts(): Counts {
  return { pending: 0, running: 0, succeeded: 0, failed: 0, aborted: 0, total: 0 };
}
