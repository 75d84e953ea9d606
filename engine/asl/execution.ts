import { setMaxListeners } from 'node:events';
import { Clock } from './clock';
import type { StateMachineDefinition } from './definition/definition';
import type { ExpressionOptions } from './expression/expression';
import { jsonText } from './expression/json-text';
import { Child, ChildResult, ChildStart, ChildStore, isRedrivable, lastResult } from './record/children';
import { History, HistoryEvent, HistoryFull, MAX_EVENTS, Track } from './record/history';
import { redrivesOf } from './record/history-end';
import type { Item } from './record/item';
import type { MapRun } from './record/map-run';
import { Move, Place } from './record/place';
import { StateRunner } from './states/state-runner';
import { ErrorCode } from './visit/errors';
import { FindIntegration, StatesError } from './visit/task-integration';
import { Turns } from './visit/turns';

export interface ExecutionOptions {
  readonly definition: StateMachineDefinition;
  readonly input: unknown;
  readonly name: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly findIntegration: FindIntegration;
  readonly clock: Clock;
  /** Aborted to stop the execution. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: HistoryEvent) => void;
  /** When a distributed Map begins, knows its items, or ends; its counts change meanwhile. */
  readonly onMapRun?: (run: MapRun) => void;
  /** Where the child executions of distributed Maps leave what they do; without it, a redrive runs them from their beginning. */
  readonly children?: ChildStore;
  /** How many events there may be, the end of the execution included. */
  readonly maxEvents?: number;
  /** A child execution of a distributed Map has the Map's item in its context. */
  readonly item?: Item;
  /** Where the execution is, also for those who want to redrive it later. */
  readonly place?: Place;
  readonly redrive?: Redrive;
  /** What expressions may take, and who is told what they took. */
  readonly expressions?: ExpressionOptions;
}

/** A further attempt at an execution, from the place that it had come to. */
export interface Redrive {
  /** From 1. */
  readonly count: number;
  /** Of the first attempt. */
  readonly startTime: string;
  readonly events: readonly HistoryEvent[];
}

/** Why an execution is stopped: the reason of its signal, where whoever stops it tells one. */
export class StopReason extends Error {
  constructor(public readonly error?: string, cause?: string) {
    super(cause, { cause });
  }
}

export interface ExecutionResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly events: readonly HistoryEvent[];
}

/** "Maximum execution time" of an Express workflow: 5 minutes (AWS Step Functions developer guide, page "Choosing workflow type"). */
const EXPRESS_SECONDS = 300;

/**
 * Runs one execution to its end; whatever it started has ended then as well.
 *
 * @throws only for a defect of the engine or of an integration; how the execution failed is in the result
 */
export async function runExecution(options: ExecutionOptions): Promise<ExecutionResult> {
  const { definition, clock } = options;
  const express = definition.type === 'EXPRESS';
  const limit = options.maxEvents ?? (express ? Infinity : MAX_EVENTS);
  const history = new History(clock, options.onEvent ?? (() => undefined), limit, options.redrive?.events);
  const started = clock.now().toISOString();
  const { signal, limitReached, release } = executionSignal(options, history);
  const runner = new StateRunner({
    expressions: options.expressions ?? {},
    history,
    clock,
    turns: new Turns(),
    findIntegration: options.findIntegration,
    context: {
      Execution: {
        Id: options.executionArn,
        Input: options.input,
        Name: options.name,
        RoleArn: options.roleArn,
        StartTime: options.redrive?.startTime ?? started,
        ...express ? {} : { RedriveCount: options.redrive?.count ?? 0 },
        ...options.redrive === undefined ? {} : { RedriveTime: started },
      },
      StateMachine: { Id: options.stateMachineArn, Name: options.stateMachineName },
    },
    executionArn: options.executionArn,
    executionName: options.name,
    runChild: (child) => runChild(options, child),
    isRedrivable: (arn) => {
      const trail = options.children?.earlier(arn);
      return trail === undefined || isRedrivable(trail);
    },
    onMapRun: options.onMapRun ?? (() => undefined),
  });
  if (options.redrive === undefined) history.write('ExecutionStarted', { input: jsonText(options.input), roleArn: options.roleArn }, 0);
  else history.write('ExecutionRedriven', { redriveCount: options.redrive.count }, history.events.length);
  const track = new Track(options.redrive === undefined ? 0 : history.events.length);
  const place = options.place ?? new Place();
  const end = (status: ExecutionResult['status'], type: string, result: Omit<ExecutionResult, 'status' | 'events'>, previous = track.last) => {
    history.write(type, { ...result, ...'output' in result ? { output: jsonText(result.output) } : {} }, previous);
    return { status, ...result, events: history.events };
  };
  try {
    const output = await runner.run(definition, options.input, { variables: {}, item: options.item, track, place, nested: false }, signal);
    return end('SUCCEEDED', 'ExecutionSucceeded', { output });
  } catch (error) {
    if (limitReached()) {
      // Its error is told in the history alone, as AWS does it.
      history.write('ExecutionTimedOut', { error: ErrorCode.TIMEOUT }, 0);
      return { status: 'TIMED_OUT', events: history.events };
    }
    if (options.signal.aborted) return end('ABORTED', 'ExecutionAborted', stopDetails(options.signal.reason), 0);
    if (error instanceof HistoryFull) {
      const cause = `The execution reached the maximum number of history events (${options.maxEvents ?? MAX_EVENTS}).`;
      return end('FAILED', 'ExecutionFailed', { error: ErrorCode.RUNTIME, cause }, history.events.length);
    }
    if (!(error instanceof StatesError)) throw error;
    return end('FAILED', 'ExecutionFailed', {
      ...error.errorName === '' ? {} : { error: error.errorName },
      ...error.errorCause === undefined ? {} : { cause: error.errorCause },
    });
  } finally {
    release();
  }
}

function stopDetails(reason: unknown): { error?: string; cause?: string } {
  if (!(reason instanceof StopReason)) return {};
  return { ...reason.error === undefined ? {} : { error: reason.error }, ...reason.cause === undefined ? {} : { cause: reason.cause as string } };
}

/** Aborted when the execution is stopped or its time is up; what is cut off by it leaves no events. */
function executionSignal({ definition, clock, signal }: ExecutionOptions, history: History) {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const finished = new AbortController();
  let timedOut = false;
  const abort = (reason: unknown) => {
    history.seal();
    stop.abort(reason);
  };
  const onAbort = () => abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const seconds = definition.TimeoutSeconds ?? (definition.type === 'EXPRESS' ? EXPRESS_SECONDS : undefined);
  if (seconds !== undefined) {
    void clock.sleep(seconds * 1000, finished.signal).then(() => {
      timedOut = !stop.signal.aborted;
      abort(new Error('the execution timed out'));
    }, () => undefined);
  }
  const release = () => {
    finished.abort();
    signal.removeEventListener('abort', onAbort);
  };
  return { signal: stop.signal, limitReached: () => timedOut, release };
}

/**
 * A child execution has a history, and a context, of its own. One that an earlier attempt left unsuccessful is redriven, or if it is an
 * Express one, started again under its ARN (developer guide, "Redriving Map Runs in Step Functions executions").
 */
async function runChild(options: ExecutionOptions, child: Child): Promise<ChildResult> {
  const { clock, children } = options;
  const { executionArn: arn, express, name, mapRunArn, itemCount } = child;
  const trail = children?.earlier(arn);
  if (trail !== undefined && !isRedrivable(trail)) return lastResult(trail);
  const redriven = express ? undefined : trail;
  const stateMachineArn = arn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, '');
  const start: ChildStart = redriven?.start
    ?? { arn, name, mapRunArn, stateMachineArn, express, input: jsonText(child.input), itemCount, startDate: clock.now().toISOString() };
  if (redriven === undefined) children?.begin(start);
  const onMove = (move: Move) => children?.move(arn, move);
  const redriveCount = redriven === undefined ? 0 : redrivesOf(redriven.events).length + 1;
  const { events: _events, ...result } = await runExecution({
    ...options,
    ...child,
    input: JSON.parse(start.input),
    definition: { StartAt: child.definition.StartAt, States: child.definition.States, type: express ? 'EXPRESS' : 'STANDARD' },
    stateMachineArn,
    stateMachineName: arn.split(':')[6],
    onEvent: (event) => children?.event(arn, event),
    place: redriven === undefined ? new Place(onMove) : Place.after(redriven.moves, onMove),
    redrive: redriven === undefined ? undefined : { count: redriveCount, startTime: start.startDate, events: redriven.events },
  });
  return { ...result, startDate: start.startDate, stopDate: clock.now().toISOString(), redriveCount };
}
