import type { Amount } from './capacity';
import type { JobDefinition } from './job-definition';
import type { RetryStrategy } from './retry-rules';

export type JobStatus = 'SUBMITTED' | 'PENDING' | 'RUNNABLE' | 'STARTING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

export interface Attempt {
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly statusReason: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly logStreamName: string;
}

/** One job, from its submission to its end. Times are milliseconds since 1970. */
export interface Job {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly queueArn: string;
  readonly definition: JobDefinition;
  /** With its parameters put in. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly size: Amount;
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
}

/** The description that Step Functions gives as a `.sync` task's result, or as the cause of its failure; times are milliseconds. */
export function jobDescription(job: Job): Record<string, unknown> {
  const last = job.attempts.at(-1);
  return {
    Attempts: job.attempts.map((attempt) => ({
      Container: { ...container(attempt), NetworkInterfaces: [] },
      StartedAt: attempt.startedAt,
      StatusReason: attempt.statusReason,
      StoppedAt: attempt.stoppedAt,
    })),
    Container: {
      Command: job.command,
      Environment: Object.entries(job.environment).map(([Name, Value]) => ({ Name, Value })),
      Image: job.definition.image,
      ...job.definition.jobRoleArn === undefined ? {} : { JobRoleArn: job.definition.jobRoleArn },
      NetworkInterfaces: [],
      ResourceRequirements: [{ Type: 'MEMORY', Value: String(job.size.memoryMiB) }, { Type: 'VCPU', Value: String(job.size.vcpus) }],
      ...last === undefined ? {} : container(last),
    },
    CreatedAt: job.createdAt,
    DependsOn: job.dependsOn.map((JobId) => ({ JobId })),
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

function evaluateOnExit({ action, onExitCode, onReason, onStatusReason }: RetryStrategy['rules'][number]): Record<string, string> {
  return {
    Action: action,
    ...onExitCode === undefined ? {} : { OnExitCode: onExitCode },
    ...onReason === undefined ? {} : { OnReason: onReason },
    ...onStatusReason === undefined ? {} : { OnStatusReason: onStatusReason },
  };
}

function container(attempt: Attempt): Record<string, unknown> {
  return {
    ...attempt.exitCode === undefined ? {} : { ExitCode: attempt.exitCode },
    ...attempt.reason === undefined ? {} : { Reason: attempt.reason },
    LogStreamName: attempt.logStreamName,
  };
}
