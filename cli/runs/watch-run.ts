import type { Connection } from './aws/connection';
import type { DeployedPipeline } from './deployed-pipeline';
import { expressView, ExpressView } from './express-run';
import { RunObserver } from './run-observer';
import type { RunView } from './run-view';
import { ExpressRun, RunId } from './runs';
import { EXPRESS_MOST_SECONDS } from '../../src/contract/run-defaults';

/** How long to wait for the next look, by how long has been looked: often at first, for short runs; then as the quotas of the API like it. */
const INTERVALS: readonly { readonly until: number; readonly wait: number }[] = [
  { until: 15_000, wait: 1_000 }, { until: 120_000, wait: 2_000 }, { until: Infinity, wait: 5_000 },
];

/** An Express run's job that ran out of memory is followed by another a little later. */
const EXPRESS_FAILED_MS = 30_000;
/** A job that has been submitted may be told of a little late. */
const EXPRESS_LATE_MS = 15_000;

/**
 * Looks at a run until it has ended.
 *
 * @param show told of each look, the last included
 * @throws ExpressRun
 */
export async function watchRun(connection: Connection, pipeline: DeployedPipeline, run: RunId, show: (view: RunView) => void): Promise<RunView> {
  const observer = new RunObserver(connection, pipeline, run);
  return until(connection, () => observer.observe(), show, ({ status }) => status !== 'RUNNING' && status !== 'PENDING_REDRIVE');
}

/** The same of an Express workflow's run, as far as its jobs and results tell; it is given up after the five minutes that it may last. */
export async function watchExpressRun(
  connection: Connection, pipeline: DeployedPipeline, run: ExpressRun, show: (view: ExpressView) => void,
): Promise<ExpressView> {
  const start = Date.now();
  let failedSince: number | undefined;
  return until(connection, () => expressView(connection, pipeline, run), show, ({ status, jobs }) => {
    failedSince = status === 'FAILED' ? failedSince ?? Date.now() : undefined;
    const begun = Math.min(start, ...jobs.map(({ createdAt }) => createdAt));
    return status === 'SUCCEEDED' || Date.now() - (failedSince ?? Infinity) > EXPRESS_FAILED_MS || Date.now() - begun > EXPRESS_MOST_SECONDS * 1000 + EXPRESS_LATE_MS;
  });
}

async function until<T>(connection: Connection, look: () => Promise<T>, show: (view: T) => void, hasEnded: (view: T) => boolean): Promise<T> {
  for (const start = Date.now(); ;) {
    const view = await look();
    show(view);
    if (hasEnded(view)) return view;
    await connection.pause(INTERVALS.find(({ until: end }) => Date.now() - start < end)!.wait);
  }
}
