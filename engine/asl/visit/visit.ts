import { Clock } from '../clock';
import { ErrorCode } from './errors';
import { FindIntegration, StatesError } from './task-integration';
import type { Turns } from './turns';
import type { StateDefinition, StatesDefinition } from '../definition/definition';
import { MAX_PAYLOAD_BYTES, MAX_VARIABLES_BYTES } from '../definition/payload-size';
import { Bindings, evaluate, EvaluationSettings, ExpressionError, ExpressionOptions, SETTINGS } from '../expression/expression';
import { jsonText } from '../expression/json-text';
import type { Child, ChildResult } from '../record/children';
import { History, Track } from '../record/history';
import type { Item } from '../record/item';
import type { MapRun } from '../record/map-run';
import type { Place } from '../record/place';

/** What all states of an execution share. */
export interface Engine {
  readonly expressions: ExpressionOptions;
  readonly history: History;
  readonly clock: Clock;
  /** Of Tasks that start side by side: seen in AWS, each is entered and scheduled at once, and all are started after that. */
  readonly turns: Turns;
  readonly findIntegration: FindIntegration;
  /** `$states.context` without what changes from state to state. */
  readonly context: Readonly<Record<string, any>>;
  /** `$states.context` as a whole, where a test of a single state gives it. */
  readonly wholeContext?: Readonly<Record<string, any>>;
  readonly executionArn: string;
  readonly executionName: string;
  readonly runChild: (child: Child) => Promise<ChildResult>;
  /** Of those that an attempt before the redrive left unsuccessful. */
  readonly isRedrivable: (childArn: string) => boolean;
  readonly onMapRun: (run: MapRun) => void;
}

/** What a state sees of where it is. */
export interface Scope {
  /** Those of the scopes around included; changed when a state has ended. */
  variables: Readonly<Record<string, unknown>>;
  readonly item: Item | undefined;
  readonly track: Track;
  readonly place: Place;
  /** Whether it is a branch or an iteration. */
  readonly nested: boolean;
  /** The stay in a state that has not been left, nor told its own failure. */
  open?: Visit;
}

/** A branch or an iteration of a stay in a Parallel or Map. */
export interface Line {
  readonly scope: Scope;
  /** An iteration's. */
  readonly index?: number;
}

/** One stay in a state. */
export interface Visit {
  readonly name: string;
  readonly state: StateDefinition;
  readonly input: unknown;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  readonly enteredAt: string;
  readonly enteredEvent: number;
  /** Ends the turn that a Task has from its entry until it is scheduled. */
  endTurn?: () => void;
  /** Of this try of a Task that waits. */
  taskToken?: string;
  retryCount: number;
  /** Of this try: the branches or iterations that were begun and have not succeeded. */
  lines: Set<Line>;
  /** Whether this try's work has been done, and Output and Assign are left. */
  succeeded: boolean;
}

/** Runs the states of a branch or an iteration; gives the last one's output. */
export type RunStates = (definition: StatesDefinition, input: unknown, scope: Scope, signal: AbortSignal) => Promise<unknown>;

/** The states that have a Retry tell of it. */
const WITH_RETRY_COUNT = ['Task', 'Map', 'Parallel'];

/** What an expression of the state can read. */
export function bindings(engine: Engine, visit: Visit, more: Readonly<Record<string, unknown>> = {}): Bindings {
  const { name, state, input, scope, enteredAt, retryCount, taskToken } = visit;
  const context = engine.wholeContext ?? {
    ...engine.context,
    State: { Name: name, EnteredTime: enteredAt, ...WITH_RETRY_COUNT.includes(state.Type) ? { RetryCount: retryCount } : {} },
    ...scope.item === undefined ? {} : { Map: { Item: scope.item } },
    ...taskToken === undefined ? {} : { Task: { Token: taskToken } },
  };
  const { budgetOf, onUsage } = engine.expressions;
  const settings: EvaluationSettings = {
    now: () => engine.clock.now().getTime(),
    budget: budgetOf?.(name),
    onUsage: onUsage && ((evaluated) => onUsage({ state: name, ...evaluated })),
  };
  return { ...scope.variables, states: { input, context, ...more }, [SETTINGS]: settings };
}

/** Evaluates a field, or gives the default where the state does not have it. */
export async function field(engine: Engine, visit: Visit, name: 'Arguments' | 'Credentials', otherwise: unknown): Promise<unknown> {
  const value = visit.state[name];
  return value === undefined ? otherwise : evaluate(value, name, bindings(engine, visit));
}

/** The failure that Retry and Catch see; an expression's is told in the history first. */
export function asStatesError(engine: Engine, visit: Visit, error: unknown): StatesError {
  if (error instanceof StatesError) return error;
  if (!(error instanceof ExpressionError)) throw error;
  const failure = new StatesError(ErrorCode.EVALUATION, within(visit, error.message));
  const { errorName, errorCause } = failure;
  const { history } = engine;
  const { track } = visit.scope;
  // Seen in AWS: what fails as the state is entered comes after what was before the state.
  const previous = track.last === visit.enteredEvent && !error.entered ? history.previousOf(visit.enteredEvent) : track.last;
  history.add('EvaluationFailed', { error: errorName, cause: errorCause, location: error.field, state: visit.name }, track, previous);
  return failure;
}

/** A cause that Step Functions itself writes. */
export function within(visit: Visit, message: string): string {
  return `An error occurred while executing the state '${visit.name}' (entered at the event id #${visit.enteredEvent}). ${message}`;
}

/** @param what the state or task that gave the value */
export function requireSize(value: unknown, what: string): void {
  if (value !== undefined && Buffer.byteLength(jsonText(value)) > MAX_PAYLOAD_BYTES) throw tooLarge(what);
}

const sizes = new WeakMap<object, number>();

/** Of all the variables that a state sees; their values do not change, so each is measured once. */
export function requireSizeOfVariables(variables: Readonly<Record<string, unknown>>, what: string): void {
  let sum = 0;
  for (const value of Object.values(variables)) {
    const known = typeof value === 'object' && value !== null ? sizes.get(value) : undefined;
    const bytes = known ?? Buffer.byteLength(jsonText(value));
    if (known === undefined && typeof value === 'object' && value !== null) sizes.set(value, bytes);
    sum += bytes;
  }
  if (sum > MAX_VARIABLES_BYTES) throw tooLarge(what);
}

function tooLarge(what: string): StatesError {
  return new StatesError(ErrorCode.DATA_LIMIT, `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`);
}
