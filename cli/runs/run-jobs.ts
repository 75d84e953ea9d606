import { DescribeJobsCommand, JobDetail, ListJobsCommand } from '@aws-sdk/client-batch';
import { operateError } from './aws/aws-errors';
import type { Connection } from './aws/connection';
import { DeployedPipeline, needed } from './deployed-pipeline';
import { HistoryReader } from './history-reader';
import { ExpressRun, RunId } from './runs';
import { jobNamePrefix, NOT_IN_JOB_NAME, STEP_COMMANDS } from '../../src/contract/batch-jobs';
import { WorkerCommand } from '../../src/contract/worker-command-line';
import { entryRange } from '../trail/job-command';
import { JobRecord, jobsOf } from '../trail/job-record';

/** A Batch job of a run. */
export interface RunJob {
  readonly id: string;
  readonly name: string;
  /** The worker's command: retrieve, align or collect. */
  readonly step: string;
  /** SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, SUCCEEDED or FAILED. */
  readonly status: string;
  /** The first and the last entry of a retrieval job; 0-based. */
  readonly entries?: readonly [number, number];
  readonly exitCode?: number;
  readonly reason?: string;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly stoppedAt?: number;
  /** One for each container of each attempt. */
  readonly logStreams: readonly string[];
}

/** Batch's own limit of ids in one question. */
const DESCRIBED_AT_ONCE = 100;

/**
 * The jobs of a run, oldest first: as its history tells, and as Batch does of those that the history does not (a run's that goes on, a
 * distributed Map's, an Express workflow's). Batch remembers jobs for seven days.
 */
export async function runJobs(connection: Connection, pipeline: DeployedPipeline, run: RunId | ExpressRun): Promise<RunJob[]> {
  if (run instanceof ExpressRun) return jobsByName(connection, pipeline, run.run);
  const history = new HistoryReader(connection, run, true);
  await history.update();
  const isDistributed = history.events.some(({ type }) => type === 'MapRunStarted');
  const told = jobsOf(history.events, () => undefined).map(jobOfHistory);
  // What has ended without a description was stopped, with its run.
  const open = told.filter(({ logStreams, status }) => logStreams.length === 0 || status === 'RUNNING').map(({ id }) => id);
  const found = [...await describeJobs(connection, open), ...isDistributed ? await jobsByName(connection, pipeline, run) : []];
  const byId = new Map([...told, ...found].map((job) => [job.id, job]));
  return [...byId.values()].sort((a, b) => a.createdAt - b.createdAt);
}

/** By the names that the pipeline gives its jobs, of the run's name with "-" for what a job's name cannot have. */
async function jobsByName(connection: Connection, pipeline: DeployedPipeline, run: RunId): Promise<RunJob[]> {
  const jobQueue = needed(pipeline, 'jobQueueArn', 'finding the jobs');
  const part = run.name.replace(new RegExp(NOT_IN_JOB_NAME, 'g'), '-');
  const what = 'listing the run\'s jobs (batch:ListJobs)';
  const ids: string[] = [];
  for (const step of STEP_COMMANDS) {
    const name = `${jobNamePrefix(step)}${part}`;
    const isOfRun = new RegExp(step === WorkerCommand.RETRIEVE ? `^${name}-\\d+$` : `^${name}$`);
    let nextToken: string | undefined;
    try {
      do {
        const request = { jobQueue, filters: [{ name: 'JOB_NAME', values: [step === WorkerCommand.RETRIEVE ? `${name}-*` : name] }], nextToken };
        const page = await connection.ask(what, (abortSignal) => connection.clients.batch.send(new ListJobsCommand(request), { abortSignal }));
        ids.push(...(page.jobSummaryList ?? []).filter(({ jobName = '' }) => isOfRun.test(jobName)).map(({ jobId }) => jobId!));
        ({ nextToken } = page);
      } while (nextToken !== undefined);
    } catch (error) {
      throw operateError(error, what);
    }
  }
  return describeJobs(connection, ids);
}

async function describeJobs(connection: Connection, ids: readonly string[]): Promise<RunJob[]> {
  const what = 'looking at jobs (batch:DescribeJobs)';
  const jobs: RunJob[] = [];
  for (let at = 0; at < ids.length; at += DESCRIBED_AT_ONCE) {
    try {
      const page = await connection.ask(what, (abortSignal) =>
        connection.clients.batch.send(new DescribeJobsCommand({ jobs: ids.slice(at, at + DESCRIBED_AT_ONCE) }), { abortSignal }));
      jobs.push(...(page.jobs ?? []).map(jobOfBatch));
    } catch (error) {
      throw operateError(error, what);
    }
  }
  return jobs;
}

function jobOfHistory(job: JobRecord): RunJob {
  const last = job.attempts.at(-1);
  return {
    id: job.id,
    name: job.name,
    step: stepOf(job.name, job.command),
    status: job.status,
    entries: entryRange(job.command),
    exitCode: last?.exitCode,
    reason: job.reason,
    createdAt: job.submittedAt,
    stoppedAt: job.endedAt,
    logStreams: job.attempts.flatMap(({ logStream }) => logStream ?? []),
  };
}

function jobOfBatch(job: JobDetail): RunJob {
  const { jobId, jobName, status, statusReason, createdAt, stoppedAt, attempts = [], container = {} } = job;
  const streams = [...attempts.map((attempt) => attempt.container), container].map((one) => one?.logStreamName);
  return {
    id: jobId!,
    name: jobName!,
    step: stepOf(jobName!, container.command ?? []),
    status: status!,
    entries: entryRange(container.command ?? []),
    exitCode: container.exitCode,
    reason: container.reason ?? statusReason,
    createdAt: createdAt ?? 0,
    stoppedAt,
    logStreams: [...new Set(streams.filter((stream) => stream !== undefined))],
  };
}

function stepOf(name: string, command: readonly string[]): string {
  return STEP_COMMANDS.find((step) => name.startsWith(jobNamePrefix(step))) ?? command[0] ?? '';
}
