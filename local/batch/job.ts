import type { Amount } from './capacity';
import type { JobDefinition } from './job-definition';

export type JobStatus = 'SUBMITTED' | 'RUNNABLE' | 'STARTING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

export interface Attempt {
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly statusReason: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly logStreamName: string;
}

/** One job, from its submission to its end. */
export interface Job {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly queueArn: string;
  readonly definition: JobDefinition;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly size: Amount;
  readonly createdAt: number;
  readonly attempts: Attempt[];
  status: JobStatus;
  statusReason?: string;
  startedAt?: number;
  stoppedAt?: number;
}

/** The description that Step Functions gives as a `.sync` task's result, or as the cause of its failure. */
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
      ResourceRequirements: [{ Type: 'MEMORY', Value: String(job.size.memoryMiB) }, { Type: 'VCPU', Value: String(job.size.vcpus) }],
      ...last === undefined ? {} : container(last),
    },
    CreatedAt: job.createdAt,
    JobArn: job.arn,
    JobDefinition: job.definition.arn,
    JobId: job.id,
    JobName: job.name,
    JobQueue: job.queueArn,
    ...job.startedAt === undefined ? {} : { StartedAt: job.startedAt },
    Status: job.status,
    ...job.statusReason === undefined ? {} : { StatusReason: job.statusReason },
    ...job.stoppedAt === undefined ? {} : { StoppedAt: job.stoppedAt },
  };
}

function container(attempt: Attempt): Record<string, unknown> {
  return {
    ...attempt.exitCode === undefined ? {} : { ExitCode: attempt.exitCode },
    ...attempt.reason === undefined ? {} : { Reason: attempt.reason },
    LogStreamName: attempt.logStreamName,
  };
}
