import { jsonField, ReportEvent } from './history-event';
import type { WorkerLog } from './worker-log';

export interface JobAttempt {
  /** Milliseconds, as all times here; absent where the attempt never ran. */
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly log?: WorkerLog;
}

/** A Batch job of a run. */
export interface JobRecord {
  readonly id: string;
  readonly name: string;
  /** The state that submitted it. */
  readonly state: string;
  /** Of the Map's iteration that it belongs to. */
  readonly iteration?: number;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  readonly submittedAt: number;
  readonly endedAt?: number;
  readonly attempts: readonly JobAttempt[];
  readonly reason?: string;
  readonly command: readonly string[];
  readonly image?: string;
  readonly definition?: string;
  readonly memoryMiB?: number;
  readonly vcpus?: number;
}

export type FindLog = (stream: string) => WorkerLog | undefined;

/** The end of a job's task: its description (AWS Batch API reference, "JobDetail", with the names in upper camel case). */
const ENDS = ['TaskSucceeded', 'TaskFailed', 'TaskTimedOut'];
const MAP_ENDS = ['MapStateSucceeded', 'MapStateFailed', 'MapStateExited'];

/** The jobs that a history tells of, in the order of their submission. */
export function jobsOf(events: readonly ReportEvent[], findLog: FindLog): JobRecord[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  const endOf = new Map<number, ReportEvent>();
  for (const event of events.filter(({ type }) => ENDS.includes(type))) {
    // Another task's end comes after that task's own start.
    const submitted = before(event, byId, ({ type }) => type === 'TaskSubmitted' || type === 'TaskStateEntered');
    if (submitted?.type === 'TaskSubmitted') endOf.set(submitted.id, event);
  }
  return events.filter(({ type, details }) => type === 'TaskSubmitted' && details.resourceType === 'batch').map((submitted) => {
    const end = endOf.get(submitted.id);
    const description = jsonField(end, 'output') ?? jsonField(end, 'cause');
    const state = before(submitted, byId, ({ type }) => type === 'TaskStateEntered');
    const iteration = before(submitted, byId, ({ type }) => type === 'MapIterationStarted')?.details.index;
    const request = jsonField(before(submitted, byId, ({ type }) => type === 'TaskScheduled'), 'parameters');
    const { JobId, JobName } = jsonField(submitted, 'output') ?? {};
    const container = description?.Container ?? {};
    const requirement = (type: string) => numberOf(asList(container.ResourceRequirements ?? request?.ContainerOverrides?.ResourceRequirements)
      .find((item) => item?.Type === type)?.Value);
    const attempts = asList(description?.Attempts).map((attempt) => ({
      startedAt: numberOf(attempt?.StartedAt),
      stoppedAt: numberOf(attempt?.StoppedAt),
      exitCode: numberOf(attempt?.Container?.ExitCode),
      reason: textOf(attempt?.Container?.Reason) ?? textOf(attempt?.StatusReason),
      log: findLog(String(attempt?.Container?.LogStreamName)),
    }));
    return {
      id: String(JobId ?? description?.JobId ?? submitted.id),
      name: String(JobName ?? description?.JobName ?? ''),
      state: String(state?.details.name ?? ''),
      ...typeof iteration === 'number' ? { iteration } : {},
      status: end === undefined ? 'RUNNING' : end.type === 'TaskSucceeded' ? 'SUCCEEDED' : 'FAILED',
      submittedAt: numberOf(description?.CreatedAt) ?? submitted.time,
      endedAt: numberOf(description?.StoppedAt) ?? end?.time,
      attempts,
      reason: textOf(container.Reason) ?? textOf(description?.StatusReason) ?? (end?.type === 'TaskSucceeded' ? undefined : textOf(end?.details.error)),
      command: asList(container.Command ?? request?.ContainerOverrides?.Command).map(String),
      image: textOf(container.Image),
      definition: textOf(description?.JobDefinition) ?? textOf(request?.JobDefinition),
      memoryMiB: requirement('MEMORY'),
      vcpus: requirement('VCPU'),
    } satisfies JobRecord;
  });
}

/**
 * Jobs that only their logs tell of: those of a distributed Map's child executions, whose events are in histories of their own, and those
 * of a run that was interrupted.
 */
export function jobsOfLogs(logs: readonly WorkerLog[], known: readonly JobRecord[]): JobRecord[] {
  const streams = new Set(known.flatMap(({ attempts }) => attempts.map(({ log }) => log?.stream)));
  const ids = new Set(known.map(({ id }) => id));
  return logs.filter((log) => !streams.has(log.stream) && log.firstTime !== undefined && !ids.has(log.jobId ?? '')).map((log) => ({
    id: log.jobId ?? log.stream,
    name: log.stream,
    state: log.command ?? log.stream.split('/')[0],
    status: log.failures.length > 0 ? 'FAILED' as const : log.tail.some((line) => line.includes('"event":"done"')) ? 'SUCCEEDED' as const : 'RUNNING' as const,
    submittedAt: log.firstTime!,
    endedAt: log.lastTime,
    attempts: [{ startedAt: log.firstTime, stoppedAt: log.lastTime, log }],
    command: log.command === undefined ? [] : [log.command],
  }));
}

/** The nearest event before this one, on its own line of events, that fits; an iteration's line ends where another one's begins. */
export function before(event: ReportEvent, byId: ReadonlyMap<number, ReportEvent>, fits: (event: ReportEvent) => boolean): ReportEvent | undefined {
  for (let at = byId.get(event.previousEventId); at !== undefined; at = byId.get(at.previousEventId)) {
    if (fits(at)) return at;
    if (MAP_ENDS.includes(at.type) || at.previousEventId >= at.id) return undefined;
  }
  return undefined;
}

function asList(value: unknown): any[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number | undefined {
  const number = value === undefined || value === null ? NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
