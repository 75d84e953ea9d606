import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { invalidArgument, S3Error } from './s3-error';
import { readRequest, SignedRequest } from '../signing/signed-request';

/** A request as it came, with the bucket and key that its path names (path style: `/bucket/key`). */
export interface S3Request extends SignedRequest {
  readonly bucket: string;
  readonly key: string;
  readonly body: Readable;
}

/** S3's limit of a key, in bytes of UTF-8 (user guide, page "Naming Amazon S3 objects"). */
const MAX_KEY_BYTES = 1024;

export function readS3Request(message: IncomingMessage): S3Request {
  const request = readRequest(message);
  const { rawPath } = request;
  const slash = rawPath.indexOf('/', 1);
  const bucket = decoded(slash < 0 ? rawPath.slice(1) : rawPath.slice(1, slash));
  const key = slash < 0 ? '' : decoded(rawPath.slice(slash + 1));
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', 400, 'Your key is too long', { Size: Buffer.byteLength(key), MaxSizeAllowed: MAX_KEY_BYTES });
  }
  return { ...request, bucket, key, body: message };
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', 400, 'Couldn\'t parse the specified URI.', { URI: text });
  }
}

/** A whole number of the query, between two bounds. */
export function integerOf(request: S3Request, name: string, fallback: number, min: number, max: number): number {
  const text = request.query.get(name);
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw invalidArgument(`${name} must be an integer between ${min} and ${max}`, name, text);
  return value;
}
