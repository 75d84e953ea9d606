import { Annotations, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { StoragePrefix } from '../contract/storage-keys';

/** Parts of uploads that a stopped job left behind are paid for until they are removed. */
const INCOMPLETE_UPLOAD_EXPIRATION = Duration.days(7);

export interface WorkBucketProps {
  readonly imported?: s3.IBucket;
  readonly workExpiration: Duration;
  readonly resultsExpiration?: Duration;
  readonly removalPolicy: RemovalPolicy;
}

/** The pipeline's own bucket, or the imported one with a warning of what is not set on it. */
export function workBucket(scope: Construct, props: WorkBucketProps): s3.IBucket {
  if (props.imported !== undefined) {
    Annotations.of(scope).addWarningV2('cdk-pavi-alignment-pipeline:imported-work-bucket',
      `no lifecycle is set on the imported work bucket: expire its prefixes ${StoragePrefix.INPUTS} and ${StoragePrefix.WORK} yourself, `
      + 'and let it refuse requests without TLS');
    return props.imported;
  }
  return new s3.Bucket(scope, 'WorkBucket', {
    enforceSSL: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: s3.BucketEncryption.S3_MANAGED,
    lifecycleRules: lifecycleRules(props),
    removalPolicy: props.removalPolicy,
    autoDeleteObjects: props.removalPolicy === RemovalPolicy.DESTROY,
  });
}

function lifecycleRules(props: WorkBucketProps): s3.LifecycleRule[] {
  const rules: s3.LifecycleRule[] = [
    { id: 'ExpireWork', prefix: StoragePrefix.WORK, expiration: props.workExpiration },
    { id: 'ExpireInputs', prefix: StoragePrefix.INPUTS, expiration: props.workExpiration },
    { id: 'AbortIncompleteUploads', abortIncompleteMultipartUploadAfter: INCOMPLETE_UPLOAD_EXPIRATION },
  ];
  if (props.resultsExpiration !== undefined) {
    rules.push({ id: 'ExpireResults', prefix: StoragePrefix.RESULTS, expiration: props.resultsExpiration });
  }
  return rules;
}
