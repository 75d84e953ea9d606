import { StatesError } from '../asl/visit/task-integration';
import { BatchError } from '../batch/batch-service';
import { environmentOf, reservedNames } from '../batch/definition/container-definition';
import { fargateProblem } from '../batch/definition/fargate';
import { JobDefinition, MIN_TIMEOUT_SECONDS } from '../batch/definition/job-definition';
import { resourceProblems, sizeOf } from '../batch/definition/resource-requirements';
import { retryStrategy } from '../batch/definition/retry-rules';
import type { ContainerOverride, SubmitJob } from '../batch/submission';

/** The arguments of SubmitJob, as Step Functions takes them; any other one is refused by its name. */
const KNOWN = ['JobName', 'JobDefinition', 'JobQueue', 'ContainerOverrides', 'Parameters', 'RetryStrategy', 'Timeout', 'DependsOn',
  'PropagateTags', 'Tags', 'ShareIdentifier', 'SchedulingPriorityOverride'];
const KNOWN_OVERRIDES = ['Command', 'Environment', 'ResourceRequirements'];
/** AWS Batch user guide, page "Service quotas": the size of SubmitJob's payload, and of the container overrides. */
const MAX_REQUEST_CHARACTERS = 30 * 1024;
const MAX_OVERRIDES_CHARACTERS = 8192;
const MAX_DEPENDENCIES = 20;
const MAX_TAGS = 50;
/** AWS Batch user guide, page "Tag your resources". */
const TAG_CHARACTERS = /^[\p{L}\p{N}\p{Z}+=._:/@-]*$/u;
const SHARE = /^[A-Za-z0-9]{1,255}$/;
const MAX_PRIORITY = 9999;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
const QUEUE_ARN = /^arn:[a-z-]+:batch:[a-z0-9-]+:\d{12}:job-queue\/[A-Za-z0-9_-]{1,128}$/;

/**
 * Reads and checks a submission as Batch does.
 *
 * @throws BatchError      what Batch would refuse
 * @throws StatesError     what Batch knows and the local engine does not
 */
export function submitJobArguments(
  args: Readonly<Record<string, any>>, definitions: ReadonlyMap<string, JobDefinition>, queueArns: ReadonlySet<string>,
  queuePolicies: ReadonlyMap<string, boolean>,
): SubmitJob {
  refuseUnknown('', args, KNOWN);
  if (typeof args.JobName !== 'string' || !NAME.test(args.JobName)) {
    throw refused(`JobName must have up to 128 letters, digits, - and _, and begin with a letter or digit, got ${JSON.stringify(args.JobName)}`);
  }
  if (JSON.stringify(args).length > MAX_REQUEST_CHARACTERS) throw refused('the SubmitJob request has more than 30 KiB');
  const definition = definitionOf(args.JobDefinition, definitions);
  const queueArn = queueOf(args.JobQueue, queueArns);
  checkShare(args, queuePolicies.get(queueArn));
  return {
    jobName: args.JobName,
    definition,
    queueArn,
    ...fitting(overridesOf(args.ContainerOverrides ?? {}), definition),
    parameters: args.Parameters,
    retry: args.RetryStrategy === undefined ? undefined : retryOf(args.RetryStrategy),
    timeout: args.Timeout === undefined ? undefined : timeoutOf(args.Timeout.AttemptDurationSeconds),
    dependsOn: dependenciesOf(args.DependsOn ?? []),
    tags: tagsOf(args.Tags ?? {}),
    propagateTags: args.PropagateTags,
  };
}

/** The size that the job comes to must be one that Fargate has. */
function fitting(override: ContainerOverride, { platformCapabilities, container }: JobDefinition): ContainerOverride {
  const { vcpus = container.vcpus, memoryMiB = container.memoryMiB } = override;
  const problem = platformCapabilities.includes('FARGATE') ? fargateProblem({ vcpus, memoryMiB }) : undefined;
  if (problem !== undefined) throw refused(problem);
  return override;
}

function overridesOf(given: Readonly<Record<string, any>>): ContainerOverride {
  if (JSON.stringify(given).length > MAX_OVERRIDES_CHARACTERS) throw refused('Container Overrides length must be at most 8192');
  refuseUnknown('ContainerOverrides.', given, KNOWN_OVERRIDES);
  const environment = environmentOf(given.Environment);
  const reserved = reservedNames(environment);
  if (reserved.length > 0) throw refused(`Environment variables cannot start with AWS_BATCH, got ${reserved.join(', ')}`);
  return { command: given.Command, environment, ...checkedSize(given.ResourceRequirements ?? []) };
}

function refused(message: string): BatchError {
  return new BatchError('ClientException', 400, message);
}

function unsupported(what: string): StatesError {
  return new StatesError('States.Runtime', `SubmitJob with ${what} is not supported by the local engine`);
}

function refuseUnknown(where: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw unsupported(unknown.map((key) => where + key).join(', '));
}

/** By ARN, by name and revision, or by name alone; there is one revision of each. */
function definitionOf(text: unknown, definitions: ReadonlyMap<string, JobDefinition>): JobDefinition {
  const found = definitions.get(String(text))
    ?? [...definitions.values()].find(({ arn, name }) => text === name || text === arn.split('/').at(-1) || text === arn.replace(/:\d+$/, ''));
  if (found === undefined) throw refused(`JobDefinition ${JSON.stringify(text)} does not exist`);
  return found;
}

/** A queue of the assembly by ARN or name; one that the app imports is only known by its ARN, and this machine stands in for it. */
function queueOf(text: unknown, queueArns: ReadonlySet<string>): string {
  const found = [...queueArns].find((arn) => text === arn || text === arn.split('/').at(-1)) ?? (QUEUE_ARN.test(String(text)) ? String(text) : undefined);
  if (found === undefined) throw refused(`JobQueue ${JSON.stringify(text)} does not exist`);
  return found;
}

/**
 * A queue with a fair-share policy wants a share and a priority of every job, another one neither (API reference, "SubmitJob"). The words are those
 * that Batch was seen to answer with; for a share that is not wanted, and for one that it would not take, none are known.
 *
 * @param hasPolicy undefined for an imported queue, of which nobody knows it here
 */
function checkShare(
  { ShareIdentifier: share, SchedulingPriorityOverride: priority }: Readonly<Record<string, any>>, hasPolicy: boolean | undefined,
): void {
  if (share === undefined && hasPolicy === true) throw refused('shareIdentifier must be specified.');
  if (share !== undefined) {
    if (typeof share !== 'string' || !SHARE.test(share)) throw refused(`shareIdentifier must be 1 to 255 letters or digits, got ${JSON.stringify(share)}`);
    if (hasPolicy === false) throw refused('shareIdentifier must not be specified for a job queue without a fair-share scheduling policy');
    // A job definition may have one too; those of this engine have none.
    if (priority === undefined) throw refused('Either schedulingPriority in job definition or schedulingPriorityOverride should be specified.');
  }
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= 0 && priority <= MAX_PRIORITY)) {
    throw refused(`schedulingPriorityOverride must be a whole number from 0 to ${MAX_PRIORITY}, got ${JSON.stringify(priority)}`);
  }
}

function checkedSize(requirements: readonly { readonly Type: string; readonly Value: string }[]): ContainerOverride {
  const [problem] = resourceProblems(requirements);
  if (problem !== undefined) throw new StatesError('States.Runtime', `SubmitJob: ${problem}`);
  for (const { Type, Value } of requirements) {
    if (Number(Value) > 0 && (Type !== 'MEMORY' || Number.isInteger(Number(Value)))) continue;
    throw refused(`the resource requirement ${Type} must be a ${Type === 'MEMORY' ? 'whole number of MiB' : 'number'}, got ${JSON.stringify(Value)}`);
  }
  return sizeOf(requirements);
}

function retryOf(given: Readonly<Record<string, unknown>>): SubmitJob['retry'] {
  const { strategy, problems } = retryStrategy(given);
  if (problems.length > 0) throw refused(`RetryStrategy: ${problems.join('; ')}`);
  return strategy;
}

function timeoutOf(seconds: unknown): number {
  if (!Number.isInteger(seconds) || (seconds as number) < MIN_TIMEOUT_SECONDS) {
    throw refused(`Timeout.AttemptDurationSeconds must be a whole number of at least ${MIN_TIMEOUT_SECONDS}, got ${JSON.stringify(seconds)}`);
  }
  return seconds as number;
}

function dependenciesOf(given: readonly { readonly JobId?: string; readonly Type?: string }[]): string[] {
  if (given.length > MAX_DEPENDENCIES) throw refused(`a job may depend on ${MAX_DEPENDENCIES} jobs, got ${given.length}`);
  return given.map(({ JobId, Type }) => {
    if (Type !== undefined) throw unsupported(`a dependency of type ${Type}, which is for array jobs,`);
    if (JobId === undefined) throw refused('a dependency wants a JobId');
    return JobId;
  });
}

function tagsOf(tags: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(tags);
  if (names.length > MAX_TAGS) throw refused(`a job may have ${MAX_TAGS} tags, got ${names.length}`);
  const wrong = names.find((name) => name.length < 1 || name.length > 128 || name.startsWith('aws:') || String(tags[name]).length > 256
    || !TAG_CHARACTERS.test(name) || !TAG_CHARACTERS.test(String(tags[name])));
  if (wrong !== undefined) throw refused(`the tag ${JSON.stringify(wrong)} must have a key of 1 to 128 characters, without aws: before it, and a value of up to 256, of letters, digits, spaces and + - = . _ : / @`);
  return { ...tags };
}
