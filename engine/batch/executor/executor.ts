import type { ContainerEnd, JobContainer } from '../job';

/** The container of an attempt of a job, ready to run. */
export interface ContainerRun {
  readonly jobId: string;
  readonly container: JobContainer;
  /** All that the container's environment gets beside the image's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where standard output and error go. */
  readonly logFile: string;
  /** Aborted to stop it: gently, or at once where the reason is {@link AT_ONCE}. */
  readonly signal: AbortSignal;
}

/** Runs the containers of jobs in some form. */
export interface JobExecutor {
  /** Rejects only for a defect, never for what the program did. */
  run(run: ContainerRun): Promise<ContainerEnd>;
  /** Ends what an earlier process of the engine, which was killed, left of a job. */
  removeLeft(jobId: string): Promise<void>;
}

/** The reason of an abort that leaves a container no time to end by itself, as a machine that is lost. */
export const AT_ONCE = Symbol('at once');

export const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

/** Between SIGTERM and SIGKILL. */
export const STOP_GRACE_MS = 10_000;
