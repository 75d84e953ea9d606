import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchService, BatchServiceOptions } from '../../../../engine/batch/batch-service';
import { Capacity } from '../../../../engine/batch/capacity';
import type { ContainerDefinition } from '../../../../engine/batch/definition/container-definition';
import type { JobDefinition } from '../../../../engine/batch/definition/job-definition';
import { retryStrategy } from '../../../../engine/batch/definition/retry-rules';
import type { Job } from '../../../../engine/batch/job';
import type { SubmitJob } from '../../../../engine/batch/submission';

export const QUEUE = 'arn:aws:batch:us-east-1:000000000000:job-queue/queue';

/** A container whose image runs the command as it is. */
function container(more: Partial<ContainerDefinition> = {}): ContainerDefinition {
  return {
    image: 'image',
    command: [],
    environment: {},
    memoryMiB: 256,
    vcpus: 1,
    logGroup: 'group',
    logStreamPrefix: 'prefix',
    readonlyRootFilesystem: false,
    mounts: [],
    ...more,
  };
}

/** A job definition. */
export function definition({
  retry = { attempts: 1, rules: [] }, parameters = {}, propagateTags = false, platformCapabilities = [],
  jobRoleArn, timeout, ...given
}: Partial<JobDefinition & ContainerDefinition> = {}): JobDefinition {
  return {
    arn: 'arn:aws:batch:us-east-1:000000000000:job-definition/definition:1',
    name: 'definition',
    container: container(given),
    ...jobRoleArn === undefined ? {} : { jobRoleArn },
    retry,
    ...timeout === undefined ? {} : { timeout },
    parameters,
    propagateTags,
    platformCapabilities,
  };
}

export function attempts(count: number, ...EvaluateOnExit: object[]): Partial<JobDefinition> {
  const { strategy, problems } = retryStrategy({ Attempts: count, EvaluateOnExit });
  if (problems.length > 0) throw new Error(problems.join());
  return { retry: strategy };
}

/** Batch on a folder for a test, with shell scripts for jobs. */
export class LocalBatch {
  public readonly folder = mkdtempSync(join(tmpdir(), 'pavi-batch-test-'));
  public readonly service: BatchService;

  constructor(options: Partial<BatchServiceOptions> = {}) {
    this.service = new BatchService({
      capacity: new Capacity({ vcpus: 4, memoryMiB: 4096 }),
      logFolder: join(this.folder, 'logs'),
      programOf: () => ({ entryPoint: [], command: ['true'], environment: {} }),
      environmentOf: () => ({}),
      ...options,
    });
  }

  public submit(script: string, more: Partial<SubmitJob> = {}) {
    return this.service.submit({ jobName: 'job', definition: definition(), queueArn: QUEUE, command: ['sh', '-c', script], ...more });
  }

  public async run(script: string, more: Partial<SubmitJob> = {}): Promise<Job> {
    return this.submit(script, more).ended;
  }

  /** What each attempt of a job wrote. */
  public logsOf(job: Job): string[] {
    return job.attempts.map(({ logStreamName }) => this.log(logStreamName));
  }

  /** What the container of the attempt that runs has written. */
  public logOfRunning({ running }: Job): string {
    return running === undefined ? '' : this.log(running.logStreamName);
  }

  private log(stream: string): string {
    const file = join(this.folder, 'logs', `${stream}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The processes whose command line has the text; zombies have none. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text);
    } catch {
      return false;
    }
  });
}

export async function until(what: string, condition: () => boolean): Promise<void> {
  const end = Date.now() + 120_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
