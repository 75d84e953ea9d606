import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ContainerEngine, wantsBareMachine } from './container-engine';
import { AT_ONCE, ContainerRun, JobExecutor, OUT_OF_MEMORY, STOP_GRACE_MS } from './executor';
import { ContainerEnd } from '../job';

/** Exit codes of `run` where there may be no container: the engine failed, its program cannot be run, or is not there. */
const ENGINE_FAILED = [125, 126, 127];
const KILLED = 137;
const RETRY_STOP_MS = 200;
/** For a machine without systemd, and one that may not raise its limits: how podman can be run there all the same. */
export const BARE_MACHINE: Readonly<Record<'engine' | 'run', readonly string[]>> = {
  engine: ['--runtime=runc', '--cgroup-manager=cgroupfs'], run: ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024'],
};

/**
 * Runs the containers of jobs as Amazon ECS does: as the image's user or the definition's, with a read-only root file system where it says
 * so, the job's volumes, and a memory limit that the kernel enforces. Their network is the machine's, so that they find the local endpoint
 * on the loopback address.
 *
 * An image of the app is built the first time, and one from elsewhere pulled.
 *
 * @param readable folders of this machine that they may read, at the same paths
 * @param options `stopGraceMs`: between SIGTERM and SIGKILL
 */
export function containerExecutor(engine: ContainerEngine, readable: readonly string[] = [], { stopGraceMs = STOP_GRACE_MS } = {}): JobExecutor {
  let bare = false;
  return {
    run: async (run) => {
      await mkdir(dirname(run.logFile), { recursive: true });
      let image: string;
      try {
        image = await engine.image(run.container.definition.image);
      } catch (error) {
        return { reason: `CannotPullContainerError: ${(error as Error).message}` };
      }
      // Several containers may find out side by side.
      const wasBare = bare;
      let attempt = await runContainer(engine, image, run, { bare: wasBare, readable, stopGraceMs });
      if (attempt.engineError !== undefined && engine.isPodman && !wasBare && wantsBareMachine(attempt.engineError)) {
        bare = true;
        attempt = await runContainer(engine, image, run, { bare, readable, stopGraceMs });
      }
      if (attempt.engineError === undefined) return attempt.end;
      appendFileSync(run.logFile, attempt.engineError);
      return { reason: `CannotStartContainerError: ${attempt.engineError.trim()}` };
    },
    removeLeft: async (jobId) => {
      const containers = await engine.list(['ps', '--all', '--filter', `label=${labelOf(engine, jobId)}`]);
      // At once: a removal alone would first ask them to stop. What has ended meanwhile cannot be killed.
      if (containers.length > 0) await engine.run(['kill', ...containers]).catch(() => undefined);
      if (containers.length > 0) await engine.run(['rm', '--force', '--volumes', ...containers]);
    },
  };
}

function readOnlyMount(path: string): string[] {
  return ['--mount', `type=bind,${csv(`source=${path}`)},${csv(`destination=${path}`)},ro=true`];
}

/** A mount is a line of CSV: a folder's name may have a comma. */
function csv(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}

function labelOf({ product }: ContainerEngine, jobId: string): string {
  return `${product}.job=${jobId}`;
}

interface RunOptions {
  /** Whether podman must be run as on a bare machine. */
  readonly bare: boolean;
  readonly readable: readonly string[];
  readonly stopGraceMs: number;
}

async function runContainer(
  engine: ContainerEngine, image: string, run: ContainerRun, { bare, readable, stopGraceMs }: RunOptions,
): Promise<{ end: ContainerEnd; engineError?: string }> {
  const name = `${engine.product}-${randomUUID()}`;
  const folder = await mkdtemp(join(tmpdir(), `${engine.product}-container-`));
  const environmentFile = join(folder, 'environment');
  const errors = join(folder, 'errors');
  // Not on the command line, where every user of the machine could read the job's keys.
  await writeFile(environmentFile, environmentLines(run.environment), { mode: 0o600 });
  const [log, errorLog] = [openSync(run.logFile, 'a'), openSync(errors, 'a')];
  try {
    const child = spawn(engine.program, [...bare ? BARE_MACHINE.engine : [], ...runArguments(engine, image, run, [
      '--name', name, '--env-file', environmentFile, ...readable.flatMap(readOnlyMount),
      ...bare ? BARE_MACHINE.run : [],
    ])], {
      // Where podman's monitor leaves a file when memory runs out.
      cwd: folder,
      stdio: ['ignore', log, errorLog],
      // A signal of the terminal is for the pipeline, which stops the container as it should be stopped.
      detached: true,
    });
    const ended = new Promise<number | Error>((resolve) => {
      child.once('error', resolve);
      child.once('exit', (code) => resolve(code ?? KILLED));
    });
    const code = await stoppable(engine, name, run.signal, stopGraceMs, ended);
    const written = await readFile(errors, 'utf8');
    if (code instanceof Error) return { end: {}, engineError: code.message };
    if (code !== 0 && await neverStarted(engine, name, code)) return { end: {}, engineError: written };
    // What the program itself wrote to standard error.
    if (written !== '') appendFileSync(run.logFile, written);
    const outOfMemory = code === KILLED && !run.signal.aborted;
    return { end: outOfMemory ? { exitCode: KILLED, reason: OUT_OF_MEMORY } : { exitCode: code } };
  } finally {
    closeSync(log);
    closeSync(errorLog);
    await engine.run(['rm', '--force', '--volumes', name]).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}

function runArguments(engine: ContainerEngine, image: string, { jobId, container }: ContainerRun, more: readonly string[]): string[] {
  const { user, readonlyRootFilesystem, mounts } = container.definition;
  const memory = `${container.memoryMiB}m`;
  return [
    // Not --rm: through a Docker client of podman's service, the exit code would be lost with the container.
    'run', '--label', labelOf(engine, jobId), '--pull=never', '--network=host', '--log-driver=none',
    '--memory', memory, '--memory-swap', memory, '--cpus', String(Math.max(1, container.vcpus)),
    ...user === undefined ? [] : ['--user', user],
    // Podman would let a container of a read-only file system write to /tmp, which ECS does not.
    ...readonlyRootFilesystem ? ['--read-only', ...engine.isPodman ? ['--read-only-tmpfs=false'] : []] : [],
    ...mounts.flatMap(({ path, readOnly }) => ['--mount', [
      'type=volume', `destination=${path}`, ...readOnly ? ['ro=true'] : [],
    ].join(',')]),
    ...more,
    image,
    ...container.command,
  ];
}

/** Waits for the end of `run`, and stops the container where the signal says so, from whenever it is there to be stopped. */
async function stoppable<T>(
  engine: ContainerEngine, name: string, signal: AbortSignal, stopGraceMs: number, ended: Promise<T>,
): Promise<T> {
  let over = false;
  const stop = async () => {
    const args = signal.reason === AT_ONCE ? ['kill', name] : ['stop', '-t', String(stopGraceMs / 1000), name];
    while (!over) {
      if (await engine.run(args).then(() => true, () => false)) return;
      await wait(RETRY_STOP_MS);
    }
  };
  const onAbort = () => { void stop(); };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await ended;
  } finally {
    over = true;
    signal.removeEventListener('abort', onAbort);
  }
}

/** A Docker client of podman's service gives 1 where podman gives 127, so that the code alone does not tell it. */
async function neverStarted(engine: ContainerEngine, name: string, code: number): Promise<boolean> {
  // When the container's program was started, as the engine writes it; empty where there is no such container.
  const started = (await engine.run(['container', 'inspect', '--format', '{{.State.StartedAt}}', name]).catch(() => '')).trim();
  return started === '' ? ENGINE_FAILED.includes(code) : started.startsWith('0001-01-01');
}

/** One variable a line; the file's format has no way to write a line end in a value. */
function environmentLines(environment: Readonly<Record<string, string>>): string {
  const broken = Object.keys(environment).find((name) => /[\r\n]/.test(environment[name]));
  if (broken !== undefined) throw new Error(`the environment variable ${broken} has several lines, which cannot be given to a container here`);
  return Object.entries(environment).map(([name, value]) => `${name}=${value}\n`).join('');
}
