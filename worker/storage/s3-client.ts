import type { S3Client } from '@aws-sdk/client-s3';

export type S3 = typeof import('@aws-sdk/client-s3');

/** The SDK, loaded when it is first needed (it takes longer to load than everything else), and one client for the process. */
let loaded: Promise<{ sdk: S3; client: S3Client }> | undefined;

export function s3(): Promise<{ sdk: S3; client: S3Client }> {
  loaded ??= import('@aws-sdk/client-s3').then((sdk) => ({ sdk, client: new sdk.S3Client(CLIENT_OPTIONS) }));
  return loaded;
}

const CLIENT_OPTIONS = {
  maxAttempts: 6,
  // A stand-in for S3 that the environment names has no DNS names for its buckets.
  forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined || process.env.AWS_ENDPOINT_URL !== undefined,
  requestHandler: { connectionTimeout: 10_000, requestTimeout: 60_000 },
};

/** `s3://bucket/key`; the key may be empty. */
export function parseS3Uri(uri: string): { bucket: string; key: string } | undefined {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri);
  return match === null ? undefined : { bucket: match[1], key: match[2] ?? '' };
}

/** How S3 names an error, its status, and its text. */
export function s3Failure(error: unknown): { name: string; status?: number; message: string } {
  const { name = 'Error', message = String(error), $metadata } = error as { name?: string; message?: string; $metadata?: { httpStatusCode?: number } };
  return { name, status: $metadata?.httpStatusCode, message };
}
