import { OUT_OF_MEMORY } from './executor/executor';
import type { ContainerEnd } from './job';

/** What happens to an attempt of a job, and how many seconds after its start (of `slow-start`: before it). */
export type JobFault = { readonly seconds: number } & (
  { readonly kind: 'job-killed' | 'out-of-memory' | 'spot-interruption' | 'slow-start' } | { readonly kind: 'host-lost'; readonly instance: string }
);

/** Faults of jobs and of Batch's API, on demand. */
export interface BatchFaults {
  /** Asked once for each attempt of a job. */
  ofAttempt(jobName: string, attempt: number): JobFault | undefined;
  /**
   * Asked once for each call of Batch's API; whether it is refused with "Too Many Requests".
   *
   * @param jobNames of the jobs that it is about
   */
  throttles(operation: string, jobNames: string): boolean;
}

const KILLED = 137;

interface AttemptFacts extends ContainerEnd {
  readonly statusReason: string;
}

/** What is known of an attempt that a fault ended, in the words of AWS. */
export function afterFault(fault: JobFault, attempt: AttemptFacts): AttemptFacts {
  switch (fault.kind) {
    case 'out-of-memory':
      return attempt.exitCode === KILLED ? { ...attempt, reason: OUT_OF_MEMORY } : attempt;
    case 'host-lost':
      // Nobody is left to tell how the container ended.
      return { statusReason: `Host EC2 (instance ${fault.instance}) terminated.` };
    case 'spot-interruption':
      return { ...attempt, statusReason: 'Your Spot Task was interrupted.' };
    default:
      return attempt;
  }
}
