import type { Amount } from './capacity';
import type { ContainerDefinition } from './definition/container-definition';
import type { JobDefinition } from './definition/job-definition';
import type { RetryStrategy } from './definition/retry-rules';

export type JobStatus = 'SUBMITTED' | 'PENDING' | 'RUNNABLE' | 'STARTING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** The statuses that a job keeps. */
export const ENDED: readonly JobStatus[] = ['SUCCEEDED', 'FAILED'];

/** The container of a job, with what the submission says of it. */
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

/** What is known of the container of an attempt. */
export interface ContainerAttempt extends ContainerEnd {
  readonly logStreamName: string;
}

export interface Attempt extends ContainerAttempt {
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly statusReason: string;
}

/** One job, from its submission to its end. Times are milliseconds since 1970. */
export interface Job {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly queueArn: string;
  readonly definition: JobDefinition;
  readonly container: JobContainer;
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
  running?: ContainerAttempt;
}

/**
 * The description that Step Functions gives as a `.sync` task's result, or as the cause of its failure; times are milliseconds (API
 * reference, "JobDetail").
 */
export function jobDescription(job: Job): Record<string, unknown> {
  return {
    Attempts: job.attempts.map((attempt) => ({
      Container: containerEnd(attempt),
      StartedAt: attempt.startedAt,
      StatusReason: attempt.statusReason,
      StoppedAt: attempt.stoppedAt,
    })),
    Container: containerDetail(job),
    CreatedAt: job.createdAt,
    DependsOn: job.dependsOn.map((JobId) => ({ JobId })),
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

function containerDetail(job: Job): Record<string, unknown> {
  const { container: { definition: { image }, command, environment, memoryMiB, vcpus }, definition: { jobRoleArn } } = job;
  const last = job.running ?? job.attempts.at(-1);
  return {
    Command: command,
    Environment: Object.entries(environment).map(([Name, Value]) => ({ Name, Value })),
    Image: image,
    NetworkInterfaces: [],
    ResourceRequirements: [{ Type: 'MEMORY', Value: String(memoryMiB) }, { Type: 'VCPU', Value: String(vcpus) }],
    ...last === undefined ? {} : containerEnd(last),
    ...jobRoleArn === undefined ? {} : { JobRoleArn: jobRoleArn },
  };
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
