import { parseS3Uri, S3Place } from '../../formats/s3-uri';

/** Every object that a field of an execution's output names by an S3 URI; the fields end with `_s3_uri`. */
export function resultPlaces(output: unknown): S3Place[] {
  return Object.entries((output ?? {}) as Record<string, unknown>).filter(([field]) => field.endsWith('_s3_uri'))
    .map(([, value]) => parseS3Uri(value)).filter((place) => place !== undefined);
}
