import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { jsonata, literal } from './jsonata';
import { ServiceTask } from './service-task';
import { ExitCode } from '../contract/exit-codes';
import { WorkKey } from '../contract/storage-keys';
import { RunProgress, RunStage, shortened } from '../progress/run-progress';
import { RunStorage } from '../storage/run-storage';

/** Step Functions cuts a cause at 32,768 characters; the job's part comes last and must not be the one that is lost. */
const MAX_MESSAGE = 24_000;
const MAX_FILES = 1000;

/** The exit codes with which the worker leaves an error file; another end leaves at most an older attempt's. */
const EXPLAINED_EXITS = new RegExp(`exit code (${ExitCode.BAD_INPUT}|${ExitCode.UNAVAILABLE}|${ExitCode.DEFECT})(,|;|$)`);

/**
 * An expression over `$states.result` of ListObjectsV2: the key of the newest error file, or nothing where there is none or the
 * job did not end by itself.
 */
export function newestErrorFile(): string {
  return `$contains($string($states.input.failure.cause), ${EXPLAINED_EXITS})
    ? $sort($states.result.Contents, function($a, $b) { $string($a.LastModified) < $string($b.LastModified) })[0].Key`;
}

/** An expression over `$states.result` of GetObject: the failure as the error file tells it, and then as the job ended. */
export function explainedFailure(): string {
  return `(
    $file := $parse($states.result.Body);
    $told := function($name, $v) { $exists($v) and $v != null ? "; " & $name & " " & ($type($v) = "string" ? $v : $string($v)) : "" };
    $message := $string($file.message) & $told("entry", $file.entry) & $told("expected", $file.expected) & $told("found", $file.found);
    {
      "failure": {
        "error": $type($file.error) = "string" and $contains($string($file.error), /^Pavi[.][A-Za-z]+$/)
          ? $file.error : $states.input.failure.error,
        "cause": $substring($message, 0, ${MAX_MESSAGE}) & " [" & $states.input.failure.cause & "]"
      }
    }
  )`;
}

/**
 * From a failure to the run's end: looks for the error file that the failed job left, best effort, and ends the run with what it
 * says. The input has `failure: {error, cause}`.
 */
export function failureExplanation(scope: Construct, storage: RunStorage, progress: RunProgress): sfn.IChainable {
  const errorsPrefix = `${literal(storage.work)} & $states.context.Execution.Name & ${literal(`/${WorkKey.ERRORS}`)}`;
  const keepFailure = jsonata('{ "failure": $states.input.failure }');

  const fail = sfn.Fail.jsonata(scope, 'RunFailed', {
    error: jsonata('$states.input.failure.error'),
    cause: jsonata('$exists($states.input.failure.cause) ? $states.input.failure.cause : "no cause is known"'),
  });
  const runFailed = progress.before('RecordRunFailed', RunStage.ERROR, {
    texts: { completed_at: '$now()', error_message: shortened('$states.input.failure.error & ": " & $states.input.failure.cause') },
  }, fail);
  const readErrorFile = new ServiceTask(scope, 'ReadErrorFile', {
    integration: 'aws-sdk:s3:getObject',
    args: { Bucket: storage.bucket.bucketName, Key: jsonata('$states.input.errorFile') },
    statements: storage.objects('s3:GetObject', storage.workOf(`${WorkKey.ERRORS}*`)),
    taskTimeout: sfn.Timeout.duration(Duration.minutes(1)),
    outputs: jsonata(explainedFailure()),
  });
  const hasErrorFile = sfn.Choice.jsonata(scope, 'HasErrorFile')
    .when(sfn.Condition.jsonata(jsonata('$exists($states.input.errorFile)')), readErrorFile)
    .otherwise(runFailed.startState);
  const explainFailure = new ServiceTask(scope, 'ExplainFailure', {
    integration: 'aws-sdk:s3:listObjectsV2',
    args: { Bucket: storage.bucket.bucketName, Prefix: jsonata(errorsPrefix), MaxKeys: MAX_FILES },
    statements: [storage.listWork()],
    taskTimeout: sfn.Timeout.duration(Duration.minutes(1)),
    outputs: jsonata(`{ "failure": $states.input.failure, "errorFile": (${newestErrorFile()}) }`),
  });
  readErrorFile.addCatch(runFailed, { errors: ['States.ALL'], outputs: keepFailure });
  explainFailure.addCatch(runFailed, { errors: ['States.ALL'], outputs: keepFailure });
  readErrorFile.next(runFailed);
  explainFailure.next(hasErrorFile);
  return explainFailure;
}
