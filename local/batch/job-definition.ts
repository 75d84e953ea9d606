import type { Resource } from '../assembly/stack-resources';

export interface RetryRule {
  readonly action: 'RETRY' | 'EXIT';
  readonly onStatusReason?: string;
  readonly onReason?: string;
  readonly onExitCode?: string;
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
  readonly attempts: number;
  readonly retryRules: readonly RetryRule[];
  /** Seconds of an attempt. */
  readonly timeout?: number;
}

/** Properties that are read, or that change nothing for a process; any other one is refused by name. */
const KNOWN = ['Type', 'JobDefinitionName', 'ContainerProperties', 'RetryStrategy', 'Timeout', 'PlatformCapabilities', 'PropagateTags', 'Tags',
  'ResourceRetentionPolicy', 'SchedulingPriority'];
const KNOWN_CONTAINER = ['Image', 'Command', 'Environment', 'JobRoleArn', 'ExecutionRoleArn', 'ResourceRequirements', 'Memory', 'Vcpus',
  'LogConfiguration', 'MountPoints', 'Volumes', 'NetworkConfiguration', 'FargatePlatformConfiguration', 'RuntimePlatform', 'ReadonlyRootFilesystem',
  'Privileged', 'User', 'Ulimits', 'EphemeralStorage', 'LinuxParameters', 'EnableExecuteCommand'];
const DEFAULT_LOG_PREFIX = 'default';

/** A job definition of a template, and what of it is not supported. */
export function jobDefinition(resource: Resource): { definition: JobDefinition; problems: string[] } {
  const { properties } = resource;
  const container = properties.ContainerProperties ?? {};
  const refuse = (where: string, given: object, known: string[]) => Object.keys(given).filter((key) => !known.includes(key))
    .map((key) => `${resource.logicalId}: ${where}${key} of a job definition is not supported`);
  const problems = [...refuse('', properties, KNOWN), ...refuse('ContainerProperties.', container, KNOWN_CONTAINER)];
  if (String(properties.Type).toLowerCase() !== 'container') problems.push(`${resource.logicalId}: job type ${properties.Type} is not supported; container is`);
  if (container.Privileged === true) problems.push(`${resource.logicalId}: a privileged container is not supported`);
  const required = (type: string) => (container.ResourceRequirements ?? []).find((item: { Type: string }) => item.Type === type)?.Value;
  return {
    problems,
    definition: {
      arn: resource.arn,
      name: resource.arn.split('/').at(-1)!.replace(/:\d+$/, ''),
      image: String(container.Image),
      command: container.Command ?? [],
      environment: environmentOf(container.Environment),
      jobRoleArn: container.JobRoleArn,
      memoryMiB: Number(required('MEMORY') ?? container.Memory),
      vcpus: Number(required('VCPU') ?? container.Vcpus),
      logStreamPrefix: container.LogConfiguration?.Options?.['awslogs-stream-prefix'] ?? DEFAULT_LOG_PREFIX,
      attempts: Number(properties.RetryStrategy?.Attempts ?? 1),
      retryRules: (properties.RetryStrategy?.EvaluateOnExit ?? []).map((rule: Record<string, string>) => ({
        action: rule.Action.toUpperCase(), onStatusReason: rule.OnStatusReason, onReason: rule.OnReason, onExitCode: rule.OnExitCode,
      })),
      timeout: properties.Timeout?.AttemptDurationSeconds,
    },
  };
}

export function environmentOf(list: { Name: string; Value: string }[] | undefined): Record<string, string> {
  return Object.fromEntries((list ?? []).map(({ Name, Value }) => [Name, Value]));
}
