import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Capacity } from './capacity';
import { AT_ONCE, ContainerEnd, JobExecutor, OUT_OF_MEMORY } from './executor';
import type { BatchFaults, JobFault } from './faults';
import type { ImageProgram } from './image-program';
import { Job, jobDescription, JobStatus } from './job';
import type { JobDefinition } from './job-definition';
import { processExecutor } from './process-executor';
import { AttemptEnd, RetryStrategy, shouldRetry } from './retry-rules';

/** What SubmitJob takes; what it leaves out is as in the definition. */
export interface SubmitJob {
  readonly jobName: string;
  readonly definition: JobDefinition;
  readonly queueArn: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly memoryMiB?: number;
  readonly vcpus?: number;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Takes the place of the definition's, rules and all. */
  readonly retry?: RetryStrategy;
  readonly timeout?: number;
  readonly dependsOn?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly propagateTags?: boolean;
}

export interface BatchServiceOptions {
  readonly capacity: Capacity;
  /** One file a log stream. */
  readonly logFolder: string;
  readonly region: string;
  readonly programOf: (image: string) => ImageProgram;
  /** What a job's process finds in its environment beside its own: endpoint and credentials of its role. */
  readonly environmentOf: (job: Job) => Readonly<Record<string, string>>;
  /** Processes of this machine where it is absent. */
  readonly executor?: JobExecutor;
  readonly faults?: BatchFaults;
}

/** A job that was submitted. */
export interface RunningJob {
  readonly job: Job;
  /** Resolves when the job has SUCCEEDED or FAILED; never rejects for what the job did. */
  readonly ended: Promise<Job>;
  /** As TerminateJob does. */
  terminate(reason: string): void;
}

/** A call that Batch refuses, with its error code and HTTP status. */
export class BatchError extends Error {
  constructor(public readonly code: 'ClientException' | 'ServerException' | 'TooManyRequestsException', public readonly status: number, message: string) {
    super(message);
    this.name = 'BatchError';
  }
}

const ENDED_BY_ITSELF = 'Essential container in task exited';
const TIMED_OUT = 'Job attempt duration exceeded timeout';
const NOT_STARTED = 'Task failed to start';
const DEPENDENCY_FAILED = 'Dependent Job failed';
/** Compute environments have names; the machine's is this. */
const COMPUTE_ENVIRONMENT = 'this-machine';

/** AWS Batch on this machine: jobs wait for capacity, run as processes or containers, and are tried again as their definition says. */
export class BatchService {
  private readonly submitted = new Map<string, RunningJob>();
  private readonly executor: JobExecutor;

  constructor(private readonly options: BatchServiceOptions) {
    this.executor = options.executor ?? processExecutor(options.programOf);
  }

  /** @throws BatchError */
  public submit(request: SubmitJob): RunningJob {
    this.refuseCall('SubmitJob');
    const { definition, queueArn, dependsOn = [] } = request;
    const dependencies = dependsOn.map((dependency) => {
      const found = this.submitted.get(dependency);
      if (found === undefined) throw new BatchError('ClientException', 400, `Job dependency ${dependency} does not exist`);
      return found.ended;
    });
    const id = randomUUID();
    const parameters = { ...definition.parameters, ...request.parameters };
    const job: Job = {
      id,
      name: request.jobName,
      arn: definition.arn.replace(/job-definition\/.*$/, `job/${id}`),
      queueArn,
      definition,
      command: withParameters(request.command ?? definition.command, parameters),
      environment: { ...definition.environment, ...request.environment },
      parameters,
      size: { memoryMiB: request.memoryMiB ?? definition.memoryMiB, vcpus: request.vcpus ?? definition.vcpus },
      retry: request.retry ?? definition.retry,
      timeout: request.timeout ?? definition.timeout,
      dependsOn,
      tags: request.tags ?? {},
      propagateTags: request.propagateTags ?? definition.propagateTags,
      createdAt: Date.now(),
      attempts: [],
      status: dependencies.length > 0 ? 'PENDING' : 'RUNNABLE',
    };
    const stop = new AbortController();
    const running = { job, ended: this.run(job, dependencies, stop.signal), terminate: (reason: string) => stop.abort(reason) };
    this.submitted.set(id, running);
    return running;
  }

  /** A job as DescribeJobs tells of it; undefined where it is not known. */
  public job(id: string): Readonly<Record<string, unknown>> | undefined {
    this.refuseCall('DescribeJobs');
    const found = this.submitted.get(id);
    return found === undefined ? undefined : jobDescription(found.job);
  }

  /** As TerminateJob does; nothing happens to a job that has ended, or that is not known. */
  public terminate(id: string, reason: string): void {
    this.refuseCall('TerminateJob');
    this.submitted.get(id)?.terminate(reason);
  }

  private refuseCall(operation: string): void {
    if (this.options.faults?.throttles(operation) === true) throw new BatchError('TooManyRequestsException', 429, 'Too Many Requests');
  }

  private async run(job: Job, dependencies: readonly Promise<Job>[], stop: AbortSignal): Promise<Job> {
    const needed = Capacity.needed(job.size);
    if (!this.options.capacity.couldEverHold(needed)) {
      const { vcpus, memoryMiB } = this.options.capacity.total;
      return end(job, 'FAILED', `MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - the job wants ${needed.vcpus} vCPU and ${needed.memoryMiB} MiB, `
        + `and this machine has ${vcpus} vCPU and ${memoryMiB} MiB`);
    }
    if (await waitFor(dependencies, stop) === 'failed') return end(job, 'FAILED', DEPENDENCY_FAILED);
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
      if (last.exitCode === 0 && last.statusReason === ENDED_BY_ITSELF && !stop.aborted) return end(job, 'SUCCEEDED', last.statusReason);
      const again = !stop.aborted && last.statusReason !== TIMED_OUT && attempt < job.retry.attempts && shouldRetry(job.retry.rules, last);
      if (!again) return end(job, 'FAILED', last.statusReason);
    }
  }

  private async attempt(job: Job, attempt: number, stop: AbortSignal): Promise<AttemptEnd> {
    const logStreamName = `${job.definition.logStreamPrefix}/default/${randomUUID().replace(/-/g, '')}`;
    const fault = this.options.faults?.ofAttempt(job.name, attempt);
    job.status = 'STARTING';
    if (fault?.kind === 'slow-start') await wait(fault.seconds * 1000, undefined, { signal: stop }).catch(() => undefined);
    const timeout = job.timeout === undefined ? undefined : AbortSignal.timeout(job.timeout * 1000);
    const injected = new AbortController();
    const timer = fault === undefined || fault.kind === 'slow-start' ? undefined
      : setTimeout(() => injected.abort(fault.kind === 'spot-interruption' ? undefined : AT_ONCE), fault.seconds * 1000);
    const startedAt = Date.now();
    job.startedAt ??= startedAt;
    job.status = 'RUNNING';
    const ended = stop.aborted ? {} : await this.executor({
      job,
      attempt,
      environment: {
        ...job.environment,
        ...this.options.environmentOf(job),
        AWS_BATCH_JOB_ID: job.id,
        AWS_BATCH_JOB_ATTEMPT: String(attempt),
        AWS_BATCH_JQ_NAME: job.queueArn.split('/').at(-1)!,
        AWS_BATCH_CE_NAME: COMPUTE_ENVIRONMENT,
      },
      logFile: join(this.options.logFolder, `${logStreamName}.log`),
      signal: AbortSignal.any([stop, injected.signal, ...timeout === undefined ? [] : [timeout]]),
    });
    clearTimeout(timer);
    const last = {
      statusReason: stop.aborted ? String(stop.reason) : timeout?.aborted ? TIMED_OUT : ended.exitCode === undefined ? NOT_STARTED : ENDED_BY_ITSELF,
      ...ended,
      // What came first counts: a fault after the end has done nothing.
      ...injected.signal.aborted && fault !== undefined && ended.exitCode !== 0 && !stop.aborted ? faultEnd(fault, ended) : {},
    };
    job.attempts.push({ startedAt, stoppedAt: Date.now(), logStreamName, ...last });
    return last;
  }
}

/** What is known of an attempt that a fault ended, in the words of AWS. */
function faultEnd(fault: JobFault, ended: ContainerEnd): Partial<AttemptEnd> {
  switch (fault.kind) {
    case 'out-of-memory':
      return { exitCode: 137, reason: OUT_OF_MEMORY };
    case 'host-lost':
      // Nobody is left to tell how the container ended.
      return { statusReason: `Host EC2 (instance ${fault.instance}) terminated.`, exitCode: undefined, reason: undefined };
    case 'spot-interruption':
      return { statusReason: 'Your Spot Task was interrupted.', exitCode: ended.exitCode };
    default:
      return { exitCode: 137 };
  }
}

/** Resolves when all have ended well, or one has failed, or the signal is aborted. */
async function waitFor(dependencies: readonly Promise<Job>[], stop: AbortSignal): Promise<'succeeded' | 'failed' | 'stopped'> {
  if (dependencies.length === 0) return 'succeeded';
  const stopped = new Promise<'stopped'>((resolve) => { stop.addEventListener('abort', () => resolve('stopped'), { once: true }); });
  const each = dependencies.map(async (ended) => {
    if ((await ended).status === 'FAILED') throw new Error(DEPENDENCY_FAILED);
  });
  return Promise.race([stopped, Promise.all(each).then(() => 'succeeded' as const, () => 'failed' as const)]);
}

/** `Ref::NAME` words with the parameter's value in their place (user guide, page "Job definition parameters", "Parameters"). */
function withParameters(command: readonly string[], parameters: Readonly<Record<string, string>>): string[] {
  return command.map((word) => {
    const name = /^Ref::(.+)$/s.exec(word)?.[1];
    return name !== undefined && Object.hasOwn(parameters, name) ? parameters[name] : word;
  });
}

function end(job: Job, status: JobStatus, statusReason: string): Job {
  job.status = status;
  job.statusReason = statusReason;
  job.stoppedAt = Date.now();
  return job;
}
