import { Duration } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { Construct } from 'constructs';
import { BATCH_NAME, requireName } from '../checks/values';

/**
 * Why a job that waits at the head of a queue can never start, so that it is canceled rather than left to block the others: the
 * page "Jobs stuck in a RUNNABLE status" of the AWS Batch user guide. What only takes long (no capacity for now) is left to wait.
 */
const STUCK_REASONS = [batch.JobStateTimeLimitActionsReason.COMPUTE_ENVIRONMENT_MAX_RESOURCE,
  batch.JobStateTimeLimitActionsReason.JOB_RESOURCE_REQUIREMENT];
const STUCK_TIME = Duration.minutes(30);

/** Throws for a queue's name that Batch would refuse. */
export function checkJobQueueName(name: string | undefined): void {
  requireName('jobQueueName', name, BATCH_NAME.pattern, BATCH_NAME.allowed);
}

export interface JobQueueOptions {
  readonly jobQueueName?: string;
  readonly schedulingPolicy?: batch.IFairshareSchedulingPolicy;
}

/** A queue over compute environments, the first of them first. */
export function createJobQueue(scope: Construct, environments: batch.IManagedComputeEnvironment[], options: JobQueueOptions): batch.JobQueue {
  return new batch.JobQueue(scope, 'JobQueue', {
    jobQueueName: options.jobQueueName,
    schedulingPolicy: options.schedulingPolicy,
    computeEnvironments: environments.map((computeEnvironment, index) => ({ computeEnvironment, order: index + 1 })),
    jobStateTimeLimitActions: STUCK_REASONS.map((reason) => ({ reason, maxTime: STUCK_TIME, state: batch.JobStateTimeLimitActionsState.RUNNABLE })),
  });
}

/** The environments of a queue: Spot first, where asked for, and on demand behind it. */
export function spotFirst<T>(spot: boolean | undefined, environment: (id: string, spot: boolean) => T): T[] {
  const onDemand = () => environment('OnDemandEnvironment', false);
  return spot ? [environment('SpotEnvironment', true), onDemand()] : [onDemand()];
}
