type Fields = Readonly<Record<string, any>>;

/** What each event of the worker's log is in words; an event that is missing here is for machines. */
const EVENTS: Readonly<Record<string, (fields: Fields) => string>> = {
  'entry': ({ entry, records, seconds }) => `${entry}: ${records} ${records === 1 ? 'record' : 'records'}, ${seconds} s`,
  'entry-warning': ({ entry, warning }) => `warning: ${entry}: ${warning}`,
  'joined': ({ files, sequences, duplicates }) => `${files} files joined: ${sequences} sequences${duplicates > 0 ? `, ${duplicates} more were the same` : ''}`,
  'aligning': ({ seconds, memoryMegabytes }) => `aligning for ${seconds} s, ${memoryMegabytes} MB`,
  'aligned': ({ sequences, columns, output }) => `${sequences} sequences aligned in ${columns} columns: ${output}`,
  'collected': ({ records, output }) => `${records} records collected: ${output}`,
  'checked': ({ input, entries, notLookedAt }) => `${input}: ${entries === undefined ? `no problems; the entries in ${notLookedAt} were not looked at`
    : `${entries} ${entries === 1 ? 'entry' : 'entries'}, no problems`}`,
  'problem': ({ problem }) => problem,
  'retry': ({ what, attempt, of, waitMs, reason }) => `trying again in ${waitMs} ms (${attempt} of ${of}): ${what}: ${reason}`,
  'error-file-not-written': ({ reason }) => `warning: the error file could not be written: ${reason}`,
  'stopped': ({ by }) => `stopped by ${by}`,
  'failed': failure,
};

/** Events that are not said to a reader of the JSON lines again. */
const QUIET = ['retry', 'stopped'];

/**
 * A line of the worker's log in words, for people.
 *
 * @param all whether to tell everything, or only what went wrong
 * @returns undefined where there is nothing to tell
 */
export function readableLine(line: string, all: boolean): string | undefined {
  let fields: Fields;
  try {
    fields = JSON.parse(line) as Fields;
  } catch {
    return line;
  }
  if ('_aws' in fields) return all && fields.Step !== 'check' ? summary(fields) : undefined;
  if (!all && (fields.level === 'INFO' || QUIET.includes(fields.event))) return undefined;
  return EVENTS[fields.event]?.(fields);
}

function failure({ error, entry, message, expected, found, command }: Fields): string {
  // Each of them has had its own line.
  const problems = command === 'check' ? /^(\d+ problems?): /.exec(message)?.[1] : undefined;
  if (problems !== undefined) return `error: ${error}: ${problems}`;
  const said = (name: string, value: unknown) => value === undefined ? '' : `\n  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
  const cure = error === 'Pavi.GenomeRefused' && ['file:', 'http:'].includes(found) ? '\n  --allow-local lets it read genomes of this machine' : '';
  return `error: ${error}: ${entry === null ? '' : `${entry}: `}${message}${said('expected', expected)}${said('found', found)}${cure}`;
}

function summary({ Failures, Duration, PeakMemory, GenomeBytes, GenomeRequests }: Fields): string {
  const genome = GenomeRequests === undefined ? '' : `, ${Math.round(GenomeBytes / 1000)} kB of genomes in ${GenomeRequests} requests`;
  return `${Failures === 0 ? 'done' : 'failed'} after ${Duration.toFixed(2)} s, with ${PeakMemory} MB${genome}`;
}
