import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BucketStore } from './object-store';
import type { S3Response } from './operations/call';
import { openBody } from './request-body';
import { routeOf } from './routing';
import { S3Error, signatureRefused } from './s3-error';
import { readS3Request } from './s3-request';
import { toXml } from './xml';
import type { PolicyDocument } from '../iam/policy';
import { verifySignature } from '../signing/signature';
import { SignatureError } from '../signing/signature-error';
import type { FindCredentials } from '../signing/signer';

export interface S3ServiceOptions {
  /** Where the objects lie; those of an earlier process are there again. */
  readonly folder: string;
  /** Whether nobody will want them after this process: they are not waited for until they are on the disk. @default false */
  readonly temporary?: boolean;
  readonly findCredentials: FindCredentials;
  readonly region: string;
  readonly bucketPolicy: (bucket: string) => PolicyDocument | undefined;
  /** Called for each request before it is looked at; what it gives happens instead, or in the middle of it. */
  readonly fault?: (request: S3FaultRequest) => S3Fault | undefined;
}

/** What a fault may depend on. */
export interface S3FaultRequest {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  /** Which bytes or which part of the object. */
  readonly range: string;
  /** Whether the machine's owner sends it, or the engine itself, to put the input in or take the results out; that is no part of the run. */
  readonly byOwner: boolean;
  /** Whose keys sign it; see the credentials. */
  readonly holder: string;
}

/** An error instead of the answer, or an answer whose connection is reset after some bytes of its body. */
export type S3Fault = { readonly code: string; readonly status: number } | { readonly resetAfterBytes: number };

/** Answers the requests to S3, on whichever server they come in. */
export interface S3Service {
  answer(message: IncomingMessage, response: ServerResponse): Promise<void>;
  createBucket(name: string): void;
}

export function s3Service(options: S3ServiceOptions): S3Service {
  const buckets = new BucketStore(join(options.folder, 'buckets'), options.temporary !== true);
  return {
    answer: (message, response) => answer(options, buckets, message, response),
    createBucket: (name) => { buckets.create(name); },
  };
}

async function answer(options: S3ServiceOptions, buckets: BucketStore, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomBytes(8).toString('hex').toUpperCase();
  response.setHeader('x-amz-request-id', requestId);
  try {
    const { result, resetAfterBytes } = await handle(options, buckets, message);
    await send(message, response, result, resetAfterBytes);
  } catch (error) {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    sendError(message, response, error, requestId);
  }
}

async function handle(
  options: S3ServiceOptions, buckets: BucketStore, message: IncomingMessage,
): Promise<{ result: S3Response; resetAfterBytes?: number }> {
  const request = readS3Request(message);
  const verified = await verifySignature(request, options.findCredentials, options.region);
  const { name, operation } = routeOf(request);
  const { principal, holder = '' } = verified.credentials;
  const range = request.headers.range ?? request.query.get('partNumber') ?? '';
  const byOwner = principal.policies === undefined;
  const fault = options.fault?.({ operation: name, bucket: request.bucket, key: request.key, range, byOwner, holder });
  if (fault !== undefined && 'code' in fault) throw new S3Error(fault.code, fault.status, `${fault.code}: a fault that was asked for`);
  const result = await operation({
    request,
    credentials: verified.credentials,
    buckets,
    region: options.region,
    openBody: (body) => openBody(request, verified, body),
    bucketPolicy: options.bucketPolicy,
  });
  return { result, resetAfterBytes: fault?.resetAfterBytes };
}

async function send(message: IncomingMessage, response: ServerResponse, result: S3Response, resetAfterBytes?: number): Promise<void> {
  const { status, headers = {}, body = '' } = result;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.statusCode = status;
  if (typeof body === 'string') {
    if (body !== '') response.setHeader('content-type', 'application/xml');
    // A HEAD or a 304 says how long the body would be, and has none.
    if (!response.hasHeader('content-length') && status !== 204 && status !== 304) response.setHeader('content-length', Buffer.byteLength(body));
    response.end(message.method === 'HEAD' ? undefined : body);
    return;
  }
  if (resetAfterBytes !== undefined) {
    let sent = 0;
    for await (const chunk of body) {
      const bytes = (chunk as Buffer).subarray(0, resetAfterBytes - sent);
      sent += bytes.length;
      await new Promise((resolve) => response.write(bytes, resolve));
      if (sent >= resetAfterBytes) break;
    }
    message.socket.resetAndDestroy();
    return;
  }
  await pipeline(body, response);
}

function sendError(message: IncomingMessage, response: ServerResponse, error: unknown, requestId: string): void {
  const known = s3Error(error);
  const body = toXml('Error', { Code: known.code, Message: known.message, ...known.details, RequestId: requestId }, false);
  response.statusCode = known.status;
  // The rest of a body that nobody will read must not be taken for the next request.
  response.setHeader('connection', 'close');
  if (message.method === 'HEAD') {
    response.end();
  } else {
    response.setHeader('content-type', 'application/xml');
    response.end(body);
  }
  message.resume();
}

function s3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  if (error instanceof SignatureError) return signatureRefused(error);
  return new S3Error('InternalError', 500, `We encountered an internal error. Please try again. (${(error as Error).message})`);
}
