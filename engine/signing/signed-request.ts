import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { LocalCredentials } from './signer';
import { invalidArgument, S3Error } from '../s3/s3-error';

/** A request as it came, with the bucket and key that its path names (path style: `/bucket/key`). */
export interface S3Request {
  readonly method: string;
  /** As sent, for the signature. */
  readonly rawPath: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** A request whose signature held: who sent it, and its body as the operation sees it. */
export interface SignedRequest extends S3Request {
  readonly credentials: LocalCredentials;
}

/** S3's limit of a key, in bytes of UTF-8 (user guide, page "Naming Amazon S3 objects"). */
const MAX_KEY_BYTES = 1024;

export function readRequest(message: IncomingMessage): S3Request {
  const url = message.url ?? '/';
  const at = url.indexOf('?');
  const rawPath = at < 0 ? url : url.slice(0, at);
  const slash = rawPath.indexOf('/', 1);
  const bucket = decoded(slash < 0 ? rawPath.slice(1) : rawPath.slice(1, slash));
  const key = slash < 0 ? '' : decoded(rawPath.slice(slash + 1));
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', 400, 'Your key is too long', { Size: Buffer.byteLength(key), MaxSizeAllowed: MAX_KEY_BYTES });
  }
  return {
    method: message.method ?? 'GET',
    rawPath,
    bucket,
    key,
    query: new Map(new URLSearchParams(at < 0 ? '' : url.slice(at + 1))),
    headers: message.headers,
    body: message,
  };
}

/** A header's one value. */
export function header(request: S3Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
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
