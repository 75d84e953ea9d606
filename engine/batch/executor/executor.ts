import type { ContainerEnd, JobContainer } from '../job';

/** One container of an attempt of a job, ready to run. */
export interface ContainerRun {
  readonly jobId: string;
  readonly container: JobContainer;
  /** All that the container's environment gets beside the image's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where standard output and error go. */
  readonly logFile: string;
  /** Aborted to stop it: gently, or at once where the reason is {@link AT_ONCE}. */
  readonly signal: AbortSignal;
  /** Of the volumes that several containers of the job share, by name; any other is the container's own. */
  readonly shared: ReadonlyMap<string, SharedVolume>;
  /** Called when the program has started, where somebody waits for that. */
  readonly onStarted?: () => void;
}

/** A volume that lives as long as an attempt. */
export interface SharedVolume {
  /** The folder on this machine, or the container engine's name for it. */
  readonly source: string;
  remove(): Promise<void>;
}

/** Runs the containers of jobs in some form. */
export interface JobExecutor {
  /** Rejects only for a defect, never for what the program did. */
  run(run: ContainerRun): Promise<ContainerEnd>;
  makeVolume(jobId: string): Promise<SharedVolume>;
  /** Ends what an earlier process of the engine, which was killed, left of a job. */
  removeLeft(jobId: string): Promise<void>;
}

/** The reason of an abort that leaves a container no time to end by itself, as a machine that is lost. */
export const AT_ONCE = Symbol('at once');

export const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

/** Between SIGTERM and SIGKILL, where a container says no other; ECS's default of stopTimeout is 30 seconds. */
export const STOP_GRACE_MS = 10_000;
