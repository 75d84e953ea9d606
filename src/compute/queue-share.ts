import { Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { ShareIdentifier } from './share-identifier';
import { requireWhole } from '../checks/values';

/** "The minimum supported value is 0 and the maximum supported value is 9999", AWS Batch API reference, page "SubmitJob". */
const MAX_PRIORITY = 9999;
const DEFAULT_PRIORITY = 0;

/**
 * Props of the pipeline for its place in a queue.
 *
 * @internal the members are those of `PaviAlignmentPipelineProps`
 */
export interface QueueShareProps {
  /**
   * The share that the jobs use, for a queue with a fair-share scheduling policy: Batch then refuses every job without one. Left out, none is
   * sent, which a queue without a policy (first in, first out) needs. Whether an imported queue has a policy cannot be seen here.
   *
   * @default - none
   */
  readonly shareIdentifier?: ShareIdentifier;

  /**
   * The priority of the jobs within their share, 0 to 9999; those with a higher one come first. Only with `shareIdentifier`.
   *
   * @default - 0 with `shareIdentifier`; otherwise none
   */
  readonly schedulingPriority?: number;
}

/** What SubmitJob gets for a queue with a fair-share policy. */
export interface QueueShare {
  readonly identifier: ShareIdentifier;
  /** Batch demands one: "Either schedulingPriority in job definition or schedulingPriorityOverride should be specified." */
  readonly priority: number;
}

/** The share, checked against the queue as far as it is known; undefined for a queue that is first in, first out. */
export function queueShare({ shareIdentifier, schedulingPriority }: QueueShareProps, queue: batch.IJobQueue): QueueShare | undefined {
  requireWhole('schedulingPriority', schedulingPriority, 0, MAX_PRIORITY, `leave it out for ${DEFAULT_PRIORITY}`);
  if (schedulingPriority !== undefined && shareIdentifier === undefined) {
    throw new Error(`schedulingPriority needs a shareIdentifier, got the priority ${schedulingPriority} alone; add one, or leave the priority out: `
      + 'a queue without a fair-share policy is first in, first out');
  }
  const resource = queue.node.defaultChild;
  if (resource instanceof batch.CfnJobQueue) checkQueue(resource, shareIdentifier);
  return shareIdentifier === undefined ? undefined : { identifier: shareIdentifier, priority: schedulingPriority ?? DEFAULT_PRIORITY };
}

/** A queue of the app says whether it has a policy. */
function checkQueue(queue: batch.CfnJobQueue, shareIdentifier?: ShareIdentifier): void {
  const { jobQueueType, schedulingPolicyArn } = queue;
  // Queues with quota shares are of this type too (AWS Batch user guide, page "Create quota management resources").
  if (jobQueueType !== undefined && !Token.isUnresolved(jobQueueType) && !['ECS', 'ECS_FARGATE'].includes(jobQueueType)) {
    throw new Error(`the job queue must be of type ECS or ECS_FARGATE, for containers, got ${queue.node.path} of type ${jobQueueType}; `
      + 'SAGEMAKER_TRAINING queues, with or without quota shares, take SubmitServiceJob alone, and EKS queues take pods');
  }
  if (schedulingPolicyArn !== undefined && shareIdentifier === undefined) {
    throw new Error(`the job queue ${queue.node.path} has a scheduling policy, so every job must name a share, got no shareIdentifier; `
      + 'set shareIdentifier: ShareIdentifier.fixed(\'pavi\') on the pipeline');
  }
  if (schedulingPolicyArn === undefined && shareIdentifier !== undefined) {
    throw new Error(`the job queue ${queue.node.path} has no scheduling policy, so a job must name no share, got the shareIdentifier `
      + `"${shareIdentifier.identifier}"; leave it out, or give the queue a fair-share scheduling policy`);
  }
}
