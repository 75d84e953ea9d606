import { HistoryEvent, MAX_EVENTS } from './history';
import { endOf, EndStatus, redrivesOf } from './history-end';
import type { Item } from './item';
import type { Move } from './place';
import type { StatesDefinition } from '../definition/definition';

/** A child execution of a distributed Map, to be run or redriven. */
export interface Child {
  readonly definition: StatesDefinition;
  readonly express: boolean;
  readonly input: unknown;
  readonly name: string;
  readonly executionArn: string;
  readonly mapRunArn: string;
  /** How many of the Map's items it works on. */
  readonly itemCount: number;
  readonly item: Item | undefined;
  readonly signal: AbortSignal;
}

export interface ChildResult {
  readonly status: EndStatus;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly startDate: string;
  readonly stopDate: string;
  readonly redriveCount: number;
}

/** What is known of a child execution from its start on. */
export interface ChildStart {
  readonly arn: string;
  readonly name: string;
  readonly mapRunArn: string;
  readonly stateMachineArn: string;
  readonly express: boolean;
  /** JSON */
  readonly input: string;
  readonly itemCount: number;
  readonly startDate: string;
}

/** All that a child execution has left. */
export interface ChildTrail {
  readonly start: ChildStart;
  readonly events: readonly HistoryEvent[];
  readonly moves: readonly Move[];
}

/** Keeps what child executions do. */
export interface ChildStore {
  /** A child starts; what an earlier attempt of the same ARN left counts no more. */
  begin(start: ChildStart): void;
  event(arn: string, event: HistoryEvent): void;
  move(arn: string, move: Move): void;
  /** What an attempt before the redrive left. */
  earlier(arn: string): ChildTrail | undefined;
}

/** Whether there is room in its history for a redrive (developer guide, "Redriving Map Runs in Step Functions executions"). */
export function isRedrivable({ start, events }: ChildTrail): boolean {
  return start.express || events.length < MAX_EVENTS - 1;
}

/** "If an execution isn't redrivable, it won't be attempted again. The last error or output of the execution is permanent." (the same page) */
export function lastResult({ start, events }: ChildTrail): ChildResult {
  const { output, ...end } = endOf(events)!;
  const redriveCount = redrivesOf(events).length;
  return { ...end, ...output === undefined ? {} : { output: JSON.parse(output) }, startDate: start.startDate, redriveCount };
}
