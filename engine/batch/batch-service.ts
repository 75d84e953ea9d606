import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Capacity } from './capacity';
import { shouldRetry } from './definition/retry-rules';
import { AT_ONCE, JobExecutor } from './executor/executor';
import type { ImageProgram } from './executor/image-program';
import { processExecutor } from './executor/process-executor';
import { afterFault, BatchFaults } from './faults';
import { Attempt, ContainerEnd, ENDED, Job, jobDescription, JobStatus } from './job';
import { newJob, SubmitJob } from './submission';

export interface BatchServiceOptions {
  readonly capacity: Capacity;
  /** One file a log stream. */
  readonly logFolder: string;
  readonly programOf: (image: string) => ImageProgram;
  /** What a job's process finds in its environment beside its own: endpoint and credentials of its role. */
  readonly environmentOf: (job: Job) => Readonly<Record<string, string>>;
  /** Processes of this machine where it is absent. */
  readonly executor?: JobExecutor;
  readonly faults?: BatchFaults;
  /** When a job has another status. */
  readonly onStatus?: (job: Job) => void;
}

/** A job that was submitted. */
export interface RunningJob {
  readonly job: Job;
  /** Resolves when the job has SUCCEEDED or FAILED; never rejects for what the job did. */
  readonly ended: Promise<Job>;
  /** As TerminateJob does. */
  terminate(reason: string): void;
  /** As CancelJob does: nothing happens to a job that has started. */
  cancel(reason: string): void;
}

/** A job as Step Functions gives it: with the API's names, in upper case. */
export type JobDescription = Readonly<Record<string, any>>;

/** A call that Batch refuses, with its error code and HTTP status. */
export class BatchError extends Error {
  constructor(public readonly code: 'ClientException' | 'ServerException' | 'TooManyRequestsException', public readonly status: number, message: string) {
    super(message);
    this.name = 'BatchError';
  }
}

/** In the names of log streams. */
const CONTAINER_NAME = 'default';
const ENDED_BY_ITSELF = 'Essential container in task exited';
const TIMED_OUT = 'Job attempt duration exceeded timeout';
const NOT_STARTED = 'Task failed to start';
const DEPENDENCY_FAILED = 'Dependent Job failed';
const WAITING: readonly JobStatus[] = ['SUBMITTED', 'PENDING', 'RUNNABLE'];
/** Compute environments have names; the machine's is this. */
const COMPUTE_ENVIRONMENT = 'this-machine';

/** AWS Batch on this machine: jobs wait for capacity, run as processes or containers, and are tried again as their definition says. */
export class BatchService {
  private readonly submitted = new Map<string, RunningJob>();
  protected readonly executor: JobExecutor;

  constructor(private readonly options: BatchServiceOptions) {
    this.executor = options.executor ?? processExecutor(options.programOf);
  }

  /** @throws BatchError */
  public submit(request: SubmitJob): RunningJob {
    this.call('SubmitJob', request.jobName);
    const dependencies = (request.dependsOn ?? []).map((dependency) => {
      const found = this.submitted.get(dependency);
      if (found === undefined) throw new BatchError('ClientException', 400, `Job dependency ${dependency} does not exist`);
      return found.ended;
    });
    const job = newJob(request);
    const stop = new AbortController();
    const terminate = (reason: string) => {
      if (ENDED.includes(job.status)) return;
      job.isTerminated = true;
      stop.abort(reason);
    };
    const cancel = (reason: string) => {
      if (!WAITING.includes(job.status)) return;
      job.isCancelled = true;
      stop.abort(reason);
    };
    this.options.onStatus?.(job);
    this.setStatus(job, dependencies.length > 0 ? 'PENDING' : 'RUNNABLE');
    const running = { job, ended: this.run(job, dependencies, stop.signal), terminate, cancel };
    this.submitted.set(job.id, running);
    return running;
  }

  /** Those that are known of these, as DescribeJobs tells of them. @throws BatchError */
  public describeJobs(ids: readonly string[]): JobDescription[] {
    const found = ids.map((id) => this.find(id)).filter((job) => job !== undefined);
    this.call('DescribeJobs', found.map(({ JobName }) => JobName).join(' '));
    return found;
  }

  /** Nothing happens to a job that has ended, or that is not known. @throws BatchError */
  public terminateJob(id: string, reason: string): void {
    this.call('TerminateJob', this.find(id)?.JobName);
    this.submitted.get(id)?.terminate(reason);
  }

  /** Nothing happens to a job that has started, or that is not known. @throws BatchError */
  public cancelJob(id: string, reason: string): void {
    this.call('CancelJob', this.find(id)?.JobName);
    this.submitted.get(id)?.cancel(reason);
  }

  /** All jobs, oldest first. @throws BatchError */
  public listJobs(): JobDescription[] {
    this.call('ListJobs');
    return this.all();
  }

  /** A job's description, for whoever asks without calling the API; undefined where it is not known. */
  public find(id: string): JobDescription | undefined {
    const found = this.submitted.get(id);
    return found === undefined ? undefined : jobDescription(found.job);
  }

  protected all(): JobDescription[] {
    return [...this.submitted.values()].map(({ job }) => jobDescription(job));
  }

  private call(operation: string, jobNames = ''): void {
    if (this.options.faults?.throttles(operation, jobNames) === true) throw new BatchError('TooManyRequestsException', 429, 'Too Many Requests');
  }

  private async run(job: Job, dependencies: readonly Promise<Job>[], stop: AbortSignal): Promise<Job> {
    const needed = Capacity.needed(job.container);
    if (!this.options.capacity.couldEverHold(needed)) {
      const { vcpus, memoryMiB } = this.options.capacity.total;
      return this.end(job, 'FAILED', `MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - the job wants ${needed.vcpus} vCPU and ${needed.memoryMiB} MiB, `
        + `and this machine has ${vcpus} vCPU and ${memoryMiB} MiB`);
    }
    if (await waitFor(dependencies, stop) === 'failed') return this.end(job, 'FAILED', DEPENDENCY_FAILED);
    for (let attempt = 1; ; attempt++) {
      this.setStatus(job, 'RUNNABLE');
      let giveBack: () => void;
      try {
        giveBack = await this.options.capacity.take(needed, stop);
      } catch {
        return this.end(job, 'FAILED', String(stop.reason));
      }
      let last;
      try {
        last = await this.attempt(job, attempt, stop);
      } finally {
        giveBack();
      }
      const { statusReason, exitCode } = last;
      if (exitCode === 0 && statusReason === ENDED_BY_ITSELF && !stop.aborted) return this.end(job, 'SUCCEEDED', statusReason);
      const again = !stop.aborted && statusReason !== TIMED_OUT && attempt < job.retry.attempts && shouldRetry(job.retry.rules, last);
      if (!again) return this.end(job, 'FAILED', statusReason);
    }
  }

  private async attempt(job: Job, attempt: number, stop: AbortSignal): Promise<Attempt> {
    const logStreamName = `${job.container.definition.logStreamPrefix}/${CONTAINER_NAME}/${randomUUID().replace(/-/g, '')}`;
    const fault = this.options.faults?.ofAttempt(job.name, attempt);
    this.setStatus(job, 'STARTING');
    if (fault?.kind === 'slow-start') await wait(fault.seconds * 1000, undefined, { signal: stop }).catch(() => undefined);
    const timeout = job.timeout === undefined ? undefined : AbortSignal.timeout(job.timeout * 1000);
    const injected = new AbortController();
    const timer = fault === undefined || fault.kind === 'slow-start' ? undefined
      : setTimeout(() => injected.abort(fault.kind === 'spot-interruption' ? undefined : AT_ONCE), fault.seconds * 1000);
    const startedAt = Date.now();
    job.startedAt ??= startedAt;
    job.running = { logStreamName };
    this.setStatus(job, 'RUNNING');
    const end: ContainerEnd = stop.aborted ? {} : await this.executor.run({
      jobId: job.id,
      container: job.container,
      environment: { ...job.container.environment, ...this.options.environmentOf(job), ...ownEnvironment(job, attempt) },
      logFile: join(this.options.logFolder, `${logStreamName}.log`),
      signal: AbortSignal.any([stop, injected.signal, ...timeout === undefined ? [] : [timeout]]),
    });
    clearTimeout(timer);
    const { exitCode } = end;
    const last = {
      ...end,
      statusReason: stop.aborted ? String(stop.reason) : timeout?.aborted ? TIMED_OUT : exitCode === undefined ? NOT_STARTED : ENDED_BY_ITSELF,
    };
    // What came first counts: a fault after the end has done nothing.
    const wasFault = fault !== undefined && injected.signal.aborted && exitCode !== 0 && !stop.aborted;
    const recorded = { ...wasFault ? afterFault(fault, last) : last, logStreamName, startedAt, stoppedAt: Date.now() };
    job.running = undefined;
    job.attempts.push(recorded);
    return recorded;
  }

  private end(job: Job, status: JobStatus, statusReason: string): Job {
    job.statusReason = statusReason;
    job.stoppedAt = Date.now();
    this.setStatus(job, status);
    return job;
  }

  private setStatus(job: Job, status: JobStatus): void {
    if (job.status === status) return;
    job.status = status;
    this.options.onStatus?.(job);
  }
}

/** User guide, page "AWS Batch job environment variables". */
function ownEnvironment({ id, queueArn }: Job, attempt: number): Record<string, string> {
  return {
    AWS_BATCH_JOB_ID: id,
    AWS_BATCH_JOB_ATTEMPT: String(attempt),
    AWS_BATCH_JQ_NAME: queueArn.split('/').at(-1)!,
    AWS_BATCH_CE_NAME: COMPUTE_ENVIRONMENT,
  };
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
