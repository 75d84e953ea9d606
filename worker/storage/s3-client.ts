import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';

export type S3 = typeof import('@aws-sdk/client-s3');

/** The SDK, loaded when it is first needed (it takes longer to load than everything else), and one client for the process. */
let loaded: Promise<{ sdk: S3; client: S3Client }> | undefined;

export function s3(): Promise<{ sdk: S3; client: S3Client }> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<{ sdk: S3; client: S3Client }> {
  // The bundle's way to evaluate a module late.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const sdk = require('@aws-sdk/client-s3') as S3;
  return { sdk, client: new sdk.S3Client(clientOptions(process.env)) };
}

const CONNECT_TIMEOUT_MS = 10_000;
/** No byte for so long ends an attempt. (The SDK's `requestTimeout` only warns.) */
const IDLE_TIMEOUT_MS = 60_000;
const DEFAULT_ATTEMPTS = 6;

export function clientOptions(environment: Readonly<NodeJS.ProcessEnv>): S3ClientConfig & { requestHandler: { socketTimeout: number } } {
  return {
    // Left out where the environment says it, since an option would win.
    ...environment.AWS_MAX_ATTEMPTS === undefined ? { maxAttempts: DEFAULT_ATTEMPTS } : {},
    // A genome's bucket may be in another region than the job.
    followRegionRedirects: true,
    // A stand-in for S3 that the environment names has no DNS names for its buckets.
    forcePathStyle: environment.AWS_ENDPOINT_URL_S3 !== undefined || environment.AWS_ENDPOINT_URL !== undefined,
    // What it would warn of goes to the console; the worker logs each retry itself.
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: IDLE_TIMEOUT_MS },
  };
}

function ignore(): void {
  return undefined;
}

/** How S3, or what is between, names an error, its status, and its text. */
export function s3Failure(error: unknown): { name: string; status?: number; message: string } {
  const { name = 'Error', code, message = String(error), $metadata } = error as {
    name?: string; code?: string; message?: string; $metadata?: { httpStatusCode?: number };
  };
  return { name: name === 'Error' && code !== undefined ? code : name, status: $metadata?.httpStatusCode, message };
}

/** Errors with a status of 400 and more that a second try may not meet (Amazon S3 API reference, page "Error responses"). */
const TRANSIENT_CODES = [
  'RequestTimeout', 'RequestTimeTooSkewed', 'BadDigest', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch', 'IncompleteBody', 'OperationAborted',
  'ExpiredToken',
];

/** Whether another try may go well: after an error of S3's own, and where no answer came at all. */
export function isTransient(error: unknown): boolean {
  const { name, status } = s3Failure(error);
  return status === undefined || status >= 500 || status === 429 || TRANSIENT_CODES.includes(name);
}
