import type { Amount } from './capacity';
import type { ContainerDefinition } from './definition/container-definition';
import type { JobDefinition } from './definition/job-definition';
import type { RetryStrategy } from './definition/retry-rules';

export type JobStatus = 'SUBMITTED' | 'PENDING' | 'RUNNABLE' | 'STARTING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** The statuses that a job keeps. */
export const ENDED: readonly JobStatus[] = ['SUCCEEDED', 'FAILED'];

/** A container of a job, with what the submission says of it. */
export interface JobContainer extends Amount {
  readonly definition: ContainerDefinition;
  /** With its parameters put in. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** How a container ended. */
export interface ContainerEnd {
  /** Absent where it never started. */
  readonly exitCode?: number;
  /** In the words of Amazon ECS, where it did not end by itself. */
  readonly reason?: string;
}

/** What is known of a container of an attempt. */
export interface ContainerAttempt extends ContainerEnd {
  readonly logStreamName: string;
}

/** An attempt; its own exit code, reason and log stream are those of the essential container that ended it. */
export interface Attempt extends ContainerAttempt {
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly statusReason: string;
  /** In the order of the job's. */
  readonly containers: readonly ContainerAttempt[];
}

/** One job, from its submission to its end. Times are milliseconds since 1970. */
export interface Job {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly queueArn: string;
  readonly definition: JobDefinition;
  readonly containers: readonly JobContainer[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly retry: RetryStrategy;
  /** Seconds of an attempt. */
  readonly timeout?: number;
  /** Ids of jobs that must have SUCCEEDED before. */
  readonly dependsOn: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly propagateTags: boolean;
  readonly createdAt: number;
  readonly attempts: Attempt[];
  status: JobStatus;
  statusReason?: string;
  startedAt?: number;
  stoppedAt?: number;
  isCancelled: boolean;
  isTerminated: boolean;
  /** Of the attempt that runs. */
  running?: readonly ContainerAttempt[];
}

/** All that the containers of a job need together. */
export function sizeOfJob({ containers }: Job): Amount {
  return {
    vcpus: containers.reduce((sum, { vcpus }) => sum + vcpus, 0), memoryMiB: containers.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0),
  };
}

/**
 * The description that Step Functions gives as a `.sync` task's result, or as the cause of its failure; times are milliseconds. Of a job
 * with EcsProperties the Container is empty (API reference, "JobDetail").
 */
export function jobDescription(job: Job): Record<string, unknown> {
  const { isTask } = job.definition;
  return {
    Attempts: job.attempts.map((attempt) => ({
      ...isTask ? { TaskProperties: [{ Containers: attempt.containers.map((end, index) => ({ Name: nameOf(job, index), ...containerEnd(end) })) }] }
        : { Container: containerEnd(attempt) },
      StartedAt: attempt.startedAt,
      StatusReason: attempt.statusReason,
      StoppedAt: attempt.stoppedAt,
    })),
    Container: isTask ? {} : { ...containerDetail(job, 0), ...roleAs('JobRoleArn', job) },
    CreatedAt: job.createdAt,
    DependsOn: job.dependsOn.map((JobId) => ({ JobId })),
    ...isTask ? { EcsProperties: taskDetail(job) } : {},
    IsCancelled: job.isCancelled,
    IsTerminated: job.isTerminated,
    JobArn: job.arn,
    JobDefinition: job.definition.arn,
    JobId: job.id,
    JobName: job.name,
    JobQueue: job.queueArn,
    Parameters: job.parameters,
    PlatformCapabilities: job.definition.platformCapabilities,
    PropagateTags: job.propagateTags,
    RetryStrategy: { Attempts: job.retry.attempts, EvaluateOnExit: job.retry.rules.map(evaluateOnExit) },
    ...job.startedAt === undefined ? {} : { StartedAt: job.startedAt },
    Status: job.status,
    ...job.statusReason === undefined ? {} : { StatusReason: job.statusReason },
    ...job.stoppedAt === undefined ? {} : { StoppedAt: job.stoppedAt },
    Tags: job.tags,
    ...job.timeout === undefined ? {} : { Timeout: { AttemptDurationSeconds: job.timeout } },
  };
}

/** API reference, "EcsTaskDetails" and "TaskContainerDetails". */
function taskDetail(job: Job): Record<string, unknown> {
  const containers = job.containers.map(({ definition: { name, essential, dependsOn } }, index) => ({
    Name: name,
    DependsOn: dependsOn.map(({ container, condition }) => ({ ContainerName: container, Condition: condition })),
    Essential: essential,
    ...containerDetail(job, index),
  }));
  return { TaskProperties: [{ Containers: containers, ...roleAs('TaskRoleArn', job) }] };
}

function roleAs(name: string, { definition: { jobRoleArn } }: Job): Record<string, string> {
  return jobRoleArn === undefined ? {} : { [name]: jobRoleArn };
}

function containerDetail(job: Job, index: number): Record<string, unknown> {
  const { definition: { image }, command, environment, memoryMiB, vcpus } = job.containers[index];
  const last = job.running ?? job.attempts.at(-1)?.containers;
  return {
    Command: command,
    Environment: Object.entries(environment).map(([Name, Value]) => ({ Name, Value })),
    Image: image,
    NetworkInterfaces: [],
    ResourceRequirements: [{ Type: 'MEMORY', Value: String(memoryMiB) }, { Type: 'VCPU', Value: String(vcpus) }],
    ...last === undefined ? {} : containerEnd(last[index]),
  };
}

function nameOf({ containers }: Job, index: number): string {
  return containers[index].definition.name;
}

function containerEnd({ exitCode, reason, logStreamName }: ContainerAttempt): Record<string, unknown> {
  return {
    ...exitCode === undefined ? {} : { ExitCode: exitCode },
    ...reason === undefined ? {} : { Reason: reason },
    LogStreamName: logStreamName,
    NetworkInterfaces: [],
  };
}

function evaluateOnExit({ action, onExitCode, onReason, onStatusReason }: RetryStrategy['rules'][number]): Record<string, string> {
  return {
    Action: action,
    ...onExitCode === undefined ? {} : { OnExitCode: onExitCode },
    ...onReason === undefined ? {} : { OnReason: onReason },
    ...onStatusReason === undefined ? {} : { OnStatusReason: onStatusReason },
  };
}
