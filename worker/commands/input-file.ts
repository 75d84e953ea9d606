import { ErrorName } from '../../src/contract/error-names';
import { openFile } from '../storage/place';
import { WorkerError } from '../worker-error';

const MAX_INPUT_BYTES = 64 * 1024 * 1024;

/**
 * The JSON of an input file.
 *
 * @param expected what it should hold, for the error
 * @throws WorkerError Pavi.InvalidInput where there is no such file, or it is not JSON
 */
export async function readInputFile(place: string, expected: string): Promise<unknown> {
  const { folder, name, uri } = openFile(place);
  const text = (await folder.read(name, MAX_INPUT_BYTES)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WorkerError(ErrorName.INVALID_INPUT, `${uri} is not JSON: ${(error as Error).message}`, { expected, found: text.slice(0, 80) });
  }
}
