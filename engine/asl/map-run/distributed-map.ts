import { randomUUID } from 'node:crypto';
import { runChildren, Work } from './child-runs';
import { itemBatches } from './item-batches';
import { readItems } from './item-reader';
import { concurrencyOf, itemsOf } from './map-input';
import { mapResult } from './map-result';
import { evaluate, evaluateTyped } from '../expression/expression';
import { Item } from '../record/item';
import { MapRun, noCounts } from '../record/map-run';
import { ErrorCode } from '../visit/errors';
import { StatesError } from '../visit/task-integration';
import { asStatesError, bindings, Engine, requireSize, Visit, within } from '../visit/visit';

/** What a Map state gives. */
export interface MapOutcome {
  readonly result: unknown;
  /** The event that the state's success comes after, where it is not the line's last. */
  readonly last?: number;
}

interface Settings {
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
}

/** What a redrive of the state has to know of its run. */
type RunMemo = Pick<MapRun, 'mapRunArn' | 'startDate' | 'redriveCount'>;

/** After these failures, a redrive starts a new run (developer guide, "Redriving Map Runs in Step Functions executions"). */
const NEW_RUN: readonly string[] = [ErrorCode.DATA_LIMIT, ErrorCode.RUNTIME];

/** Runs a child execution for each item or batch of items; gives the outputs of those that succeeded, or where they are written. */
export async function runDistributedMap(engine: Engine, visit: Visit): Promise<MapOutcome> {
  const { state, scope, name } = visit;
  const { history, clock } = engine;
  const given = state.ItemReader === undefined ? await itemsOf(engine, visit) : undefined;
  const maxConcurrency = await concurrencyOf(engine, visit);
  history.add('MapStateStarted', { length: given?.length ?? 0 }, scope.track);
  // Recorded in AWS: what is tolerated is looked at when the Map has started.
  const settings = { maxConcurrency, ...await toleranceOf(engine, visit) };
  requireRange(visit, settings);
  const label = `${engine.executionArn.split(':')[6]}/${state.Label ?? name.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 40)}`;
  const arn = (kind: string, id: string) => `${engine.executionArn.split(':').slice(0, 5).join(':')}:${kind}:${label}:${id}`;
  const run = begin(engine, visit, settings, arn('mapRun', randomUUID()));
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
    if (NEW_RUN.includes(error.errorName)) scope.place.beginAgain();
    throw error;
  }
}

/** Starts the run, or redrives the one that an earlier attempt left. */
function begin(engine: Engine, { scope }: Visit, settings: Settings, newArn: string): MapRun {
  const now = engine.clock.now().toISOString();
  const earlier = scope.place.memo as RunMemo | undefined;
  const { mapRunArn, startDate, redriveCount } = earlier === undefined ? { mapRunArn: newArn, startDate: now, redriveCount: 0 }
    : { ...earlier, redriveCount: earlier.redriveCount + 1 };
  scope.place.remember({ mapRunArn, startDate, redriveCount } satisfies RunMemo);
  const run: MapRun = {
    mapRunArn,
    executionArn: engine.executionArn,
    status: 'RUNNING',
    startDate,
    ...settings,
    itemCounts: noCounts(),
    executionCounts: noCounts(),
    redriveCount,
    ...earlier === undefined ? {} : { redriveDate: now },
  };
  if (earlier === undefined) engine.history.add('MapRunStarted', { mapRunArn }, scope.track);
  else engine.history.add('MapRunRedriven', { mapRunArn, redriveCount }, scope.track);
  engine.onMapRun(run);
  return run;
}

/** Zero where the state says nothing of it. */
export async function toleranceOf(engine: Engine, visit: Visit): Promise<Omit<Settings, 'maxConcurrency'>> {
  const { ToleratedFailureCount, ToleratedFailurePercentage } = visit.state;
  const available = bindings(engine, visit);
  const number = (value: unknown, field: string) => (value === undefined ? 0 : evaluateTyped(value, field, available, 'number'));
  return {
    toleratedFailureCount: await number(ToleratedFailureCount, 'ToleratedFailureCount'),
    toleratedFailurePercentage: await number(ToleratedFailurePercentage, 'ToleratedFailurePercentage'),
  };
}

/** In AWS's words; such a value ends the execution. */
export function requireRange(visit: Visit, { toleratedFailureCount, toleratedFailurePercentage }: Omit<Settings, 'maxConcurrency'>): void {
  const refuse = (what: string) => { throw new StatesError(ErrorCode.RUNTIME, within(visit, what)); };
  if (toleratedFailureCount < 0) refuse('ToleratedFailureCount cannot be negative.');
  if (toleratedFailurePercentage < 0 || toleratedFailurePercentage > 100) refuse('ToleratedFailurePercentage must be between 0 and 100.');
}

/** ItemSelector is for each item, before they are put into batches. */
export async function worksOf(engine: Engine, visit: Visit, items: readonly unknown[], Source: string | undefined): Promise<Work[]> {
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
