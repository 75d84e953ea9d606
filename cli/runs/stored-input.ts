import { MAX_PAYLOAD_BYTES } from '../../engine';
import { parseS3Uri, S3Place } from '../../formats/s3-uri';
import { RunInput } from '../../src/contract/run-input';
import { sha256 } from '../trail/run-folder';

/** A run's input as the execution takes it. */
export interface StoredInput {
  readonly input: RunInput;
  /** The entries, where they were uploaded, and where to. */
  readonly uploaded?: { readonly uri: string; readonly entries: string };
}

/**
 * An input that does not fit a payload has its entries uploaded. Their key is made of their content: so nobody's upload changes what a run of
 * the same name reads, and the same input again is the same execution input.
 *
 * @param inputsUri where the pipeline's jobs may read inputs; `s3://bucket/prefix/`
 * @param put       uploads
 */
export async function storedInput(
  input: RunInput, inputsUri: () => string, put: (place: S3Place, body: string) => Promise<unknown>,
): Promise<StoredInput> {
  const { seq_regions: list, ...rest } = input;
  if (Buffer.byteLength(JSON.stringify(input)) <= MAX_PAYLOAD_BYTES || !Array.isArray(list)) return { input };
  const entries = JSON.stringify(list);
  const uri = `${inputsUri()}${sha256(entries)}.json`;
  await put(parseS3Uri(uri)!, entries);
  return { input: { ...rest, seq_regions_uri: uri, input_count: list.length }, uploaded: { uri, entries } };
}
