import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Capacity } from './capacity';
import type { ImageProgram } from './image-program';
import type { Job } from './job';
import type { JobDefinition } from './job-definition';
import { ProcessEnd, runProcess } from './process-executor';
import { shouldRetry } from './retry-rules';

export interface SubmitJob {
  readonly jobName: string;
  readonly definition: JobDefinition;
  readonly queueArn: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly memoryMiB?: number;
  readonly vcpus?: number;
}

export interface BatchServiceOptions {
  readonly capacity: Capacity;
  /** One file a log stream. */
  readonly logFolder: string;
  readonly region: string;
  readonly programOf: (image: string) => ImageProgram;
  /** What a job's process finds in its environment beside its own: endpoint and credentials of its role. */
  readonly environmentOf: (job: Job) => Readonly<Record<string, string>>;
}

/** A job that was submitted. */
export interface RunningJob {
  readonly job: Job;
  /** Resolves when the job has SUCCEEDED or FAILED; never rejects for what the job did. */
  readonly ended: Promise<Job>;
  /** As TerminateJob does. */
  terminate(reason: string): void;
}

const ENDED_BY_ITSELF = 'Essential container in task exited';
const TIMED_OUT = 'Job attempt duration exceeded timeout';

/** AWS Batch on this machine: jobs wait for capacity, run as processes, and are tried again as their definition says. */
export class BatchService {
  constructor(private readonly options: BatchServiceOptions) {}

  /** @throws Error where the machine could never hold the job */
  public submit(request: SubmitJob): RunningJob {
    const { definition, queueArn } = request;
    const size = { memoryMiB: request.memoryMiB ?? definition.memoryMiB, vcpus: request.vcpus ?? definition.vcpus };
    const id = randomUUID();
    const job: Job = {
      id,
      name: request.jobName,
      arn: definition.arn.replace(/job-definition\/.*$/, `job/${id}`),
      queueArn,
      definition,
      command: request.command ?? definition.command,
      environment: { ...definition.environment, ...request.environment },
      size,
      createdAt: Date.now(),
      attempts: [],
      status: 'RUNNABLE',
    };
    const stop = new AbortController();
    return { job, ended: this.run(job, stop.signal), terminate: (reason) => stop.abort(reason) };
  }

  private async run(job: Job, stop: AbortSignal): Promise<Job> {
    const needed = Capacity.needed(job.size);
    if (!this.options.capacity.couldEverHold(needed)) {
      const { vcpus, memoryMiB } = this.options.capacity.total;
      return end(job, 'FAILED', `MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - the job wants ${needed.vcpus} vCPU and ${needed.memoryMiB} MiB, `
        + `and this machine has ${vcpus} vCPU and ${memoryMiB} MiB`);
    }
    for (let attempt = 1; ; attempt++) {
      job.status = 'RUNNABLE';
      let giveBack: () => void;
      try {
        giveBack = await this.options.capacity.take(needed, stop);
      } catch {
        return end(job, 'FAILED', String(stop.reason));
      }
      let last;
      try {
        last = await this.attempt(job, attempt, stop);
      } finally {
        giveBack();
      }
      if (last.exitCode === 0 && last.reason === undefined && !stop.aborted) return end(job, 'SUCCEEDED', last.statusReason);
      const again = !stop.aborted && last.statusReason !== TIMED_OUT && attempt < job.definition.attempts
        && shouldRetry(job.definition.retryRules, last);
      if (!again) return end(job, 'FAILED', last.statusReason);
    }
  }

  private async attempt(job: Job, attempt: number, stop: AbortSignal): Promise<ProcessEnd & { statusReason: string }> {
    const logStreamName = `${job.definition.logStreamPrefix}/default/${randomUUID().replace(/-/g, '')}`;
    const program = this.options.programOf(job.definition.image);
    const timeout = job.definition.timeout === undefined ? undefined : AbortSignal.timeout(job.definition.timeout * 1000);
    const startedAt = Date.now();
    job.startedAt ??= startedAt;
    job.status = 'RUNNING';
    const ended = await runProcess({
      program: [...program.entryPoint, ...job.command.length > 0 ? job.command : program.command],
      environment: {
        ...program.environment,
        ...job.environment,
        ...this.options.environmentOf(job),
        AWS_BATCH_JOB_ID: job.id,
        AWS_BATCH_JOB_ATTEMPT: String(attempt),
        AWS_BATCH_JQ_NAME: job.queueArn.split('/').at(-1)!,
      },
      memoryMiB: job.size.memoryMiB,
      logFile: join(this.options.logFolder, `${logStreamName}.log`),
      signal: timeout === undefined ? stop : AbortSignal.any([stop, timeout]),
    });
    const statusReason = stop.aborted ? String(stop.reason) : timeout?.aborted ? TIMED_OUT : ended.exitCode === undefined ? 'Task failed to start' : ENDED_BY_ITSELF;
    job.attempts.push({ startedAt, stoppedAt: Date.now(), statusReason, logStreamName, ...ended });
    return { ...ended, statusReason };
  }
}

function end(job: Job, status: 'SUCCEEDED' | 'FAILED', statusReason: string): Job {
  job.status = status;
  job.statusReason = statusReason;
  job.stoppedAt = Date.now();
  return job;
}
