import { ErrorName } from '../../src/contract/error-names';
import { LogEvent, LogEventName, LogLevel } from '../../src/contract/log-events';
import { WorkerCommand } from '../../src/contract/worker-command-line';
import { METRIC_STEP_DIMENSION, WorkerMetricName } from '../../src/contract/worker-metrics';
import { shownValue } from '../trail/untrusted';
import { fieldsOf, headOf, isMetrics, LineFields, readWorkerLine, WorkerLine } from '../trail/worker-line';

/** What each event of the worker's log is in words; an event that is missing here is for machines. */
const WORDS: { readonly [event in LogEventName]?: (fields: LineFields<event>) => string } = {
  [LogEvent.ENTRY]: ({ entry, records, seconds }) => `${entry}: ${records} ${records === 1 ? 'record' : 'records'}, ${seconds} s`,
  [LogEvent.ENTRY_WARNING]: ({ entry, warning }) => `warning: ${entry}: ${warning}`,
  [LogEvent.JOINED]: ({ files, sequences, duplicates }) => `${files} files joined: ${sequences} sequences${Number(duplicates) > 0 ? `, ${duplicates} more were the same` : ''}`,
  [LogEvent.ALIGNING]: ({ seconds, memoryMegabytes }) => `aligning for ${seconds} s, ${memoryMegabytes} MB`,
  [LogEvent.ALIGNED]: ({ sequences, columns, output }) => `${sequences} sequences aligned in ${columns} columns: ${output}`,
  [LogEvent.COLLECTED]: ({ records, output }) => `${records} records collected: ${output}`,
  [LogEvent.CHECKED]: ({ input, entries, notLookedAt }) => `${input}: ${entries === undefined ? `no problems; the entries in ${notLookedAt} were not looked at`
    : `${entries} ${entries === 1 ? 'entry' : 'entries'}, no problems`}`,
  [LogEvent.PROBLEM]: ({ problem }) => String(problem),
  [LogEvent.RETRY]: ({ what, attempt, of, waitMs, reason }) => `trying again in ${waitMs} ms (${attempt} of ${of}): ${what}: ${reason}`,
  [LogEvent.ERROR_FILE_NOT_WRITTEN]: ({ reason }) => `warning: the error file could not be written: ${reason}`,
  [LogEvent.STOPPED]: ({ by }) => `stopped by ${by}`,
  [LogEvent.FAILED]: failure,
};

/** Events that are not said to a reader of the JSON lines again. */
const QUIET: readonly unknown[] = [LogEvent.RETRY, LogEvent.STOPPED];

/**
 * A line of a job's log in words, for people; one that the worker did not write, as it is.
 *
 * @param all whether to tell everything, or only what went wrong
 * @returns undefined where there is nothing to tell
 */
export function readableLine(text: string, all: boolean): string | undefined {
  const line = readWorkerLine(text);
  if (line === undefined) return text;
  if (isMetrics(line)) return all && line[METRIC_STEP_DIMENSION] !== WorkerCommand.CHECK ? summary(line) : undefined;
  const { level, event } = headOf(line);
  if (!all && (level === LogLevel.INFO || QUIET.includes(event))) return undefined;
  const known = Object.values(LogEvent).find((name) => name === event);
  return known === undefined ? undefined : inWords(line, known);
}

function inWords<Event extends LogEventName>(line: WorkerLine, event: Event): string | undefined {
  return WORDS[event]?.(fieldsOf(line, event)!);
}

function failure({ error, entry, message, expected, found, command }: LineFields<typeof LogEvent.FAILED>): string {
  // Each of them has had its own line.
  const problems = command === WorkerCommand.CHECK ? /^(\d+ problems?): /.exec(String(message))?.[1] : undefined;
  if (problems !== undefined) return `error: ${error}: ${problems}`;
  const said = (name: string, value: unknown) => (value === undefined ? '' : `\n  ${name}: ${shownValue(value)}`);
  const isLocal = found === 'file:' || found === 'http:';
  const cure = error === ErrorName.GENOME_REFUSED && isLocal ? '\n  --allow-local lets it read genomes of this machine' : '';
  return `error: ${error}: ${entry === null ? '' : `${entry}: `}${message}${said('expected', expected)}${said('found', found)}${cure}`;
}

function summary(line: WorkerLine): string {
  const { Failures, Duration, PeakMemory, GenomeBytes, GenomeRequests } = line as { readonly [name in WorkerMetricName]?: unknown };
  const genome = GenomeRequests === undefined ? '' : `, ${Math.round(Number(GenomeBytes) / 1000)} kB of genomes in ${GenomeRequests} requests`;
  return `${Failures === 0 ? 'done' : 'failed'} after ${Number(Duration).toFixed(2)} s, with ${PeakMemory} MB${genome}`;
}
