import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { header } from '../../signing/signed-request';
import { algorithmNamed, Checksum, ChecksumAlgorithm, newDigest } from '../checksums';
import { ObjectStore, StoredObject, StoredPart, timestamp } from '../object-store';
import { invalidArgument, notImplemented, preconditionFailed, S3Error } from '../s3-error';
import { decoded, S3Request } from '../s3-request';
import { toXml } from '../xml';
import { authorize, Call, mayKnowAbsence, Operation } from './call';
import { checkWriteConditions, isNotModified } from './conditions';
import { partNumberOf, putPart } from './multipart';
import { keptHeaders } from './write-object';

export const copyObject: Operation = async (call) => {
  const { request } = call;
  const target = call.buckets.get(request.bucket);
  const { store, object } = findSource(call);
  checkWriteConditions(request, request.key, target.find(request.key));
  const replaces = header(request, 'x-amz-metadata-directive')?.toUpperCase() === 'REPLACE';
  if (!replaces && store === target && object.key === request.key) {
    throw new S3Error('InvalidRequest', 400, 'This copy request is illegal because it is trying to copy an object to itself without changing the object\'s metadata.');
  }
  const headers = replaces ? keptHeaders(request) : object.headers;
  // Without another wish, the copy has a checksum of the source's kind; it is of the whole object, however the source was made.
  const algorithm = algorithmNamed(header(request, 'x-amz-checksum-algorithm')) ?? object.checksum?.algorithm;
  const copy = await copied(store, object, target, algorithm);
  const lastModified = timestamp();
  try {
    checkWriteConditions(request, request.key, target.find(request.key));
    target.put({ ...copy, key: request.key, headers, lastModified });
  } catch (error) {
    target.discardData(copy.data);
    throw error;
  }
  return { status: 200, body: toXml('CopyObjectResult', resultOf(copy, lastModified)) };
};

export const uploadPartCopy: Operation = async (call) => {
  const { request, request: { bucket, key, query } } = call;
  const target = call.buckets.get(bucket);
  const { store, object } = findSource(call);
  const { algorithm } = target.upload(query.get('uploadId')!, key);
  const range = copiedRange(request, object);
  const part: StoredPart = { ...await copied(store, object, target, algorithm, range), lastModified: timestamp() };
  putPart(target, request, partNumberOf(request), part);
  return { status: 200, body: toXml('CopyPartResult', resultOf(part, part.lastModified)) };
};

/** The object that is copied, which must be there, meet the request's conditions, and be one that the caller may read. */
function findSource(call: Call): { store: ObjectStore; object: StoredObject } {
  const { request } = call;
  const [bucket, key] = copySource(request);
  const store = call.buckets.get(bucket);
  authorize(call, 's3:GetObject', bucket, key);
  authorize(call, 's3:PutObject', request.bucket, request.key);
  if (store.find(key) === undefined) mayKnowAbsence(call, bucket);
  const object = store.get(key);
  if (isNotModified(sourceConditions(request), object)) throw preconditionFailed('x-amz-copy-source-If-None-Match');
  return { store, object };
}

interface Copy {
  readonly data: string;
  readonly size: number;
  readonly etag: string;
  readonly checksum?: Checksum;
}

async function copied(
  source: ObjectStore, object: StoredObject, target: ObjectStore, algorithm: ChecksumAlgorithm | undefined, range?: { start: number; end: number },
): Promise<Copy> {
  const md5 = createHash('md5');
  const digest = algorithm === undefined ? undefined : newDigest(algorithm);
  const read = source.readData(object, range?.start, range?.end);
  const data = await target.writeData(Readable.from(async function* () {
    for await (const chunk of read) {
      md5.update(chunk as Buffer);
      digest?.update(chunk as Buffer);
      yield chunk as Buffer;
    }
  }()));
  return {
    data,
    size: range === undefined ? object.size : range.end - range.start + 1,
    etag: md5.digest('hex'),
    ...algorithm === undefined || digest === undefined ? {} : { checksum: { algorithm, value: Buffer.from(await digest.digest()).toString('base64') } },
  };
}

function resultOf({ etag, checksum }: Copy, lastModified: string) {
  return {
    ETag: `"${etag}"`, LastModified: lastModified, ...checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value },
  };
}

/** API reference, UploadPartCopy: `bytes=first-last`, both of them given and within the source. */
function copiedRange(request: S3Request, { size }: StoredObject): { start: number; end: number } | undefined {
  const text = header(request, 'x-amz-copy-source-range');
  if (text === undefined) return undefined;
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(text) ?? [];
  if (start === undefined || Number(end) < Number(start)) {
    throw invalidArgument('The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the '
      + 'first and last bytes to copy', 'x-amz-copy-source-range', text);
  }
  if (Number(end) >= size) {
    throw invalidArgument(`Range specified is not valid for source object of size: ${size}`, 'x-amz-copy-source-range', text);
  }
  return { start: Number(start), end: Number(end) };
}

function copySource(request: S3Request): [string, string] {
  const text = header(request, 'x-amz-copy-source')!;
  if (text.includes('?')) throw notImplemented('A copy of an object\'s version');
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decoded(text));
  if (match === null) throw invalidArgument('Invalid copy source object key', 'x-amz-copy-source', text);
  return [match[1], match[2]];
}

function sourceConditions(request: S3Request): S3Request {
  const prefix = 'x-amz-copy-source-if-';
  const headers = Object.entries(request.headers).filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [`if-${name.slice(prefix.length)}`, value]);
  return { ...request, headers: Object.fromEntries(headers) };
}
