import { WorkerCommand } from './worker-command-line';

/** The commands of a run's jobs, in the order of their steps. */
export const STEP_COMMANDS = [WorkerCommand.RETRIEVE, WorkerCommand.ALIGN, WorkerCommand.COLLECT] as const;

export type StepCommand = (typeof STEP_COMMANDS)[number];

/** What the name of a job begins with: `pavi-retrieve-`. The run's name follows and, of a retrieval job, `-` and its first entry. */
export function jobNamePrefix(command: StepCommand): string {
  return `pavi-${command}-`;
}

/** What a job's name cannot have; each such character of a run's name becomes `-` (AWS Batch API reference, page "SubmitJob", jobName). */
export const NOT_IN_JOB_NAME = '[^A-Za-z0-9_-]';

/** What stands before the name of the failed job's log stream in a run's cause. */
export const LOG_STREAM_IN_CAUSE = '; log stream ';
