import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { isDenied, isNamed, operateError } from './aws/aws-errors';
import type { Connection } from './aws/connection';
import { DeployedPipeline, needed } from './deployed-pipeline';
import { logEnd, RunFailure } from './run-failure';
import { RunJob, runJobs } from './run-jobs';
import type { ExpressRun } from './runs';
import { parseS3Uri, S3Place } from '../../formats/s3-uri';
import { ErrorName } from '../../src/contract/error-names';
import { ResultKey } from '../../src/contract/storage-keys';
import { plainLine } from '../terminal/plain-text';

/** What can be known of a run of an Express workflow, as `--json` gives it: its jobs and its results, not the run itself. */
export interface ExpressView {
  readonly run: string;
  readonly express: true;
  /** As its jobs and results let one think; UNKNOWN where there are none. */
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'UNKNOWN';
  /** Whether both result files are there. */
  readonly results: boolean;
  readonly jobs: readonly RunJob[];
  readonly failure?: RunFailure;
}

export const EXPRESS_NOTE = 'Step Functions keeps no record of an Express run: this is told from its jobs and results '
  + '(the execution log group has its error)';

/** Where a run's results are, by the run's name alone. */
export function resultPlacesOf(pipeline: DeployedPipeline, run: string): S3Place[] {
  const { bucket, key } = parseS3Uri(needed(pipeline, 'resultsUri', 'finding an Express run\'s results'))!;
  return Object.values(ResultKey).map((file) => ({ bucket, key: `${key}${run}/${file}` }));
}

export async function expressView(connection: Connection, pipeline: DeployedPipeline, express: ExpressRun): Promise<ExpressView> {
  const { run: { name } } = express;
  const jobs = await runJobs(connection, pipeline, express);
  const results = (await Promise.all(resultPlacesOf(pipeline, name).map((place) => isThere(connection, place)))).every((there) => there);
  const status = results ? 'SUCCEEDED' : jobs.some(({ status: job }) => job !== 'SUCCEEDED' && job !== 'FAILED') ? 'RUNNING'
    : jobs.at(-1)?.status === 'FAILED' ? 'FAILED' : jobs.length > 0 ? 'RUNNING' : 'UNKNOWN';
  const failed = status === 'FAILED' ? jobs.at(-1) : undefined;
  const failure = failed === undefined ? {} : { failure: await failureOf(connection, pipeline, failed) };
  return { run: name, express: true, status, results, jobs, ...failure };
}

/** For people. */
export function expressText({ run, status, results, jobs }: ExpressView): string {
  const lines = [
    `${plainLine(run)}: ${status === 'UNKNOWN' ? 'no job and no result of it is known' : `seems ${status}`}; ${EXPRESS_NOTE}`,
    `  results: ${results ? 'there' : 'not there'}`,
    ...jobs.map(({ name, status: job, reason }) => `  job ${name}: ${job}${reason === undefined ? '' : `, ${plainLine(reason)}`}`),
  ];
  return `${lines.join('\n')}\n`;
}

async function failureOf(connection: Connection, pipeline: DeployedPipeline, { name, reason, exitCode, logStreams }: RunJob): Promise<RunFailure> {
  const cause = [`job ${name}`, ...exitCode === undefined ? [] : [`exit code ${exitCode}`], ...reason === undefined ? [] : [reason]].join(', ');
  const stream = logStreams.at(-1);
  return { error: ErrorName.JOB_FAILED, cause, ...stream === undefined ? {} : await logEnd(connection, pipeline, stream) };
}

/** Without the right to list the bucket, S3 says of what is not there that it is not allowed (API reference, HeadObject). */
async function isThere(connection: Connection, { bucket, key }: S3Place): Promise<boolean> {
  const what = 'looking for the results (s3:GetObject)';
  try {
    await connection.ask(what, (abortSignal) => connection.clients.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal }));
    return true;
  } catch (error) {
    if (isNamed(error, 'NotFound', 'NoSuchKey') || isDenied(error)) return false;
    throw operateError(error, what);
  }
}
