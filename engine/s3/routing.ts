import { createBucket, getBucketLocation, headBucket, listBuckets } from './operations/buckets';
import type { Operation } from './operations/call';
import { copyObject, uploadPartCopy } from './operations/copy-object';
import { deleteObject, deleteObjects } from './operations/delete-objects';
import { listObjects, listObjectsV2 } from './operations/list-objects';
import { abortMultipartUpload, completeMultipartUpload, createMultipartUpload, uploadPart } from './operations/multipart';
import { getObject, headObject } from './operations/read-object';
import { putObject } from './operations/write-object';
import { notImplemented } from './s3-error';
import type { S3Request } from './s3-request';

interface Route {
  readonly name: string;
  readonly method: string;
  readonly on: 'service' | 'bucket' | 'object';
  /** Query parameters that tell this operation from its neighbours; with `=` a value too. */
  readonly where?: readonly string[];
  /** Header that does the same. */
  readonly header?: string;
  readonly optional?: readonly string[];
  readonly operation: Operation;
}

/** The first that fits. */
const ROUTES: readonly Route[] = [
  { name: 'ListBuckets', method: 'GET', on: 'service', operation: listBuckets },
  {
    name: 'ListObjectsV2',
    method: 'GET',
    on: 'bucket',
    where: ['list-type=2'],
    operation: listObjectsV2,
    optional: ['prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type', 'fetch-owner'],
  },
  { name: 'GetBucketLocation', method: 'GET', on: 'bucket', where: ['location'], operation: getBucketLocation },
  // The last of the bucket's GETs: what it does not know is refused by the parameter's name.
  {
    name: 'ListObjects',
    method: 'GET',
    on: 'bucket',
    operation: listObjects,
    optional: ['prefix', 'delimiter', 'max-keys', 'marker', 'encoding-type'],
  },
  { name: 'HeadBucket', method: 'HEAD', on: 'bucket', operation: headBucket },
  { name: 'CreateBucket', method: 'PUT', on: 'bucket', operation: createBucket },
  { name: 'DeleteObjects', method: 'POST', on: 'bucket', where: ['delete'], operation: deleteObjects },
  { name: 'GetObject', method: 'GET', on: 'object', operation: getObject },
  { name: 'HeadObject', method: 'HEAD', on: 'object', operation: headObject },
  {
    name: 'UploadPartCopy', method: 'PUT', on: 'object', where: ['uploadId', 'partNumber'], header: 'x-amz-copy-source', operation: uploadPartCopy,
  },
  { name: 'UploadPart', method: 'PUT', on: 'object', where: ['uploadId', 'partNumber'], operation: uploadPart },
  { name: 'CopyObject', method: 'PUT', on: 'object', header: 'x-amz-copy-source', operation: copyObject },
  { name: 'PutObject', method: 'PUT', on: 'object', operation: putObject },
  { name: 'CreateMultipartUpload', method: 'POST', on: 'object', where: ['uploads'], operation: createMultipartUpload },
  { name: 'CompleteMultipartUpload', method: 'POST', on: 'object', where: ['uploadId'], operation: completeMultipartUpload },
  { name: 'AbortMultipartUpload', method: 'DELETE', on: 'object', where: ['uploadId'], operation: abortMultipartUpload },
  { name: 'DeleteObject', method: 'DELETE', on: 'object', operation: deleteObject },
];

/** Finds the operation that a request is; one that S3 has and this server has not is refused by what names it. */
export function routeOf(request: S3Request): { name: string; operation: Operation } {
  const { method, bucket, key, query, headers } = request;
  const on = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const route = ROUTES.find((candidate) => candidate.method === method && candidate.on === on
    && (candidate.where ?? []).every((item) => hasParameter(query, item))
    && (candidate.header === undefined || headers[candidate.header] !== undefined));
  // `x-id` names the operation, and the signature of a URL stands in its query.
  const parameters = [...query.keys()].filter((name) => name !== 'x-id' && !name.toLowerCase().startsWith('x-amz-'));
  if (route === undefined) throw notImplemented(`${method} of ${on === 'service' ? 'the service' : `a ${on}`}${parameters.length > 0 ? ` with ${parameters.join(', ')}` : ''}`);
  const known = [...(route.where ?? []).map((item) => item.split('=')[0]), ...route.optional ?? []];
  const unknown = parameters.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw notImplemented(`${route.name} with ${unknown.join(', ')}`);
  return route;
}

function hasParameter(query: ReadonlyMap<string, string>, item: string): boolean {
  const [name, value] = item.split('=');
  return query.has(name) && (value === undefined || query.get(name) === value);
}
