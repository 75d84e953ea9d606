import type { Job } from './job';

/** One attempt of a job, ready to run. */
export interface AttemptRun {
  readonly job: Job;
  /** From 1. */
  readonly attempt: number;
  /** All that the container's environment gets beside the image's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where standard output and error go. */
  readonly logFile: string;
  /** Aborted to stop it: gently, or at once where the reason is {@link AT_ONCE}. */
  readonly signal: AbortSignal;
}

/** How a container ended. */
export interface ContainerEnd {
  /** Absent where it never started. */
  readonly exitCode?: number;
  /** In the words of Amazon ECS, where it did not end by itself. */
  readonly reason?: string;
}

/** Runs a job's container in some form. Rejects only for a defect, never for what the program did. */
export type JobExecutor = (run: AttemptRun) => Promise<ContainerEnd>;

/** The reason of an abort that leaves a container no time to end by itself, as a machine that is lost. */
export const AT_ONCE = Symbol('at once');

export const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

/** Between SIGTERM and SIGKILL; ECS's default of stopTimeout is 30 seconds. */
export const STOP_GRACE_MS = 10_000;
