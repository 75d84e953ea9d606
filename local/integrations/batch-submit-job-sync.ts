import { authorize } from './authorize';
import { StatesError, TaskIntegration } from '../asl/task-integration';
import type { BatchService } from '../batch/batch-service';
import { jobDescription } from '../batch/job';
import { environmentOf, JobDefinition } from '../batch/job-definition';
import type { Principal } from '../iam/policy';

export interface SubmitJobSyncOptions {
  readonly batch: BatchService;
  readonly principal: Principal;
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly queueArns: ReadonlySet<string>;
}

const KNOWN = ['JobName', 'JobDefinition', 'JobQueue', 'ContainerOverrides', 'PropagateTags', 'Tags'];
const KNOWN_OVERRIDES = ['Command', 'Environment', 'ResourceRequirements'];
/** AWS Batch user guide, page "Service quotas": the size of SubmitJob's payload, and of the container overrides. */
const MAX_REQUEST_CHARACTERS = 30 * 1024;
const MAX_OVERRIDES_CHARACTERS = 8192;
const MANAGED_RULE = 'StepFunctionsGetEventsForBatchJobsRule';

/** `arn:aws:states:::batch:submitJob.sync`: submits a job and waits for its end; a stop of the state terminates the job. */
export function batchSubmitJobSync(options: SubmitJobSyncOptions): TaskIntegration {
  return async (args, context) => {
    const definition = options.definitions.get(String(args.JobDefinition));
    if (definition === undefined) throw clientError(`JobDefinition ${String(args.JobDefinition)} does not exist`);
    const queueArn = String(args.JobQueue);
    if (!options.queueArns.has(queueArn)) throw clientError(`JobQueue ${queueArn} does not exist`);
    checkSupported(args);
    checkAllowed(options.principal, definition.arn, queueArn);
    const overrides = (args.ContainerOverrides ?? {}) as Record<string, any>;
    const required = (type: string) => {
      const value = (overrides.ResourceRequirements ?? []).find((item: { Type: string }) => item.Type === type)?.Value;
      return value === undefined ? undefined : Number(value);
    };
    const running = options.batch.submit({
      jobName: String(args.JobName),
      definition,
      queueArn,
      command: overrides.Command,
      environment: environmentOf(overrides.Environment),
      memoryMiB: required('MEMORY'),
      vcpus: required('VCPU'),
    });
    context.record('TaskSubmitted', { resourceType: 'batch', resource: 'submitJob.sync', output: JSON.stringify({ JobId: running.job.id, JobName: running.job.name }) });
    const stop = () => running.terminate('Step Functions stopped the state');
    context.signal.addEventListener('abort', stop, { once: true });
    if (context.signal.aborted) stop();
    const job = await running.ended;
    context.signal.removeEventListener('abort', stop);
    if (job.status === 'FAILED') throw new StatesError('States.TaskFailed', JSON.stringify(jobDescription(job)));
    return jobDescription(job);
  };
}

function checkSupported(args: Record<string, unknown>): void {
  const overrides = (args.ContainerOverrides ?? {}) as Record<string, unknown>;
  const unknown = [
    ...Object.keys(args).filter((key) => !KNOWN.includes(key)),
    ...Object.keys(overrides).filter((key) => !KNOWN_OVERRIDES.includes(key)),
  ];
  if (unknown.length > 0) throw new Error(`batch:submitJob.sync with ${unknown.join(', ')} is not supported by the local engine`);
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(String(args.JobName))) throw clientError(`JobName "${String(args.JobName)}" must have up to 128 letters, digits, - and _`);
  if (JSON.stringify(args).length > MAX_REQUEST_CHARACTERS) throw clientError('the SubmitJob request has more than 30 KiB');
  if (JSON.stringify(overrides).length > MAX_OVERRIDES_CHARACTERS) throw clientError('Container Overrides length must be at most 8192');
}

/** All that the integration does in AWS, so that a role which lacks the right to stop a job is noticed here. */
function checkAllowed(principal: Principal, definitionArn: string, queueArn: string): void {
  const base = definitionArn.replace(/job-definition\/.*$/, '');
  const rule = `${base.replace(':batch:', ':events:')}rule/${MANAGED_RULE}`;
  const denial = authorize(principal, 'events:PutRule', [rule]) ?? authorize(principal, 'events:PutTargets', [rule])
    ?? authorize(principal, 'events:DescribeRule', [rule]) ?? authorize(principal, 'batch:SubmitJob', [definitionArn, queueArn])
    ?? authorize(principal, 'batch:DescribeJobs', ['*']) ?? authorize(principal, 'batch:TerminateJob', [`${base}job/*`]);
  if (denial !== undefined) {
    throw new StatesError('Batch.AWSBatchException', `${denial} (Service: AWSBatch; Status Code: 403; Error Code: AccessDeniedException)`);
  }
}

function clientError(message: string): StatesError {
  return new StatesError('Batch.AWSBatchException', `${message} (Service: AWSBatch; Status Code: 400; Error Code: ClientException)`);
}
