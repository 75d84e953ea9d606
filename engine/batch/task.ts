import { setTimeout as wait } from 'node:timers/promises';
import type { ContainerDependency } from './definition/container-definition';
import type { JobExecutor, SharedVolume } from './executor/executor';
import type { ContainerEnd, JobContainer } from './job';

/** The containers of one attempt of a job. */
export interface TaskRun {
  readonly jobId: string;
  readonly containers: readonly JobContainer[];
  readonly environmentOf: (container: JobContainer) => Readonly<Record<string, string>>;
  readonly logFileOf: (container: JobContainer) => string;
  /** Aborted to stop all of them; see the executor. */
  readonly signal: AbortSignal;
}

export interface TaskEnd {
  /** In the order of the definition; one that never started has neither exit code nor reason, or a reason alone. */
  readonly ends: readonly ContainerEnd[];
  /** Of these, the essential container that ended first, and the job with it. */
  readonly decisive: number;
}

/** What ECS's agent gives a container that never started because it waited in vain; the code is that of SIGTERM, which nobody sent. */
const NEVER_RESOLVED = 143;

/**
 * Runs the containers of a job as Amazon ECS runs those of a task: each starts when those that it depends on have come so far; when an
 * essential one ends, the others are stopped. Sources: Batch API reference, "TaskContainerProperties" and "TaskContainerDependency"; what
 * becomes of a container whose dependency ended badly is only told by the source of the ECS agent (agent/engine/task_manager.go).
 */
export async function runTask(executor: JobExecutor, task: TaskRun): Promise<TaskEnd> {
  const over = new AbortController();
  const signal = AbortSignal.any([task.signal, over.signal]);
  const shared = await sharedVolumes(executor, task);
  let decisive: number | undefined;
  const running = new Map<string, RunningContainer>();
  try {
    const ends = await Promise.all(task.containers.map((container, index) => {
      let onStarted = () => {};
      const started = new Promise<void>((resolve) => { onStarted = resolve; });
      // In the next turn, when all are known: a container may depend on one that is defined after it.
      const ended = Promise.resolve().then(() => run(container, onStarted));
      running.set(container.definition.name, { container, started, ended });
      return ended.then((end) => {
        if (container.definition.essential) {
          decisive ??= index;
          over.abort();
        }
        return end;
      });
    }));
    return { ends, decisive: decisive ?? 0 };
  } finally {
    await Promise.all([...shared.values()].map((volume) => volume.remove()));
  }

  async function run(container: JobContainer, onStarted: () => void): Promise<ContainerEnd> {
    const waited = await dependencies(container, running, signal);
    if (waited !== undefined) return waited;
    const { name } = container.definition;
    const isAwaited = task.containers.some(({ definition }) => definition.dependsOn.some((dependency) => dependency.container === name));
    return executor.run({
      jobId: task.jobId,
      container,
      environment: task.environmentOf(container),
      logFile: task.logFileOf(container),
      signal,
      shared,
      ...isAwaited ? { onStarted } : {},
    });
  }
}

interface RunningContainer {
  readonly container: JobContainer;
  readonly started: Promise<void>;
  readonly ended: Promise<ContainerEnd>;
}

/** Resolves when a container may start, or else with its end. */
async function dependencies(
  { definition }: JobContainer, running: ReadonlyMap<string, RunningContainer>, signal: AbortSignal,
): Promise<ContainerEnd | undefined> {
  const stopped = new Promise<'stopped'>((resolve) => {
    if (signal.aborted) resolve('stopped');
    signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  for (const dependency of definition.dependsOn) {
    const problem = await Promise.race([stopped, problemOf(dependency, running.get(dependency.container)!)]);
    // What the end of the job leaves no time to start has neither an exit code nor a reason.
    if (problem === 'stopped' || signal.aborted) return {};
    if (problem !== undefined) {
      return {
        exitCode: NEVER_RESOLVED,
        reason: 'CannotStartContainerError: dependency graph: failed to resolve container ordering dependency '
          + `[${dependency.container}] for target [${definition.name}] ${problem}`,
      };
    }
  }
  return undefined;
}

/** Waits for a dependency; undefined when it has come as far as it should. */
async function problemOf({ condition }: ContainerDependency, { container, started, ended }: RunningContainer): Promise<string | undefined> {
  const hasStarted = await Promise.race([started.then(() => true), ended.then(({ exitCode, reason }) => exitCode !== undefined && reason?.startsWith('Cannot') !== true)]);
  if (!hasStarted) return 'because dependency will never start';
  if (condition === 'START') return undefined;
  const { startTimeout } = container.definition;
  const end = startTimeout === undefined ? await ended : await Promise.race([ended, wait(startTimeout * 1000, undefined, { ref: false })]);
  if (end === undefined) return 'has timed out';
  return condition === 'SUCCESS' && end.exitCode !== 0 ? 'as dependency did not exit successfully' : undefined;
}

/** A volume that is mounted twice; what one container alone mounts is its own. */
async function sharedVolumes(executor: JobExecutor, { jobId, containers }: TaskRun): Promise<Map<string, SharedVolume>> {
  const names = containers.flatMap(({ definition }) => definition.mounts.map(({ volume }) => volume));
  const shared = new Map<string, SharedVolume>();
  for (const name of new Set(names)) if (names.indexOf(name) !== names.lastIndexOf(name)) shared.set(name, await executor.makeVolume(jobId));
  return shared;
}
