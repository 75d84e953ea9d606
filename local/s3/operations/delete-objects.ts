import { readText } from '../request-body';
import { S3Error, malformedXml } from '../s3-error';
import { header } from '../s3-request';
import { asList, fromXml, toXml } from '../xml';
import { authorize, denialOf, Operation } from './call';

/** API reference, DeleteObjects: a request has up to 1,000 keys. */
const MAX_KEYS = 1000;

export const deleteObject: Operation = async (call) => {
  const { bucket, key } = call.request;
  const store = call.buckets.get(bucket);
  authorize(call, 's3:DeleteObject', bucket, key);
  store.delete(key);
  return { status: 204 };
};

export const deleteObjects: Operation = async (call) => {
  const { bucket } = call.request;
  const store = call.buckets.get(bucket);
  const names = Object.keys(call.request.headers);
  if (header(call.request, 'content-md5') === undefined && !names.some((name) => name.startsWith('x-amz-checksum-') || name === 'x-amz-trailer')) {
    throw new S3Error('InvalidRequest', 400, 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const request = fromXml(await readText(call.openBody()), 'Delete');
  const keys = asList<{ Key?: unknown }>(request.Object).map(({ Key }) => Key);
  if (keys.length === 0 || keys.length > MAX_KEYS || keys.some((key) => typeof key !== 'string' || key === '')) throw malformedXml();
  const deleted: object[] = [];
  const errors: object[] = [];
  for (const Key of keys as string[]) {
    const denial = denialOf(call, 's3:DeleteObject', bucket, Key);
    if (denial === undefined) {
      store.delete(Key);
      deleted.push({ Key });
    } else {
      errors.push({ Key, Code: 'AccessDenied', Message: denial });
    }
  }
  return { status: 200, body: toXml('DeleteResult', { ...String(request.Quiet).trim() === 'true' ? {} : { Deleted: deleted }, Error: errors }) };
};
