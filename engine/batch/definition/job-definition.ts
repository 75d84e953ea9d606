import { CONTAINER_PROPERTIES, ContainerDefinition, containerDefinition, containerProblems, dependencyProblems } from './container-definition';
import { RetryStrategy, retryStrategy } from './retry-rules';
import type { Resource } from '../../assembly/stack-resources';

export type { RetryRule } from './retry-rules';

export interface JobDefinition {
  readonly arn: string;
  readonly name: string;
  /** Several for EcsProperties, whose descriptions and overrides have another shape; one for ContainerProperties. */
  readonly containers: readonly ContainerDefinition[];
  /** Whether it has EcsProperties. */
  readonly isTask: boolean;
  readonly jobRoleArn?: string;
  readonly retry: RetryStrategy;
  /** Seconds of an attempt. */
  readonly timeout?: number;
  /** Values of the `Ref::NAME` words of the command, where the submission has no other. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly propagateTags: boolean;
  readonly platformCapabilities: readonly string[];
}

/** The name of the only container of ContainerProperties. */
export const ONLY_CONTAINER = 'default';
/** Properties that are read, or that change nothing here; any other one is refused by name. */
const KNOWN = ['Type', 'JobDefinitionName', 'ContainerProperties', 'EcsProperties', 'RetryStrategy', 'Timeout', 'PlatformCapabilities', 'PropagateTags',
  'Tags', 'ResourceRetentionPolicy', 'SchedulingPriority', 'Parameters'];
const KNOWN_ONLY_CONTAINER = [...CONTAINER_PROPERTIES, 'JobRoleArn', 'ExecutionRoleArn', 'Memory', 'Vcpus', 'Volumes', 'NetworkConfiguration',
  'FargatePlatformConfiguration', 'RuntimePlatform', 'EphemeralStorage', 'EnableExecuteCommand'];
const KNOWN_TASK = ['Containers', 'EphemeralStorage', 'ExecutionRoleArn', 'PlatformVersion', 'TaskRoleArn', 'NetworkConfiguration', 'RuntimePlatform',
  'Volumes', 'EnableExecuteCommand'];
const KNOWN_CONTAINER = [...CONTAINER_PROPERTIES, 'Name', 'Essential', 'DependsOn', 'StartTimeout', 'StopTimeout'];
/** API reference, "EcsProperties". */
const MAX_CONTAINERS = 10;
/** API reference, "JobTimeout". */
export const MIN_TIMEOUT_SECONDS = 60;

type Given = Readonly<Record<string, any>>;

/** A job definition of a template, and what of it is not supported. */
export function jobDefinition(resource: Resource): { definition: JobDefinition; problems: string[] } {
  const { properties } = resource;
  const isTask = properties.EcsProperties !== undefined;
  const { containers, problems, roleArn } = isTask ? taskContainers(properties.EcsProperties) : onlyContainer(properties.ContainerProperties ?? {});
  const { strategy, problems: ofRetry } = retryStrategy(properties.RetryStrategy);
  const definition: JobDefinition = {
    arn: resource.arn,
    name: resource.arn.split('/').at(-1)!.replace(/:\d+$/, ''),
    containers,
    isTask,
    jobRoleArn: roleArn,
    retry: strategy,
    timeout: properties.Timeout?.AttemptDurationSeconds === undefined ? undefined : Number(properties.Timeout.AttemptDurationSeconds),
    parameters: properties.Parameters ?? {},
    propagateTags: properties.PropagateTags === true,
    platformCapabilities: properties.PlatformCapabilities ?? [],
  };
  const all = [...ofDefinition(properties, definition), ...problems, ...ofRetry.map((problem) => `RetryStrategy: ${problem}`)];
  return { definition, problems: all.map((problem) => `${resource.logicalId}: ${problem}`) };
}

/** The role of a template's job definition, wherever it stands. */
export function jobRoleOf(properties: Given): unknown {
  return properties.ContainerProperties?.JobRoleArn ?? properties.EcsProperties?.TaskProperties?.[0]?.TaskRoleArn;
}

interface Containers {
  readonly containers: ContainerDefinition[];
  readonly problems: string[];
  readonly roleArn?: string;
}

function onlyContainer(given: Given): Containers {
  const container = containerDefinition(given, ONLY_CONTAINER);
  const problems = [...unknown('ContainerProperties.', given, KNOWN_ONLY_CONTAINER), ...containerProblems(given, container, volumesOf(given)), ...volumeProblems(given)];
  return { containers: [container], problems, roleArn: given.JobRoleArn };
}

function taskContainers({ TaskProperties: tasks = [], ...rest }: Given): Containers {
  const [task = {}] = tasks as Given[];
  const given: readonly Given[] = task.Containers ?? [];
  const problems = [...unknown('EcsProperties.', rest, []), ...unknown('EcsProperties.TaskProperties.', task, KNOWN_TASK), ...volumeProblems(task)];
  if (tasks.length !== 1) problems.push(`EcsProperties.TaskProperties has one element, got ${tasks.length}`);
  if (given.length < 1 || given.length > MAX_CONTAINERS) problems.push(`a job has 1 to ${MAX_CONTAINERS} containers, got ${given.length}`);
  const containers = given.map((item, index) => {
    const name = String(item.Name ?? '');
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) problems.push(`container ${index + 1} must have a Name of letters, digits, - and _, got ${JSON.stringify(item.Name)}`);
    const container = containerDefinition(item, name);
    const found = [...unknown('', item, KNOWN_CONTAINER), ...containerProblems(item, container, volumesOf(task))];
    problems.push(...found.map((problem) => `container ${name}: ${problem}`));
    return container;
  });
  return { containers, problems: [...problems, ...containers.length > 0 ? dependencyProblems(containers) : []], roleArn: task.TaskRoleArn };
}

function ofDefinition(properties: Given, { timeout }: JobDefinition): string[] {
  const problems = unknown('', properties, KNOWN);
  if (String(properties.Type).toLowerCase() !== 'container') problems.push(`job type ${properties.Type} is not supported; container is`);
  if (properties.ContainerProperties !== undefined && properties.EcsProperties !== undefined) {
    problems.push('a job definition has ContainerProperties or EcsProperties, not both');
  }
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
