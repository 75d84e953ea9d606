import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { NOTHING_KNOWN } from './job-failure';
import { newestFile, storedFailure } from './stored-failure';
import { END } from '../contract/entry-rules';
import { ExitCode } from '../contract/exit-codes';
import { WorkKey } from '../contract/storage-keys';
import { RunProgress, RunStage, shortened } from '../progress/run-progress';
import { regex } from '../states/jsonata';
import { RunStorage } from '../storage/run-storage';

/** Step Functions cuts a cause at 32,768 characters; the job's part comes last and must not be the one that is lost. */
const MAX_MESSAGE = 24_000;

/**
 * The exit codes with which the worker leaves an error file, and an end of which nothing is known; another end leaves at most an older
 * attempt's.
 */
const EXPLAINED_ENDS = `(?:exit code (?:${ExitCode.BAD_INPUT}|${ExitCode.UNAVAILABLE}|${ExitCode.DEFECT})|: ${NOTHING_KNOWN})(?:[,;]|${END})`;

/**
 * An expression over `$states.result` of ListObjectsV2: the key of the newest error file, or nothing where there is none or the
 * job did not end by itself.
 */
export function newestErrorFile(): string {
  return `$contains($string($states.input.failure.cause), ${regex(EXPLAINED_ENDS)})
    ? ${newestFile()}`;
}

/**
 * An expression over `$states.result` of GetObject: the failure as the error file tells it, and then as the job ended. A list that was found is that
 * of an input's problems, which the message has already.
 */
export function explainedFailure(): string {
  return `(
    $file := $parse($states.result.Body);
    $told := function($name, $v) { $v != null ? "; " & $name & " " & ($type($v) = "string" ? $v : $string($v)) : "" };
    $message := $string($file.message) & $told("entry", $file.entry) & $told("expected", $file.expected) & ($type($file.found) != "array" ? $told("found", $file.found));
    {
      "failure": {
        "error": $type($file.error) = "string" and $contains($string($file.error), ${regex(`^Pavi[.][A-Za-z]+${END}`)})
          ? $file.error : $states.input.failure.error,
        "cause": $substring($message, 0, ${MAX_MESSAGE}) & " [" & $states.input.failure.cause & "]"
      }
    }
  )`;
}

/**
 * From a failure to the run's end: looks for the error file that the failed job left, best effort, and goes on to the end with what it
 * says. The input has `failure: {error, cause}`, and so has the end's.
 */
export function failureExplanation(scope: Construct, storage: RunStorage, progress: RunProgress, end: sfn.IChainable): sfn.IChainable {
  const recorded = progress.before('RecordRunFailed', RunStage.ERROR, {
    texts: { completed_at: '$now()', error_message: shortened('$states.input.failure.error & ": " & $states.input.failure.cause') },
  }, end);
  return storedFailure(scope, {
    storage,
    folder: WorkKey.ERRORS,
    names: { list: 'ExplainFailure', has: 'HasErrorFile', read: 'ReadErrorFile' },
    field: 'errorFile',
    chosen: newestErrorFile(),
    told: explainedFailure(),
    next: recorded,
  });
}
