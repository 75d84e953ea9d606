import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { OutputField } from '../contract/run-output';
import { ResultKey } from '../contract/storage-keys';
import { RunProgress, RunStage } from '../progress/run-progress';
import { jsonata } from '../states/jsonata';
import { RunVariable } from '../states/run-plan';
import { S3_RETRY, ServiceTask } from '../states/service-task';
import { RunStorage } from '../storage/run-storage';

/** Fits a state's payload of 256 KiB as JSON, and holds the alignment's first block of some 1,700 sequences. */
const HEAD_BYTES = 192 * 1024;

/**
 * An expression over `$states.result` of GetObject: the number of rows of the alignment's first block, which has every sequence
 * once; null where the block is not whole. So records that were left out, or were the same, are not counted. A block ends with a line that
 * begins with a space: which columns are conserved. Its lines are split and counted at once: an expression that matches all of them
 * recurses in Java, and overflows at some 2,000 rows.
 */
export function sequenceCount(): string {
  return `(
    $lines := $split($split($states.result.Body, "\\n\\n")[1], "\\n");
    $after := $lines[-1] = "" ? 1 : 0;
    { "sequenceCount": $contains($after = 1 ? $lines[-2] : $lines[-1], /^ /) ? $count($lines) - 2 - $after : null }
  )`;
}

/** From the finished steps to the run's end and its output. */
export function runResult(scope: Construct, storage: RunStorage, progress: RunProgress): sfn.IChainable {
  const succeeded = sfn.Succeed.jsonata(scope, 'RunSucceeded', {
    outputs: {
      [OutputField.JOB_ID]: jsonata(`$${RunVariable.JOB_ID}`),
      [OutputField.STATUS]: 'COMPLETED',
      [OutputField.ALIGNMENT_URI]: jsonata(`$${RunVariable.RESULTS_URI} & "${ResultKey.ALIGNMENT}"`),
      [OutputField.SEQ_INFO_URI]: jsonata(`$${RunVariable.RESULTS_URI} & "${ResultKey.SEQ_INFO}"`),
      [OutputField.INPUT_COUNT]: jsonata(`$${RunVariable.INPUT_COUNT}`),
      [OutputField.SEQUENCE_COUNT]: jsonata('$states.input.sequenceCount'),
    },
  });
  const record = progress.before('RecordRunCompleted', RunStage.DONE, {
    texts: { completed_at: '$now()', result_s3_uri: `$${RunVariable.RESULTS_URI} & "${ResultKey.ALIGNMENT}"` },
    numbers: { sequences_processed: `$string($${RunVariable.INPUT_COUNT})` },
  }, succeeded);
  const count = new ServiceTask(scope, 'CountSequences', {
    integration: 'aws-sdk:s3:getObject',
    args: {
      Bucket: storage.bucket.bucketName,
      Key: jsonata(`"${storage.results}" & $states.context.Execution.Name & "/${ResultKey.ALIGNMENT}"`),
      Range: `bytes=0-${HEAD_BYTES - 1}`,
    },
    statements: storage.objects('s3:GetObject', storage.resultsOf(ResultKey.ALIGNMENT)),
    taskTimeout: sfn.Timeout.duration(Duration.minutes(1)),
    outputs: jsonata(sequenceCount()),
  });
  count.addRetry(S3_RETRY);
  // The results are there: not knowing their number must not fail the run.
  count.addCatch(record, { errors: ['States.ALL'], outputs: jsonata('{ "sequenceCount": null }') });
  count.next(record);
  return count;
}
