import { Duration, Size } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

/** What the jobs of one step get. */
export interface PipelineStepProps {
  /**
   * The memory of a job. At least 128 MiB. On Fargate it is rounded up to an amount that goes with the vCPUs; a note at
   * synthesis says so when you set it.
   *
   * @default - 500 MiB for sequence retrieval and seq info collection, 2 GiB for the alignment
   */
  readonly memory?: Size;
  /**
   * A job that runs out of memory is run again with twice as much, up to this. Not less than `memory`; equal to it: never again.
   *
   * @default - four times `memory`
   */
  readonly maxMemory?: Size;
  /**
   * The vCPUs of a job: whole ones on EC2; 0.25, 0.5, 1, 2, 4, 8 or 16 on Fargate.
   *
   * @default - 1; on Fargate 0.25 for sequence retrieval and seq info collection
   */
  readonly vcpus?: number;
  /**
   * How long one attempt of a job may run, from 60 seconds; Batch then ends it. Not longer than the pipeline's `runTimeout`.
   *
   * @default - 15 minutes for sequence retrieval, 30 for the alignment, 10 for seq info collection
   */
  readonly timeout?: Duration;
  /**
   * How often a job is started at most, 1 to 10. It is started again after a lost host or a reclaimed Spot task, when its container never
   * started, and when an external service stayed unavailable; never after a failure that would only repeat itself.
   *
   * @default 3
   */
  readonly attempts?: number;
  /**
   * The role of the jobs. The pipeline adds to it what its step needs; on an imported role that it cannot change, that must be there
   * already (docs/permissions.md has the list), and a warning says so.
   *
   * @default - one of the step's own, that may do nothing else
   */
  readonly jobRole?: iam.IRole;
}
