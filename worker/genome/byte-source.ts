import { ErrorName } from '../../src/contract/error-names';
import { ExitCode } from '../../src/contract/exit-codes';
import { WorkerError } from '../worker-error';

/** One file of a genome, wherever it lies. Every answer is checked: status, length, and that the file is still the same one. */
export interface ByteSource {
  /** For messages; holds no secrets. */
  readonly name: string;
  /** When the file was last changed, in milliseconds since 1970; undefined before the first answer, and if the server does not say. */
  readonly modified: number | undefined;
  /**
   * The whole file.
   *
   * @param admit is asked once, before more than a mebibyte is read, for room for so many bytes
   * @throws WorkerError if it has more than `maxBytes`
   */
  whole(maxBytes: number, admit: Admit): Promise<Buffer>;
  /** `length` bytes from `start` on; fewer only if the file ends before, and none if it ends before `start`. */
  range(start: number, length: number): Promise<Buffer>;
}

/** Waits until so many bytes may be read. */
export type Admit = (bytes: number) => Promise<void>;

/** Files up to this size are read without asking for room first. */
export const ADMITTED_BYTES = 1024 * 1024;

/** What was read of all genomes, for the log and the metrics. */
export class ReadCounter {
  public requests = 0;
  public bytes = 0;

  public add(bytes: number): void {
    this.requests += 1;
    this.bytes += bytes;
  }
}

/** The genome cannot be read now; another try may help. */
export function unavailable(message: string, cause?: unknown): WorkerError {
  return new WorkerError(ErrorName.GENOME_UNAVAILABLE, message, { cause });
}

/** The genome cannot be read at all: it is not there, or not what it should be. */
export function unusable(message: string, expected?: unknown, found?: unknown, cause?: unknown): WorkerError {
  return new WorkerError(ErrorName.GENOME_UNAVAILABLE, message, { expected, found, cause, exitCode: ExitCode.BAD_INPUT });
}

/** The file's bytes are not what its name or its indexes say. Its first bytes may explain why. */
export class Misfit extends WorkerError {
  constructor(message: string, expected?: unknown, found?: unknown, cause?: unknown) {
    super(ErrorName.GENOME_UNAVAILABLE, message, { expected, found, cause, exitCode: ExitCode.BAD_INPUT });
  }
}
