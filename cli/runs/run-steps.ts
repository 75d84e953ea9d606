import type { RunStatus } from './runs';
import type { ReportEvent } from '../trail/history-event';
import { enteredBy, StateVisit, stateVisits } from '../trail/state-visits';

/** How many of a step's jobs there are; those of a Map are its iterations, whatever a job is tried again. */
export interface JobCounts {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

/** A task or a Map of a run. */
export interface RunStep {
  readonly name: string;
  readonly status: 'RUNNING' | 'DONE' | 'FAILED' | 'STOPPED';
  /** Milliseconds. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Absent where it runs no job. */
  readonly jobs?: JobCounts;
  /** Where it is a distributed Map: who counts its jobs. */
  readonly mapRunArn?: string;
}

/** The steps that a run's history tells of, in the order of their beginnings; visited again, a step is one still. */
export function runSteps(events: readonly ReportEvent[], status: RunStatus): RunStep[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  const jobs = jobsOfVisits(events, byId);
  const steps = new Map<string, RunStep>();
  for (const visit of stateVisits(events).filter(({ type, outer }) => outer && (type === 'Task' || type === 'Map'))) {
    const { mapRunArn, indexes, length } = jobs.get(visit.id) ?? {};
    const known = steps.get(visit.name);
    steps.set(visit.name, {
      name: visit.name,
      status: statusOf(visit, status),
      startedAt: known?.startedAt ?? visit.enteredAt,
      ...visit.endedAt === undefined ? {} : { endedAt: visit.endedAt },
      ...length === undefined ? {} : { jobs: counts(visit, length, indexes) },
      ...mapRunArn === undefined ? {} : { mapRunArn },
    });
  }
  return [...steps.values()];
}

/** All jobs of the steps that were begun. */
export function allJobs(steps: readonly RunStep[]): JobCounts {
  const sum = (field: keyof JobCounts) => steps.reduce((total, { jobs }) => total + (jobs?.[field] ?? 0), 0);
  return { total: sum('total'), done: sum('done'), failed: sum('failed') };
}

interface VisitJobs {
  length?: number;
  mapRunArn?: string;
  /** Of a Map's iterations. */
  indexes?: { readonly done: Set<unknown>; readonly failed: Set<unknown> };
}

function jobsOfVisits(events: readonly ReportEvent[], byId: ReadonlyMap<number, ReportEvent>): Map<number, VisitJobs> {
  const visits = new Map<number, VisitJobs>();
  /** By the Map's name: of its last visit. */
  const maps = new Map<unknown, VisitJobs>();
  for (const event of events) {
    const { type, details } = event;
    const at = () => {
      const id = enteredBy(event, byId)?.id ?? 0;
      const visit = visits.get(id) ?? {};
      visits.set(id, visit);
      return visit;
    };
    if (type === 'MapStateStarted') {
      const visit = Object.assign(at(), { length: Number(details.length), indexes: { done: new Set(), failed: new Set() } });
      maps.set(enteredBy(event, byId)?.details.name, visit);
    } else if (type === 'MapRunStarted') {
      Object.assign(at(), { mapRunArn: details.mapRunArn });
    } else if (type === 'MapIterationSucceeded' || type === 'MapIterationFailed') {
      const indexes = maps.get(details.name)?.indexes;
      // A redrive may bring an iteration to its end that had failed.
      indexes?.failed.delete(details.index);
      indexes?.[type === 'MapIterationSucceeded' ? 'done' : 'failed'].add(details.index);
    } else if (type === 'TaskScheduled' && details.resourceType === 'batch') {
      const visit = at();
      visit.length ??= 1;
    }
  }
  return visits;
}

function counts(visit: StateVisit, length: number, indexes: VisitJobs['indexes']): JobCounts {
  if (indexes !== undefined) return { total: length, done: indexes.done.size, failed: indexes.failed.size };
  return { total: length, done: visit.endedAt !== undefined && visit.error === undefined ? 1 : 0, failed: visit.error === undefined ? 0 : 1 };
}

function statusOf({ endedAt, error }: StateVisit, run: RunStatus): RunStep['status'] {
  if (error !== undefined) return 'FAILED';
  if (endedAt !== undefined) return 'DONE';
  return run === 'RUNNING' || run === 'PENDING_REDRIVE' ? 'RUNNING' : 'STOPPED';
}
