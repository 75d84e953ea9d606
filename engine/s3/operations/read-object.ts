import { header } from '../../signing/signed-request';
import { checksumHeader } from '../checksums';
import type { StoredObject } from '../object-store';
import { S3Error } from '../s3-error';
import { S3Request } from '../s3-request';
import { authorize, Call, mayKnowAbsence, Operation, S3Response } from './call';
import { isNotModified } from './conditions';

export const getObject: Operation = async (call) => {
  const object = find(call);
  const { range, ...answer } = headOf(call, object);
  return answer.status === 304 ? answer : { ...answer, body: call.buckets.get(call.request.bucket).readData(object, range?.start, range?.end) };
};

export const headObject: Operation = async (call) => headOf(call, find(call));

/** Status and headers are the same with a body and without. */
function headOf({ request }: Call, object: StoredObject): S3Response & { readonly range?: { start: number; end: number } } {
  if (isNotModified(request, object)) return { status: 304, headers: { etag: `"${object.etag}"` } };
  const range = rangeOf(request, object.size);
  return { status: range === undefined ? 200 : 206, headers: { ...headersOf(request, object), ...lengthHeaders(range, object.size) }, range };
}

function find(call: Call): StoredObject {
  const { bucket, key } = call.request;
  const store = call.buckets.get(bucket);
  authorize(call, 's3:GetObject', bucket, key);
  if (store.find(key) === undefined) mayKnowAbsence(call, bucket);
  return store.get(key);
}

function headersOf(request: S3Request, object: StoredObject): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'binary/octet-stream',
    ...object.headers,
    'etag': `"${object.etag}"`,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
  };
  const wholeObject = header(request, 'range') === undefined;
  if (object.checksum !== undefined && wholeObject && header(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED') {
    headers[checksumHeader(object.checksum.algorithm)] = object.checksum.value;
    headers['x-amz-checksum-type'] = /-\d+$/.test(object.checksum.value) ? 'COMPOSITE' : 'FULL_OBJECT';
  }
  return headers;
}

function lengthHeaders(range: { start: number; end: number } | undefined, size: number): Record<string, string> {
  if (range === undefined) return { 'content-length': String(size) };
  return { 'content-length': String(range.end - range.start + 1), 'content-range': `bytes ${range.start}-${range.end}/${size}` };
}

/** One byte range; what is no range, or several, gives the whole object, as S3 does it (RFC 9110, section 14.2). */
function rangeOf(request: S3Request, size: number): { start: number; end: number } | undefined {
  const text = header(request, 'range');
  const match = text === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(text);
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[1] !== '' && match[2] !== '' && Number(match[2]) < start) return undefined;
  if (start >= size || end < start) {
    throw new S3Error('InvalidRange', 416, 'The requested range is not satisfiable', { RangeRequested: text!, ActualObjectSize: size });
  }
  return { start, end };
}
