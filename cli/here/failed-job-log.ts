import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '../../engine';
import { failedStream } from '../trail/failed-stream';
import { reportEvents } from '../trail/history-event';
import { logFile } from '../trail/run-folder';

const MAX_LINES = 5;
const MAX_LINE_CHARACTERS = 2000;

export interface FailedJobLog {
  readonly file: string;
  /** The last lines; the newest last. */
  readonly lines: readonly string[];
}

/**
 * What the last job that failed wrote at its end; undefined where none failed, or none wrote anything.
 *
 * @param histories of the execution, and of the child executions of its distributed Maps
 */
export function failedJobLog(histories: readonly (readonly HistoryEvent[])[], logFolder: string): FailedJobLog | undefined {
  const stream = failedStream(histories.map(reportEvents));
  if (stream === undefined) return undefined;
  const file = join(logFolder, logFile(stream));
  const lines = contentOf(file).split('\n').filter((line) => line.trim() !== '').slice(-MAX_LINES);
  return lines.length === 0 ? undefined : { file, lines: lines.map((line) => line.slice(0, MAX_LINE_CHARACTERS)) };
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
