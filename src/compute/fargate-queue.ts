import { Duration } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { FargateComputeOptions } from './pipeline-compute';

const DEFAULT_MAX_VCPUS = 64;

/**
 * The reasons that Batch gives for a job that waits at the head of a queue and can never start; the page "Jobs stuck in a
 * RUNNABLE status" of the AWS Batch user guide. A job is canceled after this time for either.
 */
const STUCK_REASONS = [batch.JobStateTimeLimitActionsReason.COMPUTE_ENVIRONMENT_MAX_RESOURCE,
  batch.JobStateTimeLimitActionsReason.JOB_RESOURCE_REQUIREMENT];
const STUCK_TIME = Duration.minutes(30);

/** A queue over Fargate environments: Spot first, where asked for, and on demand behind it. */
export function createFargateQueue(scope: Construct, options: FargateComputeOptions): batch.JobQueue {
  const environment = (id: string, spot: boolean) => new batch.FargateComputeEnvironment(scope, id, {
    vpc: options.vpc,
    vpcSubnets: options.subnets ?? (options.assignPublicIp ? { subnetType: ec2.SubnetType.PUBLIC } : undefined),
    securityGroups: options.securityGroups,
    maxvCpus: options.maxvCpus ?? DEFAULT_MAX_VCPUS,
    spot,
  });
  const environments = options.spot
    ? [environment('SpotEnvironment', true), environment('OnDemandEnvironment', false)]
    : [environment('OnDemandEnvironment', false)];
  return new batch.JobQueue(scope, 'JobQueue', {
    computeEnvironments: environments.map((computeEnvironment, index) => ({ computeEnvironment, order: index + 1 })),
    jobStateTimeLimitActions: STUCK_REASONS.map((reason) => ({ reason, maxTime: STUCK_TIME, state: batch.JobStateTimeLimitActionsState.RUNNABLE })),
  });
}
