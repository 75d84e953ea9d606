import { RetryStrategy, retryStrategy } from './retry-rules';
import type { Resource } from '../assembly/stack-resources';

export type { RetryRule } from './retry-rules';

/** A folder of the machine, or one that lives as long as the job, that the container sees at a path. */
export interface Mount {
  readonly path: string;
  readonly readOnly: boolean;
}

export interface JobDefinition {
  readonly arn: string;
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly jobRoleArn?: string;
  readonly memoryMiB: number;
  readonly vcpus: number;
  readonly logStreamPrefix: string;
  readonly retry: RetryStrategy;
  /** Seconds of an attempt. */
  readonly timeout?: number;
  /** Values of the `Ref::NAME` words of the command, where the submission has no other. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly propagateTags: boolean;
  readonly platformCapabilities: readonly string[];
  /** As `docker run --user` takes it; the image's own where it is absent. */
  readonly user?: string;
  readonly readonlyRootFilesystem: boolean;
  readonly mounts: readonly Mount[];
}

/** Properties that are read, or that change nothing here; any other one is refused by name. */
const KNOWN = ['Type', 'JobDefinitionName', 'ContainerProperties', 'RetryStrategy', 'Timeout', 'PlatformCapabilities', 'PropagateTags', 'Tags',
  'ResourceRetentionPolicy', 'SchedulingPriority', 'Parameters'];
const KNOWN_CONTAINER = ['Image', 'Command', 'Environment', 'JobRoleArn', 'ExecutionRoleArn', 'ResourceRequirements', 'Memory', 'Vcpus',
  'LogConfiguration', 'MountPoints', 'Volumes', 'NetworkConfiguration', 'FargatePlatformConfiguration', 'RuntimePlatform', 'ReadonlyRootFilesystem',
  'Privileged', 'User', 'Ulimits', 'EphemeralStorage', 'LinuxParameters', 'EnableExecuteCommand'];
const DEFAULT_LOG_PREFIX = 'default';
/** API reference, "JobTimeout". */
export const MIN_TIMEOUT_SECONDS = 60;

/** A job definition of a template, and what of it is not supported. */
export function jobDefinition(resource: Resource): { definition: JobDefinition; problems: string[] } {
  const { properties } = resource;
  const container = properties.ContainerProperties ?? {};
  const { strategy, problems: ofRetry } = retryStrategy(properties.RetryStrategy);
  const required = (type: string) => (container.ResourceRequirements ?? []).find((item: { Type: string }) => item.Type === type)?.Value;
  const definition: JobDefinition = {
    arn: resource.arn,
    name: resource.arn.split('/').at(-1)!.replace(/:\d+$/, ''),
    image: String(container.Image),
    command: container.Command ?? [],
    environment: environmentOf(container.Environment),
    jobRoleArn: container.JobRoleArn,
    memoryMiB: Number(required('MEMORY') ?? container.Memory),
    vcpus: Number(required('VCPU') ?? container.Vcpus),
    logStreamPrefix: container.LogConfiguration?.Options?.['awslogs-stream-prefix'] ?? DEFAULT_LOG_PREFIX,
    retry: strategy,
    timeout: properties.Timeout?.AttemptDurationSeconds === undefined ? undefined : Number(properties.Timeout.AttemptDurationSeconds),
    parameters: properties.Parameters ?? {},
    propagateTags: properties.PropagateTags === true,
    platformCapabilities: properties.PlatformCapabilities ?? [],
    user: container.User,
    readonlyRootFilesystem: container.ReadonlyRootFilesystem === true,
    mounts: (container.MountPoints ?? []).map((mount: { ContainerPath: string; ReadOnly?: boolean }) =>
      ({ path: mount.ContainerPath, readOnly: mount.ReadOnly === true })),
  };
  const problems = [...unsupported(properties, container), ...ofRetry.map((problem) => `RetryStrategy: ${problem}`), ...sizeProblems(definition)];
  return { definition, problems: problems.map((problem) => `${resource.logicalId}: ${problem}`) };
}

export function environmentOf(list: { Name: string; Value: string }[] | undefined): Record<string, string> {
  return Object.fromEntries((list ?? []).map(({ Name, Value }) => [Name, Value]));
}

/** The names that a job may not set: Batch's own (user guide, page "AWS Batch job environment variables"). */
export function reservedNames(environment: Readonly<Record<string, string>>): string[] {
  return Object.keys(environment).filter((name) => name.startsWith('AWS_BATCH'));
}

function unsupported(properties: Readonly<Record<string, any>>, container: Readonly<Record<string, any>>): string[] {
  const refuse = (where: string, given: object, known: string[]) => Object.keys(given).filter((key) => !known.includes(key))
    .map((key) => `${where}${key} of a job definition is not supported`);
  const problems = [...refuse('', properties, KNOWN), ...refuse('ContainerProperties.', container, KNOWN_CONTAINER)];
  if (String(properties.Type).toLowerCase() !== 'container') problems.push(`job type ${properties.Type} is not supported; container is`);
  if (container.Privileged === true) problems.push('a privileged container is not supported');
  const onHost = (container.Volumes ?? [])
    .filter((volume: Record<string, any>) => volume.Host?.SourcePath !== undefined || volume.EfsVolumeConfiguration !== undefined);
  problems.push(...onHost.map(({ Name }: { Name: string }) => `the volume ${Name} lies on the host or on EFS; one without a source path is supported`));
  const required: string[] = (container.ResourceRequirements ?? []).map(({ Type }: { Type: string }) => Type);
  const others = required.filter((type) => !['MEMORY', 'VCPU'].includes(type));
  problems.push(...others.map((type) => `the resource requirement ${type} is not supported; MEMORY and VCPU are`));
  return problems;
}

function sizeProblems({ memoryMiB, vcpus, timeout, environment }: JobDefinition): string[] {
  const problems = reservedNames(environment).map((name) => `the environment variable ${name} begins with AWS_BATCH, which is reserved`);
  if (!(memoryMiB > 0)) problems.push('the job has no memory; expected a ResourceRequirement MEMORY in MiB');
  if (!(vcpus > 0)) problems.push('the job has no vCPU; expected a ResourceRequirement VCPU');
  if (timeout !== undefined && timeout < MIN_TIMEOUT_SECONDS) {
    problems.push(`Timeout.AttemptDurationSeconds must be at least ${MIN_TIMEOUT_SECONDS}, got ${timeout}`);
  }
  return problems;
}
