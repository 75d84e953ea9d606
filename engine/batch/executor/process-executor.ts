import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AT_ONCE, ContainerRun, JobExecutor, OUT_OF_MEMORY, STOP_GRACE_MS } from './executor';
import { ContainerEnd } from '../job';
import type { ImageProgram } from './image-program';
import { watchMemory } from './memory-watch';
import { processesOf } from './processes';

/** Of an image's environment, what only holds in the image: there are other programs here. */
const OF_THE_IMAGE_ALONE = ['PATH', 'LD_LIBRARY_PATH'];
/** A process that there is not: only the mark counts. */
const NO_LEADER = -1;
/** Tells the processes of a container from all others. */
const MARK = 'LOCAL_BATCH_CONTAINER';

/**
 * Runs a container's program as a process of this machine, with a session, a scratch folder and a memory limit of its own; when its first
 * process has ended, nothing of the others is left, as with a container.
 *
 * @param programOf what an image would run
 * @param options `stopGraceMs`: between SIGTERM and SIGKILL
 */
export function processExecutor(programOf: (image: string) => ImageProgram, { stopGraceMs = STOP_GRACE_MS } = {}): JobExecutor {
  return {
    run: async (run) => {
      await mkdir(dirname(run.logFile), { recursive: true });
      const scratch = await mkdtemp(join(tmpdir(), 'batch-job-'));
      try {
        return await runProcess(run, programOf(run.container.definition.image), scratch, stopGraceMs);
      } finally {
        await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
      }
    },
    // What they do counts for nothing: the keys that they have are not good any more.
    removeLeft: async (jobId) => killAll(NO_LEADER, `AWS_BATCH_JOB_ID=${jobId}`),
  };
}

async function runProcess(run: ContainerRun, program: ImageProgram, scratch: string, stopGraceMs: number): Promise<ContainerEnd> {
  const { command } = run.container;
  const [file, ...args] = [...program.entryPoint, ...command.length > 0 ? command : program.command];
  const imageEnvironment = Object.entries(program.environment).filter(([name]) => !OF_THE_IMAGE_ALONE.includes(name));
  const mark = randomUUID();
  const log = openSync(run.logFile, 'a');
  const child = spawn(file, args, {
    cwd: scratch,
    env: {
      // Not this process's own environment: a job must not see its credentials.
      PATH: process.env.PATH,
      // A worker that Node.js runs starts sooner with what V8 compiled of it before.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      LANG: 'C.UTF-8',
      HOME: scratch,
      TMPDIR: scratch,
      ...Object.fromEntries(imageEnvironment),
      ...run.environment,
      [MARK]: mark,
    },
    // The file itself, so that nothing that is written is lost, nor waited for, when the program ends.
    stdio: ['ignore', log, log],
    detached: true,
  });
  const ended = new Promise<ContainerEnd>((resolve) => {
    child.on('error', (error) => resolve({ reason: `CannotStartContainerError: ${error.message}` }));
    child.on('exit', (code, signal) => resolve({ exitCode: code ?? 128 + constants.signals[signal!] }));
  });
  closeSync(log);
  return child.pid === undefined ? ended : watched(child.pid, run, ended, `${MARK}=${mark}`, stopGraceMs);
}

async function watched(pid: number, run: ContainerRun, ended: Promise<ContainerEnd>, mark: string, stopGraceMs: number): Promise<ContainerEnd> {
  const { memoryMiB } = run.container;
  let outOfMemory = false;
  const endWatch = watchMemory(pid, memoryMiB, () => {
    outOfMemory = true;
    kill(processesOf(pid), 'SIGKILL');
  });
  let killer: NodeJS.Timeout | undefined;
  const stop = () => {
    const all = () => processesOf(pid);
    if (run.signal.reason === AT_ONCE) return kill(all(), 'SIGKILL');
    // A container's stop signal goes to its first process; it may have to end the others in an order of its own.
    kill([pid], 'SIGTERM');
    killer = setTimeout(() => kill(all(), 'SIGKILL'), stopGraceMs);
  };
  if (run.signal.aborted) stop();
  else run.signal.addEventListener('abort', stop, { once: true });
  try {
    const end = await ended;
    return outOfMemory ? { exitCode: 137, reason: OUT_OF_MEMORY } : end;
  } finally {
    endWatch();
    clearTimeout(killer);
    run.signal.removeEventListener('abort', stop);
    killAll(pid, mark);
  }
}

/** Ends what the program left behind, again until nothing is: a process may start another while it is looked for. */
function killAll(leader: number, mark: string): void {
  for (let round = 0; round < 10; round++) {
    const left = processesOf(leader, mark).filter((pid) => pid !== leader);
    if (left.length === 0) return;
    kill(left, 'SIGKILL');
  }
}

function kill(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // It has ended by itself, or (what the job cannot do) belongs to another user.
      if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code!)) throw error;
    }
  }
}
