import { ContainerDefinition, containerDefinition, containerProblems } from './container-definition';
import { fargateProblem } from './fargate';
import { RetryStrategy, retryStrategy } from './retry-rules';
import type { Resource } from '../../assembly/stack-resources';

export type { RetryRule } from './retry-rules';

export interface JobDefinition {
  readonly arn: string;
  readonly name: string;
  readonly container: ContainerDefinition;
  readonly jobRoleArn?: string;
  readonly retry: RetryStrategy;
  /** Seconds of an attempt. */
  readonly timeout?: number;
  /** Values of the `Ref::NAME` words of the command, where the submission has no other. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly propagateTags: boolean;
  readonly platformCapabilities: readonly string[];
}

/** Properties that are read, or that change nothing here; any other one is refused by name. */
const KNOWN = ['Type', 'JobDefinitionName', 'ContainerProperties', 'RetryStrategy', 'Timeout', 'PlatformCapabilities', 'PropagateTags', 'Tags',
  'ResourceRetentionPolicy', 'SchedulingPriority', 'Parameters'];
const KNOWN_CONTAINER = ['Image', 'Command', 'Environment', 'ResourceRequirements', 'LogConfiguration', 'MountPoints', 'LinuxParameters',
  'ReadonlyRootFilesystem', 'Privileged', 'User', 'Ulimits', 'JobRoleArn', 'ExecutionRoleArn', 'Memory', 'Vcpus', 'Volumes', 'NetworkConfiguration',
  'FargatePlatformConfiguration', 'RuntimePlatform', 'EphemeralStorage', 'EnableExecuteCommand'];
/** What Batch says to Step Functions' integration, which adds a variable of its own to every job that it submits. */
const NO_ECS_PROPERTIES = 'EcsProperties of a job definition is not supported: batch:submitJob.sync cannot start such a job in AWS '
  + '("Container overrides should not be set for ecsProperties jobs."); use ContainerProperties, with one container';
/** API reference, "JobTimeout". */
export const MIN_TIMEOUT_SECONDS = 60;
/** User guide, page "Service quotas": what RegisterJobDefinition takes. */
const MAX_DEFINITION_BYTES = 24 * 1024;
/** API reference, "RegisterJobDefinition" and "EphemeralStorage". */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
const MAX_TAGS = 50;
const [MIN_STORAGE_GIB, MAX_STORAGE_GIB] = [21, 200];

type Given = Readonly<Record<string, any>>;

/** A job definition of a template, and what of it is not supported; undefined where it has no ContainerProperties to be read. */
export function jobDefinition(resource: Resource): { definition?: JobDefinition; problems: string[] } {
  const { properties } = resource;
  const named = (problems: readonly string[]) => problems.map((problem) => `${resource.logicalId}: ${problem}`);
  if (properties.EcsProperties !== undefined) return { problems: named([NO_ECS_PROPERTIES]) };
  const given: Given = properties.ContainerProperties ?? {};
  const container = containerDefinition(given);
  const { strategy, problems: ofRetry } = retryStrategy(properties.RetryStrategy);
  const definition: JobDefinition = {
    arn: resource.arn,
    name: resource.arn.split('/').at(-1)!.replace(/:\d+$/, ''),
    container,
    jobRoleArn: jobRoleOf(properties) as string | undefined,
    retry: strategy,
    timeout: properties.Timeout?.AttemptDurationSeconds === undefined ? undefined : Number(properties.Timeout.AttemptDurationSeconds),
    parameters: properties.Parameters ?? {},
    propagateTags: properties.PropagateTags === true,
    platformCapabilities: properties.PlatformCapabilities ?? [],
  };
  return {
    definition,
    problems: named([
      ...ofDefinition(properties, definition),
      ...unknown('ContainerProperties.', given, KNOWN_CONTAINER),
      ...containerProblems(given, container, volumesOf(given)),
      ...volumeProblems(given),
      ...ofRetry.map((problem) => `RetryStrategy: ${problem}`),
    ]),
  };
}

/** The role of a template's job definition. */
export function jobRoleOf(properties: Given): unknown {
  return properties.ContainerProperties?.JobRoleArn;
}

function ofDefinition(properties: Given, { timeout, container, platformCapabilities }: JobDefinition): string[] {
  const problems = unknown('', properties, KNOWN);
  const { JobDefinitionName: name, Tags = {}, ContainerProperties } = properties;
  if (name !== undefined && !NAME.test(name)) problems.push(`JobDefinitionName must have up to 128 letters, digits, - and _, and begin with a letter or digit, got ${JSON.stringify(name)}`);
  const size = Buffer.byteLength(JSON.stringify(properties));
  if (size > MAX_DEFINITION_BYTES) problems.push(`a job definition has up to ${MAX_DEFINITION_BYTES} bytes, got ${size}`);
  if (Object.keys(Tags).length > MAX_TAGS) problems.push(`a job definition has up to ${MAX_TAGS} tags, got ${Object.keys(Tags).length}`);
  const storage = ContainerProperties?.EphemeralStorage?.SizeInGiB;
  if (storage !== undefined && !(storage >= MIN_STORAGE_GIB && storage <= MAX_STORAGE_GIB)) {
    problems.push(`EphemeralStorage.SizeInGiB must be ${MIN_STORAGE_GIB} to ${MAX_STORAGE_GIB}, got ${storage}`);
  }
  const problem = platformCapabilities.includes('FARGATE') ? fargateProblem(container) : undefined;
  if (problem !== undefined) problems.push(problem);
  if (platformCapabilities.includes('FARGATE')) {
    for (const { Name } of (ContainerProperties?.Volumes ?? []).filter(({ Host }: Given) => Host !== undefined)) {
      problems.push(`the volume ${Name} has a Host, which AWS does not allow on Fargate; leave Host out, and the volume is a folder of the job's own`);
    }
  }
  if (String(properties.Type).toLowerCase() !== 'container') problems.push(`job type ${properties.Type} is not supported; container is`);
  if (timeout !== undefined && timeout < MIN_TIMEOUT_SECONDS) {
    problems.push(`Timeout.AttemptDurationSeconds must be at least ${MIN_TIMEOUT_SECONDS}, got ${timeout}`);
  }
  return problems;
}

function volumesOf({ Volumes = [] }: Given): string[] {
  return Volumes.map(({ Name }: Given) => Name);
}

function volumeProblems({ Volumes = [] }: Given): string[] {
  return Volumes.filter((volume: Given) => volume.Host?.SourcePath !== undefined || volume.EfsVolumeConfiguration !== undefined)
    .map(({ Name }: Given) => `the volume ${Name} lies on the host or on EFS; one without a source path is supported`);
}

function unknown(where: string, given: object, known: readonly string[]): string[] {
  return Object.keys(given).filter((key) => !known.includes(key)).map((key) => `${where}${key} of a job definition is not supported`);
}
