import { resourceProblems, sizeOf } from './resource-requirements';

/** A folder that lives as long as an attempt of the job, at a place in the container. */
export interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly readOnly: boolean;
}

/** The container of a job definition. */
export interface ContainerDefinition {
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
}

/** Where a job's output goes that names no log group, and the beginning of its streams' names (user guide, "Using the awslogs log driver"). */
const DEFAULT_LOG_GROUP = '/aws/batch/job';
const DEFAULT_LOG_PREFIX = 'default';

type Given = Readonly<Record<string, any>>;

/** @param given ContainerProperties, with the names of CloudFormation */
export function containerDefinition(given: Given): ContainerDefinition {
  const options = given.LogConfiguration?.Options ?? {};
  const size = sizeOf(given.ResourceRequirements);
  return {
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
