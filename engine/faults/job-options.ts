import type { FaultPlan } from './fault-plan';

/** How an account runs its jobs, and what is to go wrong with them. */
export interface JobOptions {
  /** `podman` or `docker`, or a path to one of them; processes where it is left out. */
  readonly containers?: string;
  /** Of the images that are built, for example `BASE`. */
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Folders of this machine that containers may read, at the same paths; processes see all of them anyway. */
  readonly readable?: readonly string[];
  readonly faults?: FaultPlan;
  /** Whether what only waits, Wait states and the pauses before retries, passes at once while no job runs. */
  readonly fastForward?: boolean;
}
