import { ErrorName } from '../../src/contract/error-names';
import { ExitCode } from '../../src/contract/exit-codes';
import { WorkerError } from '../worker-error';

/** One file of a genome, wherever it lies. Every answer is checked: status, length, and that the file is still the same one. */
export interface ByteSource {
  /** For messages; holds no secrets. */
  readonly name: string;
  /**
   * The whole file.
   *
   * @throws WorkerError where it has more than `maxBytes`
   */
  whole(maxBytes: number): Promise<Buffer>;
  /** `length` bytes from `start` on; fewer only where the file ends before. */
  range(start: number, length: number): Promise<Buffer>;
}

/** What was read of all genomes, for the log and the metrics. */
export class ReadCounter {
  public requests = 0;
  public bytes = 0;

  public add(bytes: number): void {
    this.requests += 1;
    this.bytes += bytes;
  }
}

/** The genome cannot be had now; another try may help. */
export function unavailable(message: string, cause?: unknown): WorkerError {
  return new WorkerError(ErrorName.GENOME_UNAVAILABLE, message, { cause });
}

/** The genome cannot be had at all: it is not there, or not what it should be. */
export function unusable(message: string, expected?: unknown, found?: unknown, cause?: unknown): WorkerError {
  return new WorkerError(ErrorName.GENOME_UNAVAILABLE, message, { expected, found, cause, exitCode: ExitCode.BAD_INPUT });
}

/** Remembers what a file looked like when it was first read. */
export class Identity {
  private first?: string;

  /** @throws WorkerError where the file is another one than before */
  public check(name: string, now: string | undefined): void {
    if (now === undefined) return;
    this.first ??= now;
    if (this.first !== now) throw unavailable(`${name} changed while it was read (first ${this.first}, now ${now})`);
  }
}
