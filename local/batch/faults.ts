/** What happens to an attempt of a job, and how many seconds after its start (of `slow-start`: before it). */
export type JobFault = { readonly seconds: number } & (
  { readonly kind: 'job-killed' | 'out-of-memory' | 'spot-interruption' | 'slow-start' } | { readonly kind: 'host-lost'; readonly instance: string }
);

/** Faults of jobs and of Batch's API, on demand. */
export interface BatchFaults {
  /** Asked once for each attempt of a job. */
  ofAttempt(jobName: string, attempt: number): JobFault | undefined;
  /** Asked once for each call of Batch's API; whether it is refused with "Too Many Requests". */
  throttles(operation: string): boolean;
}
