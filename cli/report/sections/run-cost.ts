import { attemptCost, Compute, COMPUTES } from '../../cost/compute-cost';
import { price } from '../../cost/price-table';
import type { RunRecord } from '../../trail/run-record';

export interface RunCost {
  readonly compute: Compute;
  readonly jobs: number;
  readonly transitions: number;
  readonly total: number;
}

/**
 * What the run's jobs, as long as they took, would cost on each kind of compute, with a Standard workflow. Requests, storage and logs of
 * one run are below a tenth of a cent and left out; `pavi-pipeline cost` has them.
 */
export function runCosts(run: RunRecord): RunCost[] {
  const attempts = run.jobs.flatMap(({ vcpus, memoryMiB, attempts: tries }) => (vcpus === undefined || memoryMiB === undefined ? []
    : tries.filter(({ startedAt, stoppedAt }) => startedAt !== undefined && stoppedAt !== undefined)
      .map(({ startedAt, stoppedAt }) => ({ size: { vcpus, memoryMiB }, seconds: (stoppedAt! - startedAt!) / 1000 }))));
  const transitions = run.transitions * price('statesTransition');
  return COMPUTES.map((compute) => {
    const jobs = attempts.reduce((sum, { size, seconds }) => sum + attemptCost(compute, size, seconds), 0);
    return { compute, jobs, transitions, total: jobs + transitions };
  });
}
