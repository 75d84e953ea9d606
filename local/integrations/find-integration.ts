import type { S3Client } from '@aws-sdk/client-s3';
import { batchSubmitJobSync, SubmitJobSyncOptions } from './batch-submit-job-sync';
import { sdkS3 } from './sdk-s3';
import type { FindIntegration } from '../asl/task-integration';

const RESOURCE = /^arn:[a-z-]+:states:::(.+)$/;
const SDK_S3 = /^aws-sdk:s3:(\w+)$/;

export interface IntegrationOptions extends SubmitJobSyncOptions {
  /** Signs as the state machine's role. */
  readonly s3: S3Client;
}

/** The service integrations that there are, one file each. */
export function integrations(options: IntegrationOptions): FindIntegration {
  return (resource) => {
    const name = RESOURCE.exec(resource)?.[1] ?? '';
    if (name === 'batch:submitJob.sync') return batchSubmitJobSync(options);
    const operation = SDK_S3.exec(name)?.[1];
    return operation === undefined ? undefined : sdkS3(operation, options.s3);
  };
}

/** Whether a Task's Resource has an integration. */
export function isSupported(resource: string): boolean {
  const name = RESOURCE.exec(resource)?.[1] ?? '';
  const operation = SDK_S3.exec(name)?.[1];
  return name === 'batch:submitJob.sync' || (operation !== undefined && ['getObject', 'putObject', 'listObjectsV2'].includes(operation));
}
