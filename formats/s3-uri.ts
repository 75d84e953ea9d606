/** An object, or a prefix, of a bucket. */
export interface S3Place {
  readonly bucket: string;
  readonly key: string;
}

/** Reads `s3://bucket/key`, whose key may be empty, or `s3://bucket`; undefined for anything else. */
export function parseS3Uri(uri: unknown): S3Place | undefined {
  const [, bucket, key = ''] = (typeof uri === 'string' ? /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri) : undefined) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}

/** `s3://bucket/key` */
export function s3Uri({ bucket, key }: S3Place): string {
  return `s3://${bucket}/${key}`;
}
