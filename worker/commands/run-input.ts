import { EntryRule, MAX_WHOLE_NUMBER, RUN_PROBLEM } from '../../src/contract/entry-rules';
import { filled, parseEntries, shown } from '../sequence/region-entry';

type Fields = Readonly<Record<string, unknown>>;

/** What JSONata marks its own functions with; the state machine refuses an input that has them. */
const FORGED_FIELDS = ['_jsonata_function', '_jsonata_lambda'];

/**
 * All problems of a run's input, those that the state machine would find, in its order and words: first the run's, then the entries'.
 * Entries behind `seq_regions_uri` are not looked at.
 */
export function runInputProblems(input: unknown): string[] {
  if (isForged(input)) return [RUN_PROBLEM.FORGED];
  if (!isObject(input)) return [filled(RUN_PROBLEM.NOT_AN_OBJECT, { got: shown(input) })];
  const { seq_regions: entries, seq_regions_uri: uri, input_count: count, job_id: jobId } = input;
  const problems: string[] = [];
  if (!given(entries) && !given(uri)) problems.push(RUN_PROBLEM.NO_ENTRIES);
  if (given(entries) && given(uri)) problems.push(RUN_PROBLEM.BOTH);
  const areEntries = Array.isArray(entries) && entries.length > 0;
  if (given(entries) && !areEntries) problems.push(filled(RUN_PROBLEM.SEQ_REGIONS, { got: shown(entries) }));
  if (given(uri) && !given(entries)) {
    if (typeof uri !== 'string' || !new RegExp(EntryRule.S3_URI).test(uri)) problems.push(filled(RUN_PROBLEM.SEQ_REGIONS_URI, { got: shown(uri) }));
    if (!isCount(count)) problems.push(filled(RUN_PROBLEM.INPUT_COUNT, { got: shown(count) }));
  }
  if (given(jobId) && typeof jobId !== 'string') problems.push(filled(RUN_PROBLEM.JOB_ID, { got: shown(jobId) }));
  if (!areEntries) return problems;
  if (hasOneSequence(entries)) problems.push(RUN_PROBLEM.ONE_SEQUENCE);
  return [...problems, ...parseEntries(entries).problems];
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_WHOLE_NUMBER;
}

/** Whether entries can give one sequence alone; a field that is wrong has a problem of its own. */
export function hasOneSequence(entries: unknown): boolean {
  return Array.isArray(entries) && entries.length === 1 && isObject(entries[0]) && !mayVary(entries[0]);
}

function mayVary(entry: Fields): boolean {
  return [entry.variant_ids, entry.variants].some((list) => given(list) && !(Array.isArray(list) && list.length === 0));
}

function isForged(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isForged);
  if (!isObject(value)) return false;
  return FORGED_FIELDS.some((field) => value[field] === true) || Object.values(value).some(isForged);
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
