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
  const bytes = await folder.read(name, MAX_INPUT_BYTES);
  // RFC 8259, section 8.1: a parser may ignore a byte order mark. Editors and shells of Windows write it.
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  try {
    return JSON.parse(text);
  } catch (error) {
    if (/^(fffe|feff)/.test(bytes.toString('hex', 0, 2))) {
      throw new WorkerError(ErrorName.INVALID_INPUT, `${uri} is UTF-16, as its byte order mark says; save it as UTF-8`, { expected, found: 'UTF-16' });
    }
    throw new WorkerError(ErrorName.INVALID_INPUT, `${uri} is not JSON: ${(error as Error).message}`, { expected, found: text.slice(0, 80) });
  }
}
