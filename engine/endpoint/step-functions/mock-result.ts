import type { StateDefinition } from '../../asl/definition/definition';
import { isObject } from '../../asl/definition/field-checks';
import { ApiError } from '../api-error';

type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object';

/** A result's fields as the API references have them; `!` after the kind of those that are always there. */
type Model = Readonly<Record<string, Kind | `${Kind}!`>>;

const JOB: Model = {
  JobName: 'string!',
  JobId: 'string!',
  JobArn: 'string',
  JobQueue: 'string!',
  JobDefinition: 'string!',
  Status: 'string!',
  StatusReason: 'string',
  StartedAt: 'number!',
  StoppedAt: 'number',
  CreatedAt: 'number',
  Attempts: 'array',
  Container: 'object',
  DependsOn: 'array',
  Parameters: 'object',
  IsCancelled: 'boolean',
  IsTerminated: 'boolean',
  PlatformCapabilities: 'array',
  PropagateTags: 'boolean',
  RetryStrategy: 'object',
  SchedulingPriority: 'number',
  ShareIdentifier: 'string',
  Tags: 'object',
  Timeout: 'object',
};
const ITEM: Model = { Attributes: 'object', ConsumedCapacity: 'object', ItemCollectionMetrics: 'object' };

/**
 * What the calls give that the engine has. Of nested fields nothing is checked. That the end of a job (`.sync`) is checked as the job of
 * DescribeJobs is the harsher reading: AWS does not document it.
 */
const MODELS: Readonly<Record<string, Model>> = {
  'batch:submitJob': { JobName: 'string!', JobId: 'string!', JobArn: 'string' },
  'batch:submitJob.sync': JOB,
  'aws-sdk:batch:describeJobs': { Jobs: 'array' },
  'aws-sdk:batch:terminateJob': {},
  'dynamodb:getItem': { Item: 'object', ConsumedCapacity: 'object' },
  'dynamodb:putItem': ITEM,
  'dynamodb:updateItem': ITEM,
  'dynamodb:deleteItem': ITEM,
  'aws-sdk:s3:getObject': {
    Body: 'string',
    ContentLength: 'number',
    ContentType: 'string',
    ContentEncoding: 'string',
    ContentRange: 'string',
    ETag: 'string',
    LastModified: 'string',
    Metadata: 'object',
    StorageClass: 'string',
    VersionId: 'string',
  },
  'aws-sdk:s3:headObject': { ContentLength: 'number', ContentType: 'string', ETag: 'string', LastModified: 'string', Metadata: 'object', VersionId: 'string' },
  'aws-sdk:s3:putObject': { ETag: 'string', VersionId: 'string', ServerSideEncryption: 'string' },
  'aws-sdk:s3:copyObject': { CopyObjectResult: 'object', VersionId: 'string' },
  'aws-sdk:s3:deleteObjects': { Deleted: 'array', Errors: 'array' },
  'aws-sdk:s3:deleteObject': { DeleteMarker: 'boolean', VersionId: 'string' },
  'aws-sdk:s3:listObjectsV2': {
    Contents: 'array',
    CommonPrefixes: 'array',
    IsTruncated: 'boolean',
    KeyCount: 'number',
    MaxKeys: 'number',
    Name: 'string',
    Prefix: 'string',
    NextContinuationToken: 'string',
  },
};

/** Refuses a mock that the state's work could not give. */
export function checkMockResult(state: StateDefinition, result: unknown, mode: string): void {
  if (state.Type === 'Map') checkMap(state, result);
  else if (state.Type === 'Parallel') checkParallel(state, result);
  else if (mode !== 'NONE') checkCall(state.Resource!.replace(/^arn:[a-z-]+:states:::/, ''), result, mode);
}

function checkMap({ ResultWriter }: StateDefinition, result: unknown): void {
  if (ResultWriter?.Resource === undefined && !Array.isArray(result)) throw invalid('Mocked result must be an array.');
  if (ResultWriter?.Resource !== undefined && !isObject(result)) throw invalid('Mocked result must be a JSON object.');
}

function checkParallel({ Branches = [] }: StateDefinition, result: unknown): void {
  if (!Array.isArray(result)) throw invalid('Mocked result must be an array.');
  if (result.length !== Branches.length) throw invalid('Mocked result must contain the same number of items as number of Parallel branches.');
}

function checkCall(call: string, result: unknown, mode: string): void {
  const model = MODELS[call];
  if (model === undefined) {
    throw invalid(`The local endpoint does not know what ${call} gives; set fieldValidationMode to NONE`);
  }
  if (!isObject(result)) throw schema('Mocked result must be a JSON object');
  for (const [name, described] of Object.entries(model)) {
    const kind = described.replace('!', '');
    const value = result[name];
    if (value === undefined) {
      if (described.endsWith('!') && mode === 'STRICT') throw schema(`Required field '${name}' is missing`);
    } else if ((Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value) !== kind) {
      throw schema(`Field '${name}' must be ${/^[ao]/.test(kind) ? 'an' : 'a'} ${kind}`);
    }
  }
}

/** In AWS's words (recorded, localstack/localstack). */
function schema(what: string): ApiError {
  return invalid(`Mock result schema validation error: ${what}`);
}

function invalid(message: string): ApiError {
  return new ApiError('ValidationException', message);
}
