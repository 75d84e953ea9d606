import type { Connection } from './aws/connection';
import { OperateError } from './aws/operate-error';
import { DeployedPipeline, needed } from './deployed-pipeline';
import { jobLog, LogLine } from './job-log';
import { RunJob, runJobs } from './run-jobs';
import { ExpressRun, Run } from './runs';
import { RegionEntryInput } from '../../src/contract/run-input';
import { WorkerCommand } from '../../src/contract/worker-command-line';
import { plainLine } from '../terminal/plain-text';
import { readWorkerLine } from '../trail/worker-line';

/** Which of a run's logs are wanted. */
export interface LogChoice {
  /** The worker's command. */
  readonly step?: string;
  /** An entry's id. */
  readonly entry?: string;
}

/** The log of a job's attempt. */
export interface AttemptLog {
  readonly job: RunJob;
  readonly stream: string;
  /** Of the wanted entry, where one is wanted; throws NoLogStream where there is nothing any more. */
  readonly lines: AsyncIterable<LogLine>;
}

/**
 * The logs of a run's jobs, oldest job first.
 *
 * @throws OperateError where no job fits
 */
export async function* runLogs(
  connection: Connection, pipeline: DeployedPipeline, run: Run | ExpressRun, choice: LogChoice,
): AsyncGenerator<AttemptLog> {
  const group = needed(pipeline, 'jobLogGroup', 'reading logs');
  const { step = choice.entry === undefined ? undefined : WorkerCommand.RETRIEVE, entry } = choice;
  const index = entry === undefined ? undefined : indexOf(run, entry);
  const jobs = (await runJobs(connection, pipeline, run))
    .filter((job) => step === undefined || job.step === step)
    .filter(({ entries }) => index === undefined || entries === undefined || (index >= entries[0] && index <= entries[1]));
  if (jobs.length === 0) throw new OperateError('NotFound', `no job of the run ${step === undefined ? 'is known' : `with the step ${step} is known`}; Batch forgets jobs after seven days`);
  for (const job of jobs) {
    for (const stream of job.logStreams) yield { job, stream, lines: ofEntry(jobLog(connection, group, stream), entry) };
  }
}

/** Undefined where the entries are not in the execution's input. */
function indexOf(run: Run | ExpressRun, entry: string): number | undefined {
  const entries = run instanceof ExpressRun ? undefined : run.input?.seq_regions;
  if (!Array.isArray(entries)) return undefined;
  const index = entries.findIndex((candidate) => (candidate as RegionEntryInput | null)?.unique_entry_id === entry);
  if (index < 0) throw new OperateError('NotFound', `the run has no entry "${plainLine(entry)}"; its ids are the input's unique_entry_id`);
  return index;
}

async function* ofEntry(lines: AsyncIterable<LogLine>, entry: string | undefined): AsyncGenerator<LogLine> {
  for await (const line of lines) if (entry === undefined || readWorkerLine(line.message)?.entry === entry) yield line;
}
