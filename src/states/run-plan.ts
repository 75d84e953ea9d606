import { Token } from 'aws-cdk-lib';
import { EXECUTION_INPUT, jsonata, regex } from './jsonata';
import { NOT_IN_JOB_NAME } from '../contract/batch-jobs';

/**
 * A run has at most so many retrieval jobs: an execution's history ends at 25,000 events (AWS Step Functions developer guide,
 * page "Service quotas"), and a job takes up to a dozen of them.
 */
export const MAX_RETRIEVAL_JOBS = 1000;

/** So many entries are counted to name them in the jobs' labels; an input of 256 KiB cannot have more valid ones. */
const MAX_NAMED_ENTRIES = 2000;
/** The ids in a job's label. */
const MAX_LABEL_CHARACTERS = 1000;

/** The variables that every later state reads. */
export const RunVariable = {
  JOB_ID: 'jobId',
  INPUT_COUNT: 'inputCount',
  /** Where the jobs read the entries. */
  INPUT_URI: 'inputUri',
  /** `s3://bucket/work/<run>/` */
  WORK_URI: 'workUri',
  /** `s3://bucket/results/<run>/` */
  RESULTS_URI: 'resultsUri',
  /** The name of the run, fit for a Batch job's name. */
  JOB_NAME: 'jobName',
  /** An item for each retrieval job, see {@link retrievalJobs}. */
  RETRIEVAL_JOBS: 'retrievalJobs',
  /** How many entries a retrieval job has. */
  ENTRIES_PER_JOB: 'entriesPerJob',
  /** The step at which the run is, one of {@link RunStep}. */
  STEP: 'step',
} as const;

/** What a step of one job begins with: the first of its sizes. */
export const START_SIZE = jsonata('{ "size": 0 }');

/** The steps of a run, by the names of their states. */
export const RunStep = {
  PLAN_RUN: 'PlanRun',
  STORE_INPUT: 'StoreInput',
  RETRIEVE_SEQUENCES: 'RetrieveSequences',
  ALIGN_SEQUENCES: 'AlignSequences',
  COLLECT_SEQ_INFO: 'CollectSeqInfo',
} as const;

/** How many entries the run has: at least one, so that a job looks at an input that could not be checked. */
export function inputCount(): string {
  return `$max([1, ${EXECUTION_INPUT}.seq_regions != null ? $count(${EXECUTION_INPUT}.seq_regions)
    : $type(${EXECUTION_INPUT}.input_count) = "number" ? ${EXECUTION_INPUT}.input_count : 1])`;
}

/** How many entries a retrieval job has. */
export function entriesPerJob(regionsPerJob: number, count = inputCount()): string {
  // A number that only the deployment knows is a token, which does not survive being written into a text as a number.
  const wanted = Token.isUnresolved(regionsPerJob) ? Token.asString(regionsPerJob) : regionsPerJob;
  return `$max([${wanted}, $ceil(${count} / ${MAX_RETRIEVAL_JOBS})])`;
}

/**
 * An item for each retrieval job: the ids of its entries where the input has them, else its number. Nothing is evaluated for each entry or
 * job, however many there are: what a job needs to know is made when it starts, see {@link retrievalJob}.
 */
export function retrievalJobs(regionsPerJob: number): string {
  return `(
    $total := ${inputCount()};
    $each := ${entriesPerJob(regionsPerJob, '$total')};
    $jobs := $ceil($total / $each);
    $ids := $total <= ${MAX_NAMED_ENTRIES} ? [${EXECUTION_INPUT}.seq_regions.unique_entry_id] : [];
    $items := $count($ids) != $total ? [] : $jobs = 1 ? [[$ids]] : $partition($ids, $each);
    $count($items) = $jobs ? $items : [0..$jobs - 1]
  )`;
}

/** The same without the entries' ids. */
export function unnamedRetrievalJobs(regionsPerJob: number): string {
  return `(
    $total := ${inputCount()};
    [0..$ceil($total / ${entriesPerJob(regionsPerJob, '$total')}) - 1]
  )`;
}

/**
 * An expression for a Map's item selector: the job of one of {@link retrievalJobs}' items, `{from, to, label, size, run}`. It says which entries it
 * is for, by their indices and in words for messages, and which of the step's sizes it starts with.
 *
 * @param run an expression for what the job reads of the run
 */
export function retrievalJob(run: string): string {
  return `(
    $from := $states.context.Map.Item.Index * $${RunVariable.ENTRIES_PER_JOB};
    $to := $min([$from + $${RunVariable.ENTRIES_PER_JOB}, $${RunVariable.INPUT_COUNT}]) - 1;
    $item := $states.context.Map.Item.Value;
    $ids := $type($item) = "array" ? $join($item.($ & ""), ", ") : "";
    $named := $length($ids) > ${MAX_LABEL_CHARACTERS} ? $substring($ids, 0, ${MAX_LABEL_CHARACTERS}) & "..." : $ids;
    {
      "from": $from,
      "to": $to,
      "label": ($from = $to ? "entry " & $from : "entries " & $from & " to " & $to) & ($named != "" ? " (" & $named & ")" : ""),
      "size": 0,
      "run": ${run}
    }
  )`;
}

/** A Batch job's name has only letters, digits, `-` and `_`; an execution's name may have more. */
export function jobName(): string {
  return `$replace($states.context.Execution.Name, ${regex(NOT_IN_JOB_NAME)}, "-")`;
}
