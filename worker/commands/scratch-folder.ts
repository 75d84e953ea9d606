import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ErrorName } from '../../src/contract/error-names';
import { removeAtExit } from '../storage/remove-at-exit';
import { WorkerError } from '../worker-error';

/**
 * A folder for as long as the work lasts, however it ends.
 *
 * @throws WorkerError where the system's folder for such (TMPDIR) cannot be written to
 */
export async function withScratchFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'pavi-')).catch((error: Error) => {
    throw new WorkerError(ErrorName.INTERNAL, `no scratch folder can be made: ${error.message}; give the job a volume at ${tmpdir()}, or set TMPDIR`,
      { expected: 'a folder that can be written to', found: tmpdir(), cause: error });
  });
  const removed = removeAtExit(folder);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    removed();
  }
}
