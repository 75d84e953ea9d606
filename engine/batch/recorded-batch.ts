import { appendFileSync, readFileSync } from 'node:fs';
import { BatchService, BatchServiceOptions, JobDescription, RunningJob } from './batch-service';
import { ENDED, Job, jobDescription } from './job';
import type { SubmitJob } from './submission';
import type { Clock } from '../asl/clock';
import { writeWhole } from '../disk/write-whole';

/** Batch keeps jobs that have ended for at least 7 days (AWS Batch user guide, "Job states"). */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
const INTERRUPTED = 'the local engine was stopped while the job ran';

/** Batch that remembers its jobs, also those of an earlier process; a job that was interrupted has failed. */
export class RecordedBatch extends BatchService {
  private readonly earlier = new Map<string, JobDescription>();
  /** Jobs that this process could not go on with, for a defect. */
  private readonly broken = new Map<string, JobDescription>();

  /**
   * @param file     where the jobs are kept, one line of JSON each
   * @param onStatus when a job has another status
   * @param clock    whose time passes as it does while a job waits or runs
   */
  constructor(
    options: BatchServiceOptions, private readonly file: string, private readonly onStatus: (job: JobDescription) => void,
    private readonly clock: Clock,
  ) {
    super({ ...options, onStatus: (job) => this.note(job) });
    const jobs = readJobs(file);
    writeWhole(file, jobs.map((job) => `${JSON.stringify(job)}\n`).join(''));
    for (const job of jobs) this.earlier.set(job.JobId, ENDED.includes(job.Status) ? job : this.interrupted(job));
  }

  public override submit(request: SubmitJob): RunningJob {
    const running = super.submit(request);
    void this.clock.during(() => running.ended.then(() => undefined, () => undefined));
    // Who submitted it learns of what broke by itself; here the job must not seem to go on.
    running.ended.catch((error: Error) => {
      const job = failed(jobDescription(running.job), error.message);
      this.broken.set(running.job.id, job);
      this.keep(job);
    });
    return running;
  }

  public override find(id: string): JobDescription | undefined {
    return this.broken.get(id) ?? super.find(id) ?? this.earlier.get(id);
  }

  protected override all(): JobDescription[] {
    return [...this.earlier.values(), ...super.all().map((job) => this.broken.get(job.JobId) ?? job)].sort((a, b) => a.CreatedAt - b.CreatedAt);
  }

  private note(job: Job): void {
    const description = jobDescription(job);
    if (job.status === 'SUBMITTED' || ENDED.includes(job.status)) this.keep(description);
    else this.onStatus(description);
  }

  /** Its processes may have outlived the engine. */
  private interrupted(job: JobDescription): JobDescription {
    this.executor.removeLeft(job.JobId).catch((error: Error) => process.emitWarning(`what job ${job.JobId} left could not be removed: ${error.message}`));
    return failed(job, INTERRUPTED);
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

function failed(job: JobDescription, StatusReason: string): JobDescription {
  return { ...job, Status: 'FAILED', StatusReason, StoppedAt: Date.now() };
}
