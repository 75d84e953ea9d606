import { batchCall, BatchCallOptions, checkAllowed, ErrorStyle, inAccountOf, OPTIMIZED, submitPermissions } from './batch-calls';
import { submitJobArguments } from './submit-job-arguments';
import { StatesError, TaskIntegration } from '../asl/visit/task-integration';
import type { RunningJob } from '../batch/batch-service';
import { jobDescription } from '../batch/job';

/** By this rule Step Functions learns of a job's end; it makes it itself, with the state machine's role. */
const MANAGED_RULE = 'StepFunctionsGetEventsForBatchJobsRule';

/** Step Functions adds this to the environment of every job that it waits for; the rule finds their events by it. */
const MANAGED = { Name: 'MANAGED_BY_AWS', Value: 'STARTED_BY_STEP_FUNCTIONS' };

/** `arn:aws:states:::batch:submitJob`, and the SDK's own: submits a job and goes on. */
export function batchSubmitJob(options: BatchCallOptions, style: ErrorStyle = OPTIMIZED): TaskIntegration {
  return async (args) => {
    const request = batchCall(style, () => submitJobArguments(args, options.definitions, options.queueArns, options.queuePolicies));
    checkAllowed(style, options.principal, submitPermissions(request), request.tags);
    return answer(batchCall(style, () => options.batch.submit(request)));
  };
}

/** `arn:aws:states:::batch:submitJob.sync`: submits a job and waits for its end; a stop of the state terminates the job. */
export function batchSubmitJobSync(options: BatchCallOptions): TaskIntegration {
  return async (args, context) => {
    const request = batchCall(OPTIMIZED, () => submitJobArguments(managed(args), options.definitions, options.queueArns, options.queuePolicies));
    const rule = inAccountOf(request.definition, `rule/${MANAGED_RULE}`).replace(':batch:', ':events:');
    // All that the integration does in AWS, also what it needs only where it is stopped: so that a role which lacks it is noticed here.
    checkAllowed(OPTIMIZED, options.principal, [
      ['events:PutRule', rule], ['events:PutTargets', rule], ['events:DescribeRule', rule],
      ...submitPermissions(request),
      ['batch:DescribeJobs', '*'], ['batch:TerminateJob', inAccountOf(request.definition, 'job/*')],
    ], request.tags);
    const running = batchCall(OPTIMIZED, () => options.batch.submit(request));
    context.record('TaskSubmitted', { resourceType: 'batch', resource: 'submitJob.sync', output: JSON.stringify(answer(running)) });
    // Measured in AWS for other services' `.sync` tasks (floci-io/floci's tests of ecs:runTask.sync and of nested executions); the same is taken to hold for Batch.
    const stop = () => running.terminate(`The Task state in AWS Step Functions execution [${context.executionArn}] which was managing this resource was aborted`);
    context.signal.addEventListener('abort', stop, { once: true });
    if (context.signal.aborted) stop();
    const job = await running.ended;
    context.signal.removeEventListener('abort', stop);
    if (job.status === 'FAILED') throw new StatesError('States.TaskFailed', JSON.stringify(jobDescription(job)));
    return jobDescription(job);
  };
}

function managed(args: Readonly<Record<string, any>>): Readonly<Record<string, any>> {
  const { ContainerOverrides: overrides } = args;
  return { ...args, ContainerOverrides: { ...overrides, Environment: [...overrides?.Environment ?? [], MANAGED] } };
}

function answer({ job: { arn, id, name } }: RunningJob): { JobArn: string; JobId: string; JobName: string } {
  return { JobArn: arn, JobId: id, JobName: name };
}
