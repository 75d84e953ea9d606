import { parseS3Uri, S3Place } from '../../formats/s3-uri';
import { RESULT_URI_ENDING } from '../../src/contract/run-output';

/** Every object that a field of an execution's output names by an S3 URI; see {@link RESULT_URI_ENDING}. */
export function resultPlaces(output: unknown): S3Place[] {
  return Object.entries((output ?? {}) as Record<string, unknown>).filter(([field]) => field.endsWith(RESULT_URI_ENDING))
    .map(([, value]) => parseS3Uri(value)).filter((place) => place !== undefined);
}
