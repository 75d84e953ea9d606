import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { HistoryError, parseHistory, ReportEvent } from './history-event';
import { parseWorkerLog, WorkerLog } from './worker-log';
import { ResultKey, WorkKey } from '../../src/contract/storage-keys';

export const HISTORY_FILE = 'execution-history.json';
/** The execution as DescribeExecution tells of it; without it, the report names what the history alone tells. */
export const EXECUTION_FILE = 'execution.json';
/** What the local engine's rules sent to topics. */
export const NOTIFICATIONS_FILE = 'notifications.jsonl';
/** The jobs' logs, see {@link logFile}. */
export const LOGS_FOLDER = 'logs';
const LOG_ENDING = '.log';

/** A log stream's file in the folder of the logs. */
export function logFile(stream: string): string {
  return `${stream}${LOG_ENDING}`;
}

/** A file that a run left. */
export interface RunFile {
  readonly name: string;
  readonly text: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** All that a run left, wherever it ran. */
export interface RunFolder {
  readonly events: readonly ReportEvent[];
  readonly logs: readonly WorkerLog[];
  /** Absent where the run did not come so far. */
  readonly alignment?: RunFile;
  readonly seqInfo?: RunFile;
  /** The entries of a run whose input was too large for a payload; they lie in the bucket then, and not in the history. */
  readonly entries?: RunFile;
  readonly execution?: RunFile;
}

/** The folder is not one that a run left. */
export class RunFolderError extends Error {}

/**
 * Reads a run's folder: the execution's history, `logs/<log stream>.log`, and the results.
 *
 * @throws RunFolderError
 */
export function readRunFolder(folder: string): RunFolder {
  const history = fileOf(folder, HISTORY_FILE);
  if (history === undefined) {
    throw new RunFolderError(`${join(folder, HISTORY_FILE)} is missing; give the output folder of pavi-pipeline run, or put the answer of `
      + '"aws stepfunctions get-execution-history" there');
  }
  try {
    const events = parseHistory(history.text);
    if (events.length === 0) throw new HistoryError('it has no events');
    return {
      events,
      logs: logsOf(join(folder, LOGS_FOLDER)),
      alignment: fileOf(folder, ResultKey.ALIGNMENT),
      seqInfo: fileOf(folder, ResultKey.SEQ_INFO),
      entries: fileOf(folder, WorkKey.SEQ_REGIONS),
      execution: fileOf(folder, EXECUTION_FILE),
    };
  } catch (error) {
    if (error instanceof HistoryError) throw new RunFolderError(`${join(folder, HISTORY_FILE)} is not an execution's history: ${error.message}`);
    throw error;
  }
}

function logsOf(folder: string): WorkerLog[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names.filter((name) => name.endsWith(LOG_ENDING)).sort().map((name) =>
    parseWorkerLog(relative('', name).split(sep).join('/').slice(0, -LOG_ENDING.length), readFileSync(join(folder, name), 'utf8')));
}

function fileOf(folder: string, name: string): RunFile | undefined {
  try {
    const content = readFileSync(join(folder, name));
    return { name, text: content.toString('utf8'), bytes: content.length, sha256: sha256(content) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new RunFolderError(`${join(folder, name)} cannot be read: ${(error as Error).message}`);
  }
}

export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
