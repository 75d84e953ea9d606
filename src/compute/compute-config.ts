import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ComputePlatform } from './compute-platform';

/** Where the jobs run, as a pipeline uses it. */
export interface PipelineComputeConfig {
  /** The queue that every job is submitted to. */
  readonly jobQueue: batch.IJobQueue;
  /** What the queue's machines are. */
  readonly platform: ComputePlatform;
  /** The architecture of the queue's machines; the worker's image is built for it. */
  readonly cpuArchitecture: ecs.CpuArchitecture;
  /**
   * Whether a Fargate job gets a public IP address.
   *
   * @default false
   */
  readonly assignPublicIp?: boolean;
}
