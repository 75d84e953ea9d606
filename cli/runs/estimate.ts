import type { RunStep } from './run-steps';
import { count, duration } from '../terminal/units';

/** What a run will still take, as far as anybody can say. */
export interface Estimate {
  /** Undefined where nothing is known to estimate from. */
  readonly seconds?: number;
  /** What it was made from, or why there is none. */
  readonly basis: string;
}

/** An earlier run that succeeded. */
export interface EarlierRun {
  readonly name: string;
  readonly steps: readonly RunStep[];
}

/**
 * Estimates what remains of a run: of a Map that runs, from the jobs that have ended in it; of the other steps, from an earlier run.
 * Entries differ, and so do alignments; the basis is told so that the reader can judge.
 *
 * @param now       milliseconds
 * @param isRedrive whether the run was redriven: then the time between counts for nothing
 */
export function estimate(steps: readonly RunStep[], earlier: EarlierRun | undefined, now: number, isRedrive: boolean): Estimate {
  let milliseconds = 0;
  let own = 0;
  let borrowed = 0;
  const begun = new Set(steps.map(({ name }) => name));
  for (const step of steps.filter(({ status }) => status === 'RUNNING')) {
    const elapsed = now - step.startedAt;
    const { total, done } = step.jobs ?? { total: 1, done: 0 };
    const before = earlier?.steps.find(({ name }) => name === step.name);
    if (done > 0 && !isRedrive) {
      milliseconds += elapsed / done * (total - done);
      own += done;
    } else if (before?.endedAt !== undefined) {
      // More jobs than there were then take longer; fewer, that ran side by side, hardly less.
      const scale = Math.max(1, total / (before.jobs?.total ?? 1));
      milliseconds += Math.max(0, (before.endedAt - before.startedAt) * scale - elapsed);
      borrowed += 1;
    } else {
      return { basis: 'no job of this run has ended yet, and no earlier run is known that succeeded' };
    }
  }
  const ahead = (earlier?.steps ?? []).filter(({ name, endedAt }) => !begun.has(name) && endedAt !== undefined);
  milliseconds += ahead.reduce((sum, { startedAt, endedAt }) => sum + endedAt! - startedAt, 0);
  borrowed += ahead.length;
  if (own === 0 && borrowed === 0) return { basis: 'no job of this run has ended yet, and no earlier run is known that succeeded' };
  const parts = [
    ...own > 0 ? [`the ${count(own, 'job')} of this step that ended`] : [],
    ...borrowed > 0 ? [`what its ${own > 0 ? 'later ' : ''}steps took in run ${earlier!.name}`] : [],
    ...earlier === undefined ? ['the steps after this one not counted, as no earlier run is known that succeeded'] : [],
  ];
  return { seconds: Math.round(milliseconds / 1000), basis: `from ${parts.join(', and ')}` };
}

/** `about 3 min 05 s left (from …)` */
export function estimateText({ seconds, basis }: Estimate): string {
  return seconds === undefined ? `time left not known (${basis})` : `about ${duration(seconds * 1000)} left (${basis})`;
}
