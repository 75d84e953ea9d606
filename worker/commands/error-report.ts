import { ErrorName } from '../../src/contract/error-names';
import { ExitCode } from '../../src/contract/exit-codes';
import { LogEvent, ReportedFailure } from '../../src/contract/log-events';
import { log } from '../log';
import { openFolder } from '../storage/place';
import { WorkerError } from '../worker-error';

/** The state machine reads the file as a payload, which has 256 KiB at most, and makes a cause of it, which has 32,768 characters. */
const MAX_MESSAGE = 30_000;
const MAX_VALUE = 10_000;

/** Anything that was thrown, with a name of the contract. */
export function asWorkerError(error: unknown): WorkerError {
  if (error instanceof WorkerError) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new WorkerError(ErrorName.INTERNAL, `a defect of the worker: ${text}; please report it`, { cause: error });
}

/**
 * Logs a failure and leaves it as a file in the errors folder: `<entry>.json`, or `<command>.json` where no entry is to blame. Not
 * being able to must not hide the failure itself.
 *
 * @param errorsPlace undefined: only logs it
 */
export async function reportError(command: string, errorsPlace: string | undefined, error: WorkerError): Promise<void> {
  const { errorName, entry = null, message, expected, found } = error;
  const report: ReportedFailure = {
    error: errorName, entry, message: short(message, MAX_MESSAGE), expected: shortValue(expected), found: shortValue(found),
  };
  const stack = error.exitCode === ExitCode.DEFECT ? (error.cause as Error | undefined)?.stack ?? error.stack : undefined;
  log(LogEvent.FAILED, { ...report, stack });
  if (errorsPlace === undefined) return;
  try {
    await openFolder(errorsPlace).write(`${entry ?? command}.json`, JSON.stringify(report));
  } catch (failure) {
    log(LogEvent.ERROR_FILE_NOT_WRITTEN, { reason: (failure as Error).message });
  }
}

function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}...` : text;
}

/** What is too long as JSON becomes text, and is cut. */
function shortValue(value: unknown): unknown {
  const json = JSON.stringify(value);
  return json !== undefined && json.length > MAX_VALUE ? short(typeof value === 'string' ? value : json, MAX_VALUE) : value;
}
