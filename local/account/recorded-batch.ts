import { appendFileSync, readFileSync } from 'node:fs';
import { writeWhole } from './write-whole';
import { BatchService, BatchServiceOptions, RunningJob, SubmitJob } from '../batch/batch-service';
import { jobDescription } from '../batch/job';
import { processesOf } from '../batch/processes';

/** As Step Functions gives it, with the API's names in upper case. */
export type JobDescription = Readonly<Record<string, any>>;

/** Batch keeps jobs that have ended for at least 7 days (AWS Batch user guide, "Job states"). */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
/** A process that there is not: only the mark counts. */
const NO_LEADER = -1;
const INTERRUPTED = 'the local engine was stopped while the job ran';

/** Batch that remembers its jobs, also those of an earlier process; a job that was interrupted has failed. */
export class RecordedBatch extends BatchService {
  private readonly ended = new Map<string, JobDescription>();
  private readonly running = new Map<string, RunningJob>();

  /**
   * @param file     where the jobs are kept, one line of JSON each
   * @param onStatus when a job has another status
   */
  constructor(options: BatchServiceOptions, private readonly file: string, private readonly onStatus: (job: JobDescription) => void) {
    super({
      ...options,
      // It is asked for when an attempt starts.
      environmentOf: (job) => {
        for (const Status of ['STARTING', 'RUNNING']) onStatus({ ...jobDescription(job), Status });
        return options.environmentOf(job);
      },
    });
    const jobs = readJobs(file);
    writeWhole(file, jobs.map((job) => `${JSON.stringify(job)}\n`).join(''));
    for (const job of jobs) this.ended.set(job.JobId, ['SUCCEEDED', 'FAILED'].includes(job.Status) ? job : interrupted(job));
  }

  public override submit(request: SubmitJob): RunningJob {
    const running = super.submit(request);
    this.running.set(running.job.id, running);
    const submitted = jobDescription(running.job);
    this.onStatus({ ...submitted, Status: 'SUBMITTED' });
    this.keep(submitted);
    const end = (description: JobDescription) => {
      this.ended.set(running.job.id, description);
      this.running.delete(running.job.id);
      this.keep(description);
    };
    // Who submitted it learns of what broke by itself; here the job must not seem to go on.
    void running.ended.then((job) => end(jobDescription(job)), (error: Error) => end(failed(jobDescription(running.job), error.message)));
    return running;
  }

  /** Oldest first. */
  public jobs(): JobDescription[] {
    return [...this.ended.values(), ...[...this.running.values()].map(({ job }) => jobDescription(job))].sort((a, b) => a.CreatedAt - b.CreatedAt);
  }

  public override job(id: string): JobDescription | undefined {
    return super.job(id) ?? this.ended.get(id);
  }

  private keep(job: JobDescription): void {
    appendFileSync(this.file, `${JSON.stringify(job)}\n`);
    this.onStatus(job);
  }
}

/** The last that was written of each job; a line that was cut off is as if it had not been written. */
function readJobs(file: string): JobDescription[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const jobs = new Map<string, JobDescription>();
  for (const line of text.split('\n')) {
    try {
      const job = JSON.parse(line) as JobDescription;
      jobs.set(job.JobId, job);
    } catch {
      continue;
    }
  }
  return [...jobs.values()].filter(({ StoppedAt }) => StoppedAt === undefined || StoppedAt > Date.now() - KEPT_MS);
}

/** Its processes may have outlived the engine; what they do counts for nothing, for their keys are not good any more. */
function interrupted(job: JobDescription): JobDescription {
  for (const pid of processesOf(NO_LEADER, `AWS_BATCH_JOB_ID=${job.JobId}`)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // It has ended by itself.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  return failed(job, INTERRUPTED);
}

function failed(job: JobDescription, StatusReason: string): JobDescription {
  return { ...job, Status: 'FAILED', StatusReason, StoppedAt: Date.now() };
}
