import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { otherFailure } from './job-failure';
import { SHARE_VARIABLE } from './share-of-run';
import { newestFile, storedFailure } from './stored-failure';
import { WorkKey } from '../contract/storage-keys';
import { jsonata, literal } from '../states/jsonata';
import { retrievalJob, RunStep, RunVariable } from '../states/run-plan';
import { S3_RETRY, ServiceTask } from '../states/service-task';
import { RunStorage } from '../storage/run-storage';

/** "Inline mode: up to 40 concurrent iterations", AWS Step Functions developer guide, page "Map workflow state". */
export const MAX_INLINE_CONCURRENCY = 40;

/** What a job reads of the run goes with its item, as a child execution of a distributed Map sees none of the run's variables. */
const CARRIED = [RunVariable.INPUT_URI, RunVariable.WORK_URI, RunVariable.INPUT_COUNT, RunVariable.JOB_NAME] as const;

/** In a retrieval job's states, an expression for one of the run's variables. */
export function ofRun(variable: (typeof CARRIED)[number] | typeof SHARE_VARIABLE): string {
  return `$states.input.run.${variable}`;
}

export interface RetrievalMapProps {
  readonly storage: RunStorage;
  readonly maxConcurrency: number;
  /** Whether the iterations are executions of their own. */
  readonly distributed: boolean;
  /** Whether the run has a share of its own, which its jobs read too. */
  readonly hasShare: boolean;
  /** Makes the states that run one job, whose failure leads to the given state. */
  readonly job: (onFailure: sfn.IChainable) => sfn.Chain;
  /** What comes after a failure. */
  readonly onFailure: sfn.IChainable;
  readonly outputs: string;
  /** What the run remembers once all jobs are done. */
  readonly assign?: { readonly [variable: string]: string };
}

/** One job a range of entries; the first that fails stops the others. The jobs' results stay in S3. */
export function retrievalMap(scope: Construct, props: RetrievalMapProps): sfn.Map | sfn.DistributedMap {
  const failed = sfn.Fail.jsonata(scope, 'RetrievalJobFailed', {
    error: jsonata('$states.input.failure.error'),
    cause: jsonata('$states.input.failure.cause'),
  });
  const carried = [...CARRIED, ...(props.hasShare ? [SHARE_VARIABLE] : [])].map((name) => `"${name}": $${name}`);
  const common = {
    items: sfn.ProvideItems.jsonata(jsonata(`$${RunVariable.RETRIEVAL_JOBS}`)),
    maxConcurrency: props.maxConcurrency,
    jsonataItemSelector: jsonata(retrievalJob(`{ "name": $states.context.Execution.Name, ${carried.join(', ')} }`)),
    outputs: props.outputs,
    assign: props.assign,
  };
  if (!props.distributed) {
    const map = sfn.Map.jsonata(scope, RunStep.RETRIEVE_SEQUENCES, common).itemProcessor(props.job(failed));
    map.addCatch(props.onFailure, { errors: ['States.ALL'], outputs: jsonata(otherFailure()) });
    return map;
  }
  const map = sfn.DistributedMap.jsonata(scope, RunStep.RETRIEVE_SEQUENCES, { ...common, mapExecutionType: sfn.StateMachineType.STANDARD });
  map.itemProcessor(props.job(storeJobFailure(scope, props.storage, failed)));
  map.addCatch(findJobFailure(scope, props.storage, props.onFailure), { errors: ['States.ALL'], outputs: jsonata(otherFailure()) });
  return map;
}

/** A failed child execution's error does not reach the run (only that too many failed does), so it is left in the work folder. */
function storeJobFailure(scope: Construct, storage: RunStorage, next: sfn.IChainable): sfn.IChainable {
  const store = new ServiceTask(scope, 'StoreJobFailure', {
    integration: 'aws-sdk:s3:putObject',
    args: {
      Bucket: storage.bucket.bucketName,
      Key: jsonata(`${literal(storage.work)} & $states.input.run.name & ${literal(`/${WorkKey.FAILED_JOBS}`)} & $states.input.from & ".json"`),
      Body: jsonata('$states.input.failure'),
      ContentType: 'application/json',
    },
    statements: storage.objects('s3:PutObject', storage.workOf(`${WorkKey.FAILED_JOBS}*`)),
    taskTimeout: sfn.Timeout.duration(Duration.minutes(1)),
    outputs: jsonata('$states.input'),
  });
  store.addRetry(S3_RETRY);
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
    // The newest: a redriven run finds those of its failure before, too.
    chosen: newestFile(),
    told: storedJobFailure(),
    next,
  });
}

/** An expression over `$states.result` of GetObject: the failure that was stored, as the input of the failure's explanation. */
export function storedJobFailure(): string {
  return `(
    $stored := $parse($states.result.Body);
    { "failure": $type($stored.error) = "string" and $type($stored.cause) = "string" ? $stored : $states.input.failure }
  )`;
}
