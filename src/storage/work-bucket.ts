import { Annotations, Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { RunStorage } from './run-storage';
import { requireSame } from '../checks/places';
import { requireDays } from '../checks/values';
import { DEFAULT_WORK_EXPIRATION_DAYS } from '../contract/run-defaults';

/** Parts of uploads that a stopped job left behind are paid for until they are removed. */
const INCOMPLETE_UPLOAD_EXPIRATION = Duration.days(7);
const DEFAULT_WORK_EXPIRATION = Duration.days(DEFAULT_WORK_EXPIRATION_DAYS);

/**
 * Props of the pipeline for the bucket of its runs.
 *
 * @internal the members are those of `PaviAlignmentPipelineProps`
 */
export interface StorageProps {
  /**
   * The bucket of the runs' files and results. On an imported one no lifecycle is set, and a warning says so; where a KMS key
   * encrypts it, import it with that key (`Bucket.fromBucketAttributes`), so that the roles may use it.
   *
   * @default - a bucket of its own: TLS only, not public, encrypted, with a lifecycle
   */
  readonly workBucket?: s3.IBucket;

  /**
   * Stands before every key in the bucket: `keyPrefix` + `inputs/`, `work/` and `results/`. Folders of letters, digits, `.`, `_` and
   * `-`, each with a `/` at its end, up to 256 characters; for example `pavi/dev/`.
   *
   * @default - nothing
   */
  readonly keyPrefix?: string;

  /**
   * Encrypts the bucket's objects; the roles of the pipeline, and those that its grants name, may use it for them. Not with
   * `workBucket`. The log groups are encrypted by CloudWatch Logs: give `jobLogGroup` and `executionLogGroup` for a key of yours.
   *
   * @default - keys that S3 manages
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Where S3 writes the bucket's access logs; not with `workBucket`.
   *
   * @default - no access logs
   */
  readonly serverAccessLogsBucket?: s3.IBucket;

  /**
   * What the access logs' keys begin with; only with `serverAccessLogsBucket`.
   *
   * @default - nothing
   */
  readonly serverAccessLogsPrefix?: string;

  /**
   * How long a run's intermediate files (`work/`) and uploaded inputs (`inputs/`) are kept, in whole days from 1; not with `workBucket`.
   *
   * @default Duration.days(30)
   */
  readonly workExpiration?: Duration;

  /**
   * How long results (`results/`) are kept, in whole days from 1; not with `workBucket`.
   *
   * @default - forever
   */
  readonly resultsExpiration?: Duration;
}

/** What else decides over a bucket of the pipeline's own. */
export interface WorkBucketOptions {
  readonly removalPolicy: RemovalPolicy;
  readonly workBucketName?: string;
}

/** The pipeline's own bucket, or the imported one with a warning of what is not set on it. */
export function runStorage(scope: Construct, props: StorageProps, { removalPolicy, workBucketName }: WorkBucketOptions): RunStorage {
  checkStorageProps(props);
  const keyPrefix = props.keyPrefix ?? '';
  if (props.workBucket !== undefined) {
    requireSame(scope, 'the work bucket', 'region', props.workBucket.env.region);
    const storage = new RunStorage(props.workBucket, keyPrefix);
    Annotations.of(scope).addWarningV2('cdk-pavi-alignment-pipeline:imported-work-bucket',
      `no lifecycle is set on the imported work bucket: expire its prefixes ${storage.inputs} and ${storage.work} yourself, `
      + 'and let it refuse requests without TLS');
    return storage;
  }
  requireSame(scope, 'encryptionKey', 'region', props.encryptionKey?.env.region);
  const bucket = new s3.Bucket(scope, 'WorkBucket', {
    bucketName: workBucketName,
    enforceSSL: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    ...(props.encryptionKey === undefined
      ? { encryption: s3.BucketEncryption.S3_MANAGED }
      // A bucket key saves a request to KMS for each object.
      : { encryption: s3.BucketEncryption.KMS, encryptionKey: props.encryptionKey, bucketKeyEnabled: true }),
    serverAccessLogsBucket: props.serverAccessLogsBucket,
    serverAccessLogsPrefix: props.serverAccessLogsPrefix,
    lifecycleRules: [{ id: 'AbortIncompleteUploads', abortIncompleteMultipartUploadAfter: INCOMPLETE_UPLOAD_EXPIRATION }],
    removalPolicy,
    autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
  });
  const storage = new RunStorage(bucket, keyPrefix);
  addExpirations(bucket, storage, props);
  return storage;
}

/** A `*` in a rule's prefix would match nothing: prefixes are literal. */
function addExpirations(bucket: s3.Bucket, storage: RunStorage, props: StorageProps): void {
  const workExpiration = props.workExpiration ?? DEFAULT_WORK_EXPIRATION;
  bucket.addLifecycleRule({ id: 'ExpireWork', prefix: storage.work, expiration: workExpiration });
  bucket.addLifecycleRule({ id: 'ExpireInputs', prefix: storage.inputs, expiration: workExpiration });
  if (props.resultsExpiration !== undefined) {
    bucket.addLifecycleRule({ id: 'ExpireResults', prefix: storage.results, expiration: props.resultsExpiration });
  }
}

function checkStorageProps(props: StorageProps): void {
  requireDays('workExpiration', props.workExpiration, `leave it out for ${DEFAULT_WORK_EXPIRATION_DAYS} days`);
  requireDays('resultsExpiration', props.resultsExpiration, 'leave it out to keep results');
  checkKeyPrefix(props.keyPrefix);
  if (props.serverAccessLogsPrefix !== undefined && props.serverAccessLogsBucket === undefined && props.workBucket === undefined) {
    throw new Error(`serverAccessLogsPrefix needs a serverAccessLogsBucket, got the prefix "${props.serverAccessLogsPrefix}" alone; `
      + 'add the bucket, or leave the prefix out');
  }
  if (props.workBucket === undefined) return;
  for (const name of ['workExpiration', 'resultsExpiration'] as const) refuseOnImported(name, props[name]?.toHumanString());
  for (const name of ['encryptionKey', 'serverAccessLogsBucket', 'serverAccessLogsPrefix'] as const) {
    refuseOnImported(name, props[name] === undefined ? undefined : `${name === 'serverAccessLogsPrefix' ? props[name] : props[name]?.node.path}`);
  }
}

const CURES: { readonly [name: string]: string } = {
  encryptionKey: 'leave it out and import the bucket with its key (Bucket.fromBucketAttributes, encryptionKey)',
};

function refuseOnImported(name: string, got: string | undefined): void {
  if (got === undefined) return;
  const cure = CURES[name] ?? `leave it out and set ${name.endsWith('Expiration') ? 'the lifecycle' : 'the access logs'} where the bucket is made`;
  throw new Error(`${name} cannot be set on an imported workBucket, got ${got}; ${cure}`);
}

/** Keys are put into policies, where `*`, `?` and `$` mean something, and into job names' places, where a `..` could mislead. */
function checkKeyPrefix(keyPrefix: string | undefined): void {
  if (keyPrefix === undefined || Token.isUnresolved(keyPrefix) || keyPrefix === '') return;
  if (!/^([A-Za-z0-9_-][A-Za-z0-9._-]*\/)+$/.test(keyPrefix) || keyPrefix.length > 256) {
    throw new Error('keyPrefix must be up to 256 letters, digits, ".", "_" and "-" in folders that each end with "/", '
      + `got "${keyPrefix}"; for example "pavi/dev/"`);
  }
}
