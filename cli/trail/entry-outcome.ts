import { entryRange, isRetrieval } from './job-command';
import type { JobRecord } from './job-record';
import type { RunRecord } from './run-record';
import { shownValue } from './untrusted';
import { DEFAULT_ALT_SUFFIX } from '../../src/contract/entry-rules';

/** How an entry of a run ended. */
export interface EntryOutcome {
  readonly index?: number;
  readonly id: string;
  readonly name?: string;
  readonly status: 'done' | 'partly' | 'failed' | 'not made' | 'unknown';
  readonly records?: number;
  readonly seconds?: number;
  readonly variants: number;
  /** Why it failed, or what of it could not be made. */
  readonly notes: readonly string[];
}

/** A retrieval job with the entries that it made. */
export interface EntryGroup {
  /** Absent for entries that no job came to. */
  readonly job?: JobRecord;
  readonly entries: readonly EntryOutcome[];
}

/** The run's entries by the job that made them, in the order of the input. */
export function entryGroups(run: RunRecord): EntryGroup[] {
  const jobs = run.jobs.filter((job) => isRetrieval(job.command));
  const latest = new Map<string, JobRecord>();
  // Of a range that was tried again with more memory, the last job counts.
  for (const job of jobs) latest.set(entryRange(job.command)?.join('-') ?? job.id, job);
  const groups = [...latest.values()].map((job) => ({ job, entries: entriesOf(run, job) }))
    .sort((a, b) => (a.entries[0]?.index ?? Infinity) - (b.entries[0]?.index ?? Infinity));
  const reached = new Set(groups.flatMap(({ entries }) => entries.map(({ id }) => id)));
  const rest = (run.entries ?? []).map((entry, index) => ({ entry, index })).filter(({ entry }) => !reached.has(String(entry.unique_entry_id)))
    .map(({ entry, index }) => outcome(run, { id: String(entry.unique_entry_id ?? `entry ${index}`), index, job: undefined }));
  return rest.length === 0 ? groups : [...groups, { entries: rest }];
}

function entriesOf(run: RunRecord, job: JobRecord): EntryOutcome[] {
  const range = entryRange(job.command);
  if (run.entries !== undefined && (range !== undefined || run.jobs.filter(({ command }) => isRetrieval(command)).length === 1)) {
    const [from, to] = range ?? [0, run.entries.length - 1];
    return run.entries.slice(from, to + 1).map((entry, offset) => outcome(run, { id: String(entry.unique_entry_id), index: from + offset, job }));
  }
  // Without the input, the log tells the entries that were made and the one that failed.
  const log = job.attempts.at(-1)?.log;
  const ids = [...log?.entries.map(({ entry }) => entry) ?? [], ...log?.failures.map(({ entry }) => entry).filter((id) => id !== undefined) ?? []];
  return [...new Set(ids)].map((id) => {
    const index = run.entries?.findIndex((entry) => entry.unique_entry_id === id) ?? -1;
    return outcome(run, { id, job, ...index < 0 ? {} : { index } });
  }).sort((a, b) => (a.index ?? Infinity) - (b.index ?? Infinity) || (a.id < b.id ? -1 : 1));
}

function outcome(run: RunRecord, { id, index, job }: { id: string; index?: number; job: JobRecord | undefined }): EntryOutcome {
  const entry = index === undefined ? undefined : run.entries?.[index];
  const log = job?.attempts.at(-1)?.log;
  const made = log?.entries.findLast((item) => item.entry === id);
  const failure = log?.failures.findLast((item) => item.entry === id);
  const name = typeof entry?.base_seq_name === 'string' ? entry.base_seq_name : undefined;
  const listed = [entry?.variants, entry?.variant_ids].flatMap((value) => (Array.isArray(value) ? value : []));
  const suffix = typeof entry?.alt_seq_name_suffix === 'string' && entry.alt_seq_name_suffix !== '' ? entry.alt_seq_name_suffix : DEFAULT_ALT_SUFFIX;
  const recordError = name === undefined || listed.length === 0 ? undefined : run.recordErrors.get(`${name}${suffix}`);
  const warnings = (log?.warnings ?? []).filter((warning) => warning.entry === id).map(({ text }) => text);
  return {
    index,
    id,
    name,
    status: failure !== undefined ? 'failed' : recordError !== undefined ? 'partly' : made !== undefined ? 'done'
      : job?.status === 'SUCCEEDED' ? 'unknown' : 'not made',
    records: made?.records,
    seconds: made?.seconds,
    variants: listed.length,
    notes: [
      ...failure === undefined ? [] : [`${failure.error}: ${failure.message}${detail('expected', failure.expected)}${detail('found', failure.found)}`],
      ...recordError === undefined ? [] : [`${name}${suffix}: ${recordError}`],
      ...warnings,
    ],
  };
}

function detail(what: string, value: unknown): string {
  return value === undefined || value === null ? '' : `; ${what} ${shownValue(value)}`;
}
