import { ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { ErrorName } from '../../src/contract/error-names';
import { ExitCode } from '../../src/contract/exit-codes';
import { LogEvent } from '../../src/contract/log-events';
import { log } from '../log';
import { WorkerError } from '../worker-error';

const PROGRAM = 'clustalo';
const MAX_STDERR_CHARACTERS = 4000;
const PROGRESS_INTERVAL_MS = 30_000;
const MEMORY_INTERVAL_MS = 100;
/**
 * What it has freed, up to so many bytes, glibc keeps for it (manual page mallopt(3)): it fills a matrix anew for each pair that it
 * aligns, and each time the kernel would have to clear the same memory again, which is a tenth of its time. The most that it needs stays the same.
 */
const KEPT_BYTES = 256 * 1024 * 1024;

/** Clustal Omega 1.2.4 keeps so many bytes of a name. */
export const MAX_NAME_BYTES = 127;

/** A record's name as it is in an alignment. */
export function nameInAlignment(name: string): string {
  const bytes = Buffer.from(name);
  return bytes.length <= MAX_NAME_BYTES ? name : bytes.subarray(0, MAX_NAME_BYTES).toString();
}

/** Whether Clustal Omega 1.2.4 leaves a name out of its output: it takes the "-" that such a one begins with for a gap. */
export function isNameLost(name: string): boolean {
  return name.startsWith('-');
}

export interface ClustalOmegaRun {
  readonly input: string;
  readonly output: string;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Told now and then what its memory has been at most, in megabytes, where the system says so (Linux). */
  readonly onMemory?: (megabytes: number) => void;
  /** @default - every 30 seconds a line in the log */
  readonly progressIntervalMs?: number;
}

/**
 * Aligns the FASTA file `input` into `output`, in Clustal format with residue numbers.
 *
 * @throws WorkerError Pavi.AlignmentFailed with its exit code and what it wrote to standard error; the signal's reason where it was
 *   aborted, after Clustal Omega was killed
 */
export async function runClustalOmega(run: ClustalOmegaRun): Promise<void> {
  run.signal.throwIfAborted();
  const args = ['-i', run.input, '--outfmt=clustal', '--resno', '-o', run.output, `--threads=${run.threads}`];
  const child = spawn(PROGRAM, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      // Threads that wait by spinning take the processor from those that work.
      OMP_WAIT_POLICY: 'passive',
      OMP_NUM_THREADS: String(run.threads),
      MALLOC_TRIM_THRESHOLD_: String(KEPT_BYTES),
    },
  });
  const stop = () => child.kill('SIGKILL');
  run.signal.addEventListener('abort', stop, { once: true });
  // However this process ends, it leaves none behind.
  process.once('exit', stop);
  const stopWatching = watch(child, run);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr = (stderr + text).slice(-MAX_STDERR_CHARACTERS); });
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (...end) => resolve(end));
    });
    run.signal.throwIfAborted();
    if (code !== 0) throw failure(code, signal, stderr.trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new WorkerError(ErrorName.INTERNAL, `${PROGRAM} is not installed, or not on the PATH; on Debian: apt-get install ${PROGRAM}`, { cause: error });
  } finally {
    stopWatching();
    process.removeListener('exit', stop);
    run.signal.removeEventListener('abort', stop);
  }
}

/** Tells of progress and memory for as long as it runs. */
function watch(child: ChildProcess, run: ClustalOmegaRun): () => void {
  const started = Date.now();
  let peak = 0;
  const progress = setInterval(() => {
    log(LogEvent.ALIGNING, { seconds: Math.round((Date.now() - started) / 1000), memoryMegabytes: peak });
  }, run.progressIntervalMs ?? PROGRESS_INTERVAL_MS);
  const look = async () => {
    const now = await peakMegabytes(child.pid);
    if (now === undefined || now <= peak) return;
    peak = now;
    run.onMemory?.(peak);
  };
  const memory = setInterval(() => void look(), MEMORY_INTERVAL_MS);
  return () => {
    clearInterval(progress);
    clearInterval(memory);
  };
}

/** "VmHWM: Peak resident set size" in kB (manual page proc(5)). */
async function peakMegabytes(pid: number | undefined): Promise<number | undefined> {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}

function failure(code: number | null, signal: string | null, stderr: string): WorkerError {
  const end = signal === null ? `exit code ${code}` : signal;
  return new WorkerError(ErrorName.ALIGNMENT_FAILED, `Clustal Omega failed (${end}): ${stderr === '' ? 'it said nothing' : stderr}`, {
    expected: 'exit code 0',
    found: end,
    // Only the kernel sends that signal, to the largest process of a job that has used up its memory.
    exitCode: signal === 'SIGKILL' ? ExitCode.OUT_OF_MEMORY : undefined,
  });
}
