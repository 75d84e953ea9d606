import type { FaultPlan } from '../faults/fault-plan';

/** How an account runs its jobs, and what is to go wrong with them. */
export interface JobOptions {
  /** `podman` or `docker`, or a path to one of them; processes where it is left out. */
  readonly containers?: string;
  /** Of the images that are built, for example `BASE`. */
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly faults?: FaultPlan;
}
