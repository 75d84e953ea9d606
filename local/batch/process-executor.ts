import { execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';

export interface ProcessRun {
  readonly program: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
  /** Where standard output and error go. */
  readonly logFile: string;
  /** Aborted to stop it. */
  readonly signal: AbortSignal;
}

export interface ProcessEnd {
  readonly exitCode?: number;
  /** In the words of Amazon ECS, where it did not end by itself. */
  readonly reason?: string;
}

const MEMORY_INTERVAL_MS = 200;
/** Between SIGTERM and SIGKILL; ECS's default of stopTimeout is 30 seconds. */
const STOP_GRACE_MS = 10_000;
/** Signals by which a process may end, with their numbers: its exit code is 128 more. */
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** Runs a container's program as a process with a process group, a scratch folder and a memory limit of its own. */
export async function runProcess(run: ProcessRun): Promise<ProcessEnd> {
  await mkdir(dirname(run.logFile), { recursive: true });
  const scratch = await mkdtemp(join(tmpdir(), 'pavi-job-'));
  const log = createWriteStream(run.logFile);
  try {
    const [file, ...args] = run.program;
    const child = spawn(file, args, {
      cwd: scratch,
      // Not this process's own environment: a job must not see its credentials.
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: scratch, TMPDIR: scratch, ...run.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const ended = new Promise<ProcessEnd>((resolve) => {
      child.on('error', (error) => resolve({ reason: `CannotStartContainerError: ${error.message}` }));
      child.on('close', (code, signal) => resolve({ exitCode: code ?? 128 + (SIGNAL_NUMBERS[signal!] ?? 0) }));
    });
    if (child.pid === undefined) return await ended;
    return await watched(child.pid, run, ended);
  } finally {
    log.end();
    await finished(log);
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function watched(pid: number, run: ProcessRun, ended: Promise<ProcessEnd>): Promise<ProcessEnd> {
  let outOfMemory = false;
  const memory = setInterval(() => {
    void residentMiB(pid).then((used) => {
      if (used <= run.memoryMiB || outOfMemory) return;
      outOfMemory = true;
      killGroup(pid, 'SIGKILL');
    });
  }, MEMORY_INTERVAL_MS);
  let killer: NodeJS.Timeout | undefined;
  const stop = () => {
    killGroup(pid, 'SIGTERM');
    killer = setTimeout(() => killGroup(pid, 'SIGKILL'), STOP_GRACE_MS);
  };
  if (run.signal.aborted) stop();
  else run.signal.addEventListener('abort', stop, { once: true });
  try {
    const end = await ended;
    return outOfMemory ? { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' } : end;
  } finally {
    clearInterval(memory);
    clearTimeout(killer);
    run.signal.removeEventListener('abort', stop);
    // What the program itself left behind.
    killGroup(pid, 'SIGKILL');
  }
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resident memory of all processes of a group. */
async function residentMiB(group: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pgid=,rss=']);
  const kibibytes = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number)).filter(([pgid]) => pgid === group)
    .reduce((sum, [, rss]) => sum + rss, 0);
  return kibibytes / 1024;
}
