import { ErrorName } from '../../src/contract/error-names';
import { StoragePrefix } from '../../src/contract/storage-keys';
import { logError, warn } from '../log';
import { openFolder } from '../storage/place';
import { WorkerError } from '../worker-error';

/** Anything that was thrown, with a name of the contract. */
export function asWorkerError(error: unknown): WorkerError {
  if (error instanceof WorkerError) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new WorkerError(ErrorName.INTERNAL, `a defect of the worker: ${text}; please report it`, { cause: error });
}

/**
 * Logs a failure and leaves it as a file in the errors folder: `<entry>.json`, or `<command>.json` where no entry is to blame. Not
 * being able to must not hide the failure itself.
 */
export async function reportError(command: string, errorsPlace: string, error: WorkerError): Promise<void> {
  const { errorName, entry = null, message, expected, found } = error;
  const report = { error: errorName, entry, message, expected, found };
  logError('failed', { ...report, stack: errorName === ErrorName.INTERNAL ? (error.cause as Error | undefined)?.stack ?? error.stack : undefined });
  try {
    await openFolder(errorsPlace).write(`${entry ?? command}.json`, JSON.stringify(report));
  } catch (failure) {
    warn('error-file-not-written', { reason: (failure as Error).message });
  }
}

/** The run that a place of the work bucket belongs to. */
export function runOf(place: string): string | undefined {
  return new RegExp(`^s3://[^/]+/(?:.*/)?(?:${StoragePrefix.WORK}|${StoragePrefix.RESULTS})([^/]+)/`).exec(place)?.[1];
}
