import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { jsonata, literal } from '../states/jsonata';
import { S3_RETRY, ServiceTask } from '../states/service-task';
import { RunStorage } from '../storage/run-storage';

/**
 * Some 700 bytes are told of a file with the longest key, and an answer of more than 256 KiB ends the run without a word: no Catch
 * catches `States.DataLimitExceeded` (AWS Step Functions developer guide, page "Handling errors").
 */
const MAX_FILES = 300;

export interface StoredFailureProps {
  readonly storage: RunStorage;
  /** The folder of the run's work that has the files. */
  readonly folder: string;
  /** The states' names: to list the files, to see whether there is one, to read it. */
  readonly names: { readonly list: string; readonly has: string; readonly read: string };
  /** In the states' output, the field that has the file's key. */
  readonly field: string;
  /** An expression over `$states.result` of ListObjectsV2: the key of the file to read, or nothing. */
  readonly chosen: string;
  /** An expression over `$states.result` of GetObject: the output, `{failure: {error, cause}}`, that the file makes. */
  readonly told: string;
  /** What comes then, whether there was a file or not. */
  readonly next: sfn.IChainable;
}

/** An expression over `$states.result` of ListObjectsV2: the key of the newest file, or nothing where there is none. */
export function newestFile(): string {
  return `(
    $newest := $sort($states.result.Contents.LastModified)[-1];
    $states.result.Contents[LastModified = $newest][0].Key
  )`;
}

/**
 * Goes on from a failure with what a file in the run's work folder tells of it, best effort: without one, or where it cannot be read, with
 * the failure as it is. The input has `failure: {error, cause}`.
 */
export function storedFailure(scope: Construct, props: StoredFailureProps): ServiceTask {
  const { storage, folder, names, field, next } = props;
  const timeout = sfn.Timeout.duration(Duration.minutes(1));
  const keepFailure = jsonata('{ "failure": $states.input.failure }');
  const read = new ServiceTask(scope, names.read, {
    integration: 'aws-sdk:s3:getObject',
    args: { Bucket: storage.bucket.bucketName, Key: jsonata(`$states.input.${field}`) },
    statements: storage.objects('s3:GetObject', storage.workOf(`${folder}*`)),
    taskTimeout: timeout,
    outputs: jsonata(props.told),
  });
  const has = sfn.Choice.jsonata(scope, names.has)
    .when(sfn.Condition.jsonata(jsonata(`$exists($states.input.${field})`)), read)
    .otherwise(next.startState);
  const list = new ServiceTask(scope, names.list, {
    integration: 'aws-sdk:s3:listObjectsV2',
    args: {
      Bucket: storage.bucket.bucketName,
      Prefix: jsonata(`${literal(storage.work)} & $states.context.Execution.Name & ${literal(`/${folder}`)}`),
      MaxKeys: MAX_FILES,
    },
    statements: [storage.listWork()],
    taskTimeout: timeout,
    outputs: jsonata(`{ "failure": $states.input.failure, "${field}": (${props.chosen}) }`),
  });
  for (const task of [read, list]) {
    task.addRetry(S3_RETRY);
    task.addCatch(next, { errors: ['States.ALL'], outputs: keepFailure });
  }
  read.next(next);
  list.next(has);
  return list;
}
