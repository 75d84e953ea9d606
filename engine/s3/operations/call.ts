import type { Readable } from 'node:stream';
import { evaluate } from '../../iam/evaluate';
import type { PolicyDocument } from '../../iam/policy';
import type { LocalCredentials } from '../../signing/signer';
import type { BucketStore } from '../object-store';
import type { BodyOptions, RequestBody } from '../request-body';
import { S3Error } from '../s3-error';
import type { S3Request } from '../s3-request';

export interface S3Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
}

/** One request on its way through an operation. */
export interface Call {
  readonly request: S3Request;
  readonly credentials: LocalCredentials;
  readonly buckets: BucketStore;
  readonly region: string;
  /** The payload, checked while it is read. */
  openBody(options?: BodyOptions): RequestBody;
  bucketPolicy(bucket: string): PolicyDocument | undefined;
}

export type Operation = (call: Call) => Promise<S3Response>;

/** Throws AccessDenied, in AWS's words, unless the signer may do this. */
export function authorize(call: Call, action: string, bucket: string, key?: string): void {
  const denial = denialOf(call, action, bucket, key);
  if (denial !== undefined) throw new S3Error('AccessDenied', 403, denial);
}

/** A key that is not there: only who may list the bucket is told so (API reference, GetObject, "Permissions"). */
export function mayKnowAbsence(call: Call, bucket: string): void {
  authorize(call, 's3:ListBucket', bucket);
}

export function denialOf(call: Call, action: string, bucket: string, key?: string): string | undefined {
  const resource = bucket === '' ? '*' : `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;
  const decision = evaluate({
    principal: call.credentials.principal,
    action,
    resource,
    context: contextOf(call),
    resourcePolicy: bucket === '' ? undefined : call.bucketPolicy(bucket),
  });
  return decision.allowed ? undefined : decision.reason;
}

/** The condition keys of S3 that this server knows; the loopback counts as a secure transport, for nobody else can listen there. */
function contextOf({ request: { query, headers } }: Call): Record<string, string> {
  const found: Record<string, string | undefined> = {
    'aws:securetransport': 'true',
    'aws:sourceip': '127.0.0.1',
    's3:tlsversion': '1.3',
    's3:signatureversion': 'AWS4-HMAC-SHA256',
    's3:authtype': headers.authorization === undefined ? 'REST-QUERY-STRING' : 'REST-HEADER',
    's3:x-amz-content-sha256': headers['x-amz-content-sha256'] as string | undefined,
    's3:prefix': query.get('prefix'),
    's3:delimiter': query.get('delimiter'),
    's3:max-keys': query.get('max-keys'),
    's3:x-amz-server-side-encryption': headers['x-amz-server-side-encryption'] as string | undefined,
  };
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
