import { header } from '../../signing/signed-request';
import { readText } from '../request-body';
import { malformedXml, notImplemented, S3Error } from '../s3-error';
import { asList, fromXml, toXml } from '../xml';
import { authorize, denialOf, Operation } from './call';

/** API reference, DeleteObjects: a request has up to 1,000 keys. */
const MAX_KEYS = 1000;
/** To ignore one would delete what the caller wants kept. */
const CONDITIONS = ['if-match', 'x-amz-if-match-last-modified-time', 'x-amz-if-match-size'];

export const deleteObject: Operation = async (call) => {
  const { bucket, key } = call.request;
  const store = call.buckets.get(bucket);
  authorize(call, 's3:DeleteObject', bucket, key);
  const condition = CONDITIONS.find((name) => call.request.headers[name] !== undefined);
  if (condition !== undefined) throw notImplemented(`A delete with ${condition}`);
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
  const objects = asList<Record<string, unknown>>(request.Object);
  const unknown = objects.flatMap((object) => Object.keys(object)).find((name) => name !== 'Key' && name !== '#text');
  if (unknown !== undefined) throw notImplemented(`DeleteObjects with ${unknown}`);
  const keys = objects.map(({ Key }) => Key);
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
