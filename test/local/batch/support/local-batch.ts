import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchService, BatchServiceOptions, SubmitJob } from '../../../../local/batch/batch-service';
import { Capacity } from '../../../../local/batch/capacity';
import type { Job } from '../../../../local/batch/job';
import type { JobDefinition } from '../../../../local/batch/job-definition';
import { retryStrategy } from '../../../../local/batch/retry-rules';

export const QUEUE = 'arn:aws:batch:us-east-1:000000000000:job-queue/queue';

/** A job definition whose image runs the command as it is. */
export function definition(more: Partial<JobDefinition> = {}): JobDefinition {
  return {
    arn: 'arn:aws:batch:us-east-1:000000000000:job-definition/definition:1',
    name: 'definition',
    image: 'image',
    command: [],
    environment: {},
    memoryMiB: 256,
    vcpus: 1,
    logStreamPrefix: 'prefix',
    retry: { attempts: 1, rules: [] },
    parameters: {},
    propagateTags: false,
    platformCapabilities: [],
    readonlyRootFilesystem: false,
    mounts: [],
    ...more,
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
      region: 'us-east-1',
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
    return job.attempts.map(({ logStreamName }) => readFileSync(join(this.folder, 'logs', `${logStreamName}.log`), 'utf8'));
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
  const end = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
