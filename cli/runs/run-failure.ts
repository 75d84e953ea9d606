import type { Connection } from './aws/connection';
import { OperateError } from './aws/operate-error';
import type { DeployedPipeline } from './deployed-pipeline';
import { jobLogEnd, NoLogStream } from './job-log';
import type { Run } from './runs';
import { LOG_STREAM_IN_CAUSE } from '../../src/contract/batch-jobs';
import { runbookEntry } from '../../src/contract/runbook';
import { StackOutput } from '../../src/contract/stack-outputs';
import { plainLine, plainText } from '../terminal/plain-text';
import { failedStream } from '../trail/failed-stream';
import type { ReportEvent } from '../trail/history-event';
import { shownValue } from '../trail/untrusted';
import { parseWorkerLog } from '../trail/worker-log';

/** Why a run failed, and what the job that failed wrote at its end. */
export interface RunFailure {
  readonly error: string;
  readonly cause: string;
  /** Of the failed job's log. */
  readonly entry?: string;
  readonly expected?: unknown;
  readonly found?: unknown;
  readonly logGroup?: string;
  readonly logStream?: string;
  /** The newest last. */
  readonly logLines?: readonly string[];
  /** Why there are no lines. */
  readonly logProblem?: string;
}

const LINES = 12;

/** Undefined for a run that has not failed. */
export async function runFailure(
  connection: Connection, pipeline: DeployedPipeline, run: Run, events: readonly ReportEvent[],
): Promise<RunFailure | undefined> {
  const { status, error = status, cause = '' } = run;
  if (status !== 'FAILED' && status !== 'TIMED_OUT' && status !== 'ABORTED') return undefined;
  // A distributed Map's jobs are in histories of their own; the cause names the stream.
  const stream = failedStream([events]) ?? new RegExp(`${LOG_STREAM_IN_CAUSE}([\\w./-]+)`).exec(cause)?.[1];
  return { error, cause, ...stream === undefined ? {} : await logEnd(connection, pipeline, stream) };
}

type LogEnd = Omit<RunFailure, 'error' | 'cause'>;

/** Best effort: what a run failed with is known without its log. */
export async function logEnd(connection: Connection, { jobLogGroup }: DeployedPipeline, logStream: string): Promise<LogEnd> {
  if (jobLogGroup === undefined) return { logStream, logProblem: `the stack has no output ${StackOutput.JOB_LOG_GROUP_NAME}` };
  const place = { logGroup: jobLogGroup, logStream };
  try {
    const lines = (await jobLogEnd(connection, jobLogGroup, logStream, LINES)).map(({ message }) => message);
    const failure = parseWorkerLog(logStream, lines.join('\n')).failures.at(-1);
    return { ...place, entry: failure?.entry, expected: failure?.expected, found: failure?.found, logLines: lines };
  } catch (error) {
    if (error instanceof NoLogStream || (error instanceof OperateError && error.code !== 'Interrupted')) return { ...place, logProblem: error.message };
    throw error;
  }
}

/** For people. */
export function failureText({ error, cause, entry, expected, found, logGroup, logStream, logLines = [], logProblem }: RunFailure): string {
  const entryOfRunbook = runbookEntry(error);
  const told = (name: string, value: unknown) => (value === undefined || value === null ? [] : [`  ${name}: ${plainLine(shownValue(value))}`]);
  return [
    `${plainLine(error)}: ${cause === '' ? 'no cause is known' : plainText(cause)}`,
    ...told('entry', entry),
    ...told('expected', expected),
    ...told('found', found),
    ...logStream === undefined ? [] : [`  log: ${logGroup ?? 'unknown group'}, stream ${plainLine(logStream)}${logProblem === undefined ? ', its last lines:' : `; it cannot be shown: ${logProblem}`}`],
    ...logLines.map((line) => `    ${plainLine(line)}`),
    ...entryOfRunbook === undefined ? [] : [`what it means and how to mend it: ${entryOfRunbook}`],
  ].map((line) => `${line}\n`).join('');
}
