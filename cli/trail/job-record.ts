import { jsonField, ReportEvent } from './history-event';
import { numberOf, textOf } from './untrusted';
import type { WorkerLog } from './worker-log';

export interface JobAttempt {
  /** Milliseconds, as all times here; absent where the attempt never ran. */
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly logStream?: string;
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
  const ends = endsOf(events, byId);
  return events.filter(isSubmission).map((submitted) => {
    const { JobId, JobName } = jsonField(submitted, 'output') ?? {};
    const end = ends.get(submitted.id) ?? ends.get(String(JobId));
    const description = end?.description;
    const state = before(submitted, byId, ({ type }) => type === 'TaskStateEntered');
    const iteration = before(submitted, byId, ({ type }) => type === 'MapIterationStarted')?.details.index;
    const request = jsonField(before(submitted, byId, ({ type }) => type === 'TaskScheduled'), 'parameters');
    const container = description?.Container ?? {};
    const requirement = (type: string) => numberOf(asList(container.ResourceRequirements ?? request?.ContainerOverrides?.ResourceRequirements)
      .find((item) => item?.Type === type)?.Value);
    return {
      id: String(JobId ?? description?.JobId ?? submitted.id),
      name: String(JobName ?? description?.JobName ?? ''),
      state: String(state?.details.name ?? ''),
      ...typeof iteration === 'number' ? { iteration } : {},
      status: end?.status ?? 'RUNNING',
      submittedAt: numberOf(description?.CreatedAt) ?? submitted.time,
      endedAt: numberOf(description?.StoppedAt) ?? end?.event.time,
      attempts: asList(description?.Attempts).map((attempt) => attemptOf(attempt, findLog)),
      reason: textOf(container.Reason) ?? textOf(description?.StatusReason) ?? (end?.status === 'FAILED' ? textOf(end.event.details.error) : undefined),
      command: asList(container.Command ?? request?.ContainerOverrides?.Command).map(String),
      image: textOf(container.Image),
      definition: textOf(description?.JobDefinition) ?? textOf(request?.JobDefinition),
      memoryMiB: requirement('MEMORY'),
      vcpus: requirement('VCPU'),
    } satisfies JobRecord;
  });
}

/** Of a task that waits for its job, and of one that does not (an Express workflow's). */
function isSubmission({ type, details: { resourceType, resource } }: ReportEvent): boolean {
  return resourceType === 'batch' && (type === 'TaskSubmitted' || (type === 'TaskSucceeded' && resource === 'submitJob'));
}

interface JobEnd {
  readonly event: ReportEvent;
  readonly status: JobRecord['status'];
  readonly description?: Record<string, any>;
}

/** How jobs ended: by their submission's event where the task waited for them; by their id where DescribeJobs was asked. */
function endsOf(events: readonly ReportEvent[], byId: ReadonlyMap<number, ReportEvent>): Map<number | string, JobEnd> {
  const ends = new Map<number | string, JobEnd>();
  for (const event of events.filter(({ type }) => ENDS.includes(type))) {
    if (event.details.resource === 'describeJobs') {
      for (const description of asList(jsonField(event, 'output')?.Jobs)) {
        const status = ['SUCCEEDED', 'FAILED'].includes(description?.Status) ? description.Status : 'RUNNING';
        ends.set(String(description?.JobId), { event, status, description });
      }
      continue;
    }
    // Another task's end comes after that task's own start.
    const submitted = before(event, byId, ({ type }) => type === 'TaskSubmitted' || type === 'TaskStateEntered');
    if (submitted?.type !== 'TaskSubmitted') continue;
    ends.set(submitted.id, {
      event, status: event.type === 'TaskSucceeded' ? 'SUCCEEDED' : 'FAILED', description: jsonField(event, 'output') ?? jsonField(event, 'cause'),
    });
  }
  return ends;
}

function attemptOf(attempt: any, findLog: FindLog): JobAttempt {
  const container = attempt?.Container;
  return {
    startedAt: numberOf(attempt?.StartedAt),
    stoppedAt: numberOf(attempt?.StoppedAt),
    exitCode: numberOf(container?.ExitCode),
    reason: textOf(container?.Reason) ?? textOf(attempt?.StatusReason),
    logStream: textOf(container?.LogStreamName),
    log: findLog(String(container?.LogStreamName)),
  };
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
    status: log.failures.length > 0 ? 'FAILED' as const : log.done ? 'SUCCEEDED' as const : 'RUNNING' as const,
    submittedAt: log.firstTime!,
    endedAt: log.lastTime,
    attempts: [{ startedAt: log.firstTime, stoppedAt: log.lastTime, logStream: log.stream, log }],
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
