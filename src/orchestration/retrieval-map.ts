import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { otherFailure } from './job-failure';
import { jsonata, literal } from './jsonata';
import { RunVariable } from './run-plan';
import { ServiceTask } from './service-task';
import { storedFailure } from './stored-failure';
import { WorkKey } from '../contract/storage-keys';
import { RunStorage } from '../storage/run-storage';

/** "Inline mode: up to 40 concurrent iterations", AWS Step Functions developer guide, page "Map workflow state". */
export const MAX_INLINE_CONCURRENCY = 40;

/** What a job of a distributed Map reads of the run: its child execution sees none of the run's variables. */
const CARRIED = [RunVariable.INPUT_URI, RunVariable.WORK_URI, RunVariable.INPUT_COUNT, RunVariable.JOB_NAME];

export interface RetrievalMapProps {
  readonly storage: RunStorage;
  readonly maxConcurrency: number;
  /** Whether the iterations are executions of their own. */
  readonly distributed: boolean;
  /** Makes the states that run one job, whose failure leads to the given state. */
  readonly job: (onFailure: sfn.IChainable) => sfn.Chain;
  /** What comes after a failure. */
  readonly onFailure: sfn.IChainable;
  readonly outputs: string;
}

/** One job a range of entries; the first that fails stops the others. The jobs' results stay in S3. */
export function retrievalMap(scope: Construct, props: RetrievalMapProps): sfn.Map | sfn.DistributedMap {
  const failed = sfn.Fail.jsonata(scope, 'RetrievalJobFailed', {
    error: jsonata('$states.input.failure.error'),
    cause: jsonata('$states.input.failure.cause'),
  });
  const common = {
    items: sfn.ProvideItems.jsonata(jsonata(`$${RunVariable.RETRIEVAL_JOBS}`)),
    maxConcurrency: props.maxConcurrency,
    outputs: props.outputs,
  };
  if (!props.distributed) {
    const map = sfn.Map.jsonata(scope, 'RetrieveSequences', common).itemProcessor(props.job(failed));
    map.addCatch(props.onFailure, { errors: ['States.ALL'], outputs: jsonata(otherFailure()) });
    return map;
  }
  const carried = CARRIED.map((name) => `"${name}": $${name}`);
  const map = sfn.DistributedMap.jsonata(scope, 'RetrieveSequences', {
    ...common,
    mapExecutionType: sfn.StateMachineType.STANDARD,
    jsonataItemSelector: jsonata(`$merge([$states.context.Map.Item.Value, { ${carried.join(', ')}, "run": $states.context.Execution.Name }])`),
  });
  const begin = sfn.Pass.jsonata(scope, 'BeginRetrievalJob', {
    assign: Object.fromEntries([...CARRIED, 'run'].map((name) => [name, jsonata(`$states.input.${name}`)])),
  });
  map.itemProcessor(begin.next(props.job(storeJobFailure(scope, props.storage, failed))));
  map.addCatch(findJobFailure(scope, props.storage, props.onFailure), { errors: ['States.ALL'], outputs: jsonata(otherFailure()) });
  return map;
}

/** A failed child execution's error does not reach the run (only that too many failed does), so it is left in the work folder. */
function storeJobFailure(scope: Construct, storage: RunStorage, next: sfn.IChainable): sfn.IChainable {
  const store = new ServiceTask(scope, 'StoreJobFailure', {
    integration: 'aws-sdk:s3:putObject',
    args: {
      Bucket: storage.bucket.bucketName,
      Key: jsonata(`${literal(storage.work)} & $run & ${literal(`/${WorkKey.FAILED_JOBS}`)} & $states.input.from & ".json"`),
      Body: jsonata('$states.input.failure'),
      ContentType: 'application/json',
    },
    statements: storage.objects('s3:PutObject', storage.workOf(`${WorkKey.FAILED_JOBS}*`)),
    taskTimeout: sfn.Timeout.duration(Duration.minutes(1)),
    outputs: jsonata('$states.input'),
  });
  store.addCatch(next, { errors: ['States.ALL'], outputs: jsonata('$states.input') });
  return store.next(next);
}

/** The failure that a child execution left, best effort; without one, that the Map failed. */
function findJobFailure(scope: Construct, storage: RunStorage, next: sfn.IChainable): sfn.IChainable {
  return storedFailure(scope, {
    storage,
    folder: WorkKey.FAILED_JOBS,
    names: { list: 'FindJobFailure', has: 'HasJobFailure', read: 'ReadJobFailure' },
    field: 'failedJob',
    chosen: firstFailedJob(),
    told: storedJobFailure(),
    next,
  });
}

/** An expression over `$states.result` of ListObjectsV2: the key of the failure that was stored first, or nothing. */
export function firstFailedJob(): string {
  return '$sort($states.result.Contents, function($a, $b) { $string($a.LastModified) > $string($b.LastModified) })[0].Key';
}

/** An expression over `$states.result` of GetObject: the failure that was stored, as the input of the failure's explanation. */
export function storedJobFailure(): string {
  return `(
    $stored := $parse($states.result.Body);
    { "failure": $type($stored.error) = "string" and $type($stored.cause) = "string" ? $stored : $states.input.failure }
  )`;
}
