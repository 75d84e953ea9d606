import { Token } from 'aws-cdk-lib';
import { jsonata, regex } from './jsonata';
import { NOT_IN_JOB_NAME } from '../contract/batch-jobs';

/**
 * A run has at most so many retrieval jobs: an execution's history ends at 25,000 events (AWS Step Functions developer guide,
 * page "Service quotas"), and a job takes up to a dozen of them.
 */
export const MAX_RETRIEVAL_JOBS = 1000;

/** The ids in a job's label, and those in all labels of a run: a state assigns at most 256 KiB. A single id always fits. */
const MAX_LABEL_CHARACTERS = 1000;
const MAX_LABELS_CHARACTERS = 180_000;

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
  /** The retrieval jobs: `[{from, to, label, size}]`, see {@link retrievalJobs}. */
  RETRIEVAL_JOBS: 'retrievalJobs',
  /** The step at which the run is, one of {@link RunStep}. */
  STEP: 'step',
} as const;

/** What a step of one job begins with: the first of its sizes. */
export const START_SIZE = jsonata('{ "size": 0 }');

/** The steps of a run, by the names of their states. */
export const RunStep = {
  STORE_INPUT: 'StoreInput',
  RETRIEVE_SEQUENCES: 'RetrieveSequences',
  ALIGN_SEQUENCES: 'AlignSequences',
  COLLECT_SEQ_INFO: 'CollectSeqInfo',
} as const;

/** How many entries the run has; the input is known to be valid. */
export function inputCount(): string {
  return '$exists($states.input.seq_regions) and $states.input.seq_regions != null '
    + '? $count($states.input.seq_regions) : $states.input.input_count';
}

/**
 * The retrieval jobs, made in one pass over the entries (an index that is computed would be looked for in the whole list, for each
 * job): the first and the last entry of each, its label for messages (the entries' ids, where the input has them),
 * and which of the step's sizes it starts with.
 *
 * The ids are joined into one text with a line for each job, and not grouped by `{}`: JSONata evaluates the groups side by side, which
 * counts as so many levels of nesting, and Step Functions evaluates up to a hundred.
 */
export function retrievalJobs(regionsPerJob: number): string {
  // A number that only the deployment knows is a token, which does not survive being written into a text as a number.
  const wanted = Token.isUnresolved(regionsPerJob) ? Token.asString(regionsPerJob) : regionsPerJob;
  return `(
    $total := ${inputCount()};
    $each := $max([${wanted}, $ceil($total / ${MAX_RETRIEVAL_JOBS})]);
    $jobs := $ceil($total / $each);
    $ids := [$states.input.seq_regions.unique_entry_id];
    $separated := function($id, $i) { ($i = 0 ? "" : $i % $each = 0 ? "\\n" : ", ") & $id };
    $idsOf := $count($ids) > 0 ? $split($join($map($ids, $separated)), "\\n") : [0..$jobs - 1];
    $room := $min([${MAX_LABEL_CHARACTERS}, $floor(${MAX_LABELS_CHARACTERS} / $jobs)]);
    [$map($idsOf, function($idsOrNumber, $job) { (
      $from := $job * $each;
      $to := $min([$from + $each, $total]) - 1;
      $all := $count($ids) > 0 ? $idsOrNumber : "";
      $named := $length($all) > $room ? $substring($all, 0, $room) & "..." : $all;
      {
        "from": $from,
        "to": $to,
        "label": ($from = $to ? "entry " & $from : "entries " & $from & " to " & $to) & ($named != "" ? " (" & $named & ")" : ""),
        "size": 0
      }
    ) })]
  )`;
}

/** A Batch job's name has only letters, digits, `-` and `_`; an execution's name may have more. */
export function jobName(): string {
  return `$replace($states.context.Execution.Name, ${regex(NOT_IN_JOB_NAME)}, "-")`;
}
