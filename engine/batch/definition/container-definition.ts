import { resourceProblems, sizeOf } from './resource-requirements';

/** A folder that lives as long as an attempt of the job, at a place in the container; containers that name the same volume share it. */
export interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly readOnly: boolean;
}

/** Another container of the job, and what must have become of it before this one starts. */
export interface ContainerDependency {
  readonly container: string;
  readonly condition: 'START' | 'COMPLETE' | 'SUCCESS';
}

/** One container of a job definition. */
export interface ContainerDefinition {
  /** `default` for the only one of ContainerProperties, as in the names of its log streams. */
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
  readonly vcpus: number;
  readonly logGroup: string;
  readonly logStreamPrefix: string;
  /** As `docker run --user` takes it; the image's own where it is absent. */
  readonly user?: string;
  readonly readonlyRootFilesystem: boolean;
  readonly mounts: readonly Mount[];
  /** Whether the job ends with it, and as it did. */
  readonly essential: boolean;
  readonly dependsOn: readonly ContainerDependency[];
  /** Seconds that others wait for its end, from its start. */
  readonly startTimeout?: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly stopTimeout?: number;
}

/** Properties that both kinds of containers have, and that are read, or change nothing here; any other one is refused by name. */
export const CONTAINER_PROPERTIES = ['Image', 'Command', 'Environment', 'ResourceRequirements', 'LogConfiguration', 'MountPoints', 'LinuxParameters',
  'ReadonlyRootFilesystem', 'Privileged', 'User', 'Ulimits'];
/** Where a job's output goes that names no log group, and the beginning of its streams' names (user guide, "Using the awslogs log driver"). */
const DEFAULT_LOG_GROUP = '/aws/batch/job';
const DEFAULT_LOG_PREFIX = 'default';
const CONDITIONS = ['START', 'COMPLETE', 'SUCCESS'];

type Given = Readonly<Record<string, any>>;

/** @param given of ContainerProperties, or of one of the Containers of EcsProperties, with the names of CloudFormation */
export function containerDefinition(given: Given, name: string): ContainerDefinition {
  const options = given.LogConfiguration?.Options ?? {};
  const size = sizeOf(given.ResourceRequirements);
  return {
    name,
    image: String(given.Image),
    command: given.Command ?? [],
    environment: environmentOf(given.Environment),
    memoryMiB: size.memoryMiB ?? Number(given.Memory),
    vcpus: size.vcpus ?? Number(given.Vcpus),
    logGroup: options['awslogs-group'] ?? DEFAULT_LOG_GROUP,
    logStreamPrefix: options['awslogs-stream-prefix'] ?? DEFAULT_LOG_PREFIX,
    user: given.User,
    readonlyRootFilesystem: given.ReadonlyRootFilesystem === true,
    mounts: (given.MountPoints ?? []).map(({ SourceVolume, ContainerPath, ReadOnly }: Given) =>
      ({ volume: SourceVolume, path: ContainerPath, readOnly: ReadOnly === true })),
    essential: given.Essential !== false,
    dependsOn: (given.DependsOn ?? []).map((dependency: Given) => ({ container: dependency.ContainerName, condition: dependency.Condition })),
    ...given.StartTimeout === undefined ? {} : { startTimeout: Number(given.StartTimeout) },
    ...given.StopTimeout === undefined ? {} : { stopTimeout: Number(given.StopTimeout) },
  };
}

export function environmentOf(list: readonly { readonly Name: string; readonly Value: string }[] | undefined): Record<string, string> {
  return Object.fromEntries((list ?? []).map(({ Name, Value }) => [Name, Value]));
}

/** The names that a job may not set: Batch's own (user guide, page "AWS Batch job environment variables"). */
export function reservedNames(environment: Readonly<Record<string, string>>): string[] {
  return Object.keys(environment).filter((name) => name.startsWith('AWS_BATCH'));
}

/** What Batch would refuse in a container, and what is not supported here. */
export function containerProblems(given: Given, container: ContainerDefinition, volumes: readonly string[]): string[] {
  const { memoryMiB, vcpus, environment, mounts } = container;
  const problems = [
    ...given.Privileged === true ? ['a privileged container is not supported'] : [],
    ...resourceProblems(given.ResourceRequirements),
    ...reservedNames(environment).map((name) => `the environment variable ${name} begins with AWS_BATCH, which is reserved`),
    ...mounts.filter(({ volume }) => !volumes.includes(volume))
      .map(({ volume, path }) => `the mount point ${path} is of the volume ${volume}, which is not defined`),
  ];
  if (!(memoryMiB > 0)) problems.push('the job has no memory; expected a ResourceRequirement MEMORY in MiB');
  if (!(vcpus > 0)) problems.push('the job has no vCPU; expected a ResourceRequirement VCPU');
  return problems;
}

/** What is wrong with how the containers of a job wait for each other (API reference, "TaskContainerProperties" and "TaskContainerDependency"). */
export function dependencyProblems(containers: readonly ContainerDefinition[]): string[] {
  const byName = new Map(containers.map((container) => [container.name, container]));
  const problems = byName.size < containers.length ? ['two containers have the same name'] : [];
  if (!containers.some(({ essential }) => essential)) problems.push('no container is essential; a job has at least one');
  for (const { name, dependsOn } of containers) {
    for (const { container, condition } of dependsOn) {
      const other = byName.get(container);
      if (!CONDITIONS.includes(condition)) problems.push(`${name}: the condition of a dependency must be ${CONDITIONS.join(', ')}, got ${condition}`);
      if (other === undefined) {problems.push(`${name} depends on the container ${container}, which is not defined`);} else if (other.essential && condition !== 'START') {
        problems.push(`${name}: the condition ${condition} can't be set on an essential container, which ${container} is`);
      }
    }
    if (dependsOnItself(name, byName)) problems.push(`${name} depends on itself`);
  }
  return problems;
}

function dependsOnItself(name: string, byName: ReadonlyMap<string, ContainerDefinition>): boolean {
  const seen = new Set<string>();
  const next = [name];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    for (const { container } of byName.get(at)?.dependsOn ?? []) {
      if (container === name) return true;
      if (!seen.has(container)) next.push(container);
      seen.add(container);
    }
  }
  return false;
}
