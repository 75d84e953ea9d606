import type { S3Client } from '@aws-sdk/client-s3';
import type { BatchCallOptions } from './batch-calls';
import { batchSubmitJob, batchSubmitJobSync } from './batch-submit-job';
import { dynamoDbItem, ITEM_OPERATIONS, ItemTables } from './dynamodb-item';
import { SDK_BATCH } from './sdk-batch';
import { SDK_S3 } from './sdk-s3';
import type { FindIntegration, TaskIntegration } from '../asl/visit/task-integration';

export interface IntegrationOptions extends BatchCallOptions {
  /** Signs as the state machine's role. */
  readonly s3: S3Client;
  readonly tables: Omit<ItemTables, 'principal'>;
}

type Make = (options: IntegrationOptions) => TaskIntegration;

/** The service integrations that there are, by what stands behind `arn:PARTITION:states:::`. */
const INTEGRATIONS: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['batch:submitJob', (options) => batchSubmitJob(options)],
  ['batch:submitJob.sync', batchSubmitJobSync],
  ...Object.entries(SDK_BATCH).map(([operation, make]): [string, Make] => [`aws-sdk:batch:${operation}`, make]),
  ...Object.keys(ITEM_OPERATIONS).map((operation): [string, Make] =>
    [`dynamodb:${operation}`, ({ tables, principal }) => dynamoDbItem(operation, { ...tables, principal })]),
  ...Object.entries(SDK_S3).map(([operation, make]): [string, Make] => [`aws-sdk:s3:${operation}`, ({ s3 }) => make(s3)]),
]);

const RESOURCE = /^arn:[a-z-]+:states:::(.+)$/;

export function integrations(options: IntegrationOptions): FindIntegration {
  const made = new Map<string, TaskIntegration>();
  return (resource) => {
    const name = nameOf(resource);
    if (!made.has(name) && INTEGRATIONS.has(name)) made.set(name, INTEGRATIONS.get(name)!(options));
    return made.get(name);
  };
}

/** Whether a Task's Resource has an integration. */
export function isSupported(resource: string): boolean {
  return INTEGRATIONS.has(nameOf(resource));
}

function nameOf(resource: string): string {
  return RESOURCE.exec(resource)?.[1] ?? '';
}
