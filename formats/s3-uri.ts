/** An object, or a prefix, of a bucket. */
export interface S3Place {
  readonly bucket: string;
  readonly key: string;
}

/** Undefined where it is no `s3://bucket/key`. */
export function parseS3Uri(uri: unknown): S3Place | undefined {
  const [, bucket, key] = (typeof uri === 'string' ? /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri) : undefined) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}
