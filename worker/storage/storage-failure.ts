import { ErrorName } from '../../src/contract/error-names';
import { ExitCode } from '../../src/contract/exit-codes';
import { WorkerError } from '../worker-error';

/** A place that cannot be read or written. A folder or file of a run is the pipeline's own affair, so no entry is to blame. */
export function storageFailure(message: string, details: { transient: boolean; expected?: unknown; found?: unknown; cause?: unknown }): WorkerError {
  return new WorkerError(details.transient ? ErrorName.INTERNAL : ErrorName.INVALID_INPUT, message, {
    expected: details.expected,
    found: details.found,
    cause: details.cause,
    exitCode: details.transient ? ExitCode.UNAVAILABLE : ExitCode.BAD_INPUT,
  });
}

export function tooLarge(place: string, maxBytes: number, size: number): WorkerError {
  return storageFailure(`${place} is too large`, { transient: false, expected: `at most ${maxBytes} bytes`, found: `${size} bytes` });
}
