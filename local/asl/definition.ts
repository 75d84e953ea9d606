import { compile, expressionIn } from './expression';

export type StateType = 'Pass' | 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Fail' | 'Parallel' | 'Map';

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
}

export interface ChoiceRule {
  readonly Condition: string;
  readonly Next: string;
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
}

/** A state as it is written; which fields it has depends on its type. */
export interface StateDefinition {
  readonly Type: StateType;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Arguments?: unknown;
  readonly Resource?: string;
  readonly TimeoutSeconds?: unknown;
  readonly HeartbeatSeconds?: unknown;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Choices?: readonly ChoiceRule[];
  readonly Default?: string;
  readonly Seconds?: unknown;
  readonly Timestamp?: unknown;
  readonly Error?: unknown;
  readonly Cause?: unknown;
  readonly Branches?: readonly StatesDefinition[];
  readonly Items?: unknown;
  readonly ItemSelector?: unknown;
  readonly ItemProcessor?: StatesDefinition;
  readonly MaxConcurrency?: unknown;
}

export interface StatesDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, StateDefinition>>;
}

export interface StateMachineDefinition extends StatesDefinition {
  readonly TimeoutSeconds?: number;
  readonly type: 'STANDARD' | 'EXPRESS';
}

/** The definition is not one that runs here; lists everything that is wrong with it. */
export class DefinitionError extends Error {
  constructor(public readonly problems: readonly string[]) {
    super(problems.join('; '));
    this.name = 'DefinitionError';
  }
}

const COMMON = ['Type', 'Comment', 'QueryLanguage'];
const FLOW = ['Next', 'End', 'Output', 'Assign'];
const TRYING = ['Retry', 'Catch'];
/** The Amazon States Language's fields for JSONata, by type of state. */
const FIELDS: Readonly<Record<StateType, readonly string[]>> = {
  Pass: FLOW,
  Task: [...FLOW, ...TRYING, 'Resource', 'Arguments', 'TimeoutSeconds', 'HeartbeatSeconds'],
  Choice: ['Choices', 'Default', 'Output', 'Assign'],
  Wait: [...FLOW, 'Seconds', 'Timestamp'],
  Succeed: ['Output'],
  Fail: ['Error', 'Cause'],
  Parallel: [...FLOW, ...TRYING, 'Branches', 'Arguments'],
  Map: [...FLOW, ...TRYING, 'Items', 'ItemSelector', 'ItemProcessor', 'MaxConcurrency'],
};

/**
 * Checks a definition and everything in it.
 *
 * @throws DefinitionError
 */
export function loadDefinition(definition: unknown, type: 'STANDARD' | 'EXPRESS'): StateMachineDefinition {
  const problems: string[] = [];
  const machine = definition as Record<string, unknown>;
  if (machine.QueryLanguage !== 'JSONata') problems.push('QueryLanguage: JSONPath is not supported; the state machine\'s must be JSONata');
  if (type === 'EXPRESS') problems.push('an EXPRESS state machine is not supported; STANDARD is');
  unknownFields(machine, ['Comment', 'StartAt', 'States', 'QueryLanguage', 'TimeoutSeconds', 'Version'], '', problems);
  checkStates(machine, '', problems);
  if (problems.length > 0) throw new DefinitionError(problems);
  return { ...machine as unknown as StatesDefinition, TimeoutSeconds: machine.TimeoutSeconds as number | undefined, type };
}

/** The Resource of every Task, those inside of Map and Parallel states included. */
export function taskResources(definition: StatesDefinition): { state: string; resource: string }[] {
  return Object.entries(definition.States).flatMap(([state, { Resource, ItemProcessor, Branches = [] }]) => [
    ...Resource === undefined ? [] : [{ state, resource: Resource }],
    ...[...ItemProcessor === undefined ? [] : [ItemProcessor], ...Branches].flatMap(taskResources),
  ]);
}

function checkStates(machine: Record<string, any>, path: string, problems: string[]): void {
  const states: Record<string, any> = machine.States ?? {};
  const target = (where: string, name: unknown) => {
    if (name !== undefined && !(String(name) in states)) problems.push(`${where}: there is no state "${String(name)}"`);
  };
  if (machine.StartAt === undefined) problems.push(`${path}StartAt is missing`);
  target(`${path}StartAt`, machine.StartAt);
  for (const [name, state] of Object.entries(states)) {
    const at = `${path}States.${name}`;
    if (!(state.Type in FIELDS)) {
      problems.push(`${at}.Type: "${state.Type}" is not supported`);
      continue;
    }
    if (state.QueryLanguage !== undefined && state.QueryLanguage !== 'JSONata') problems.push(`${at}.QueryLanguage: ${state.QueryLanguage} is not supported`);
    unknownFields(state, [...COMMON, ...FIELDS[state.Type as StateType]], `${at}.`, problems);
    checkFlow(state, at, problems);
    [state, ...state.Choices ?? [], ...state.Catch ?? []].forEach((step) => target(`${at}.Next`, step.Next));
    target(`${at}.Default`, state.Default);
    checkExpressions({ ...state, ItemProcessor: undefined, Branches: undefined }, at, problems);
    if (state.Type === 'Map') checkMap(state, at, problems);
    (state.Branches ?? []).forEach((branch: Record<string, unknown>, index: number) => checkStates(branch, `${at}.Branches[${index}].`, problems));
  }
}

function checkFlow(state: Record<string, any>, at: string, problems: string[]): void {
  if (['Choice', 'Succeed', 'Fail'].includes(state.Type)) return;
  if ((state.Next === undefined) === (state.End !== true)) problems.push(`${at}: it needs either Next or End: true`);
  if (state.Type === 'Task' && typeof state.Resource !== 'string') problems.push(`${at}.Resource is missing`);
  if (state.Type === 'Wait' && (state.Seconds === undefined) === (state.Timestamp === undefined)) problems.push(`${at}: it needs either Seconds or Timestamp`);
}

function checkMap(state: Record<string, any>, at: string, problems: string[]): void {
  const { ItemProcessor } = state;
  if (ItemProcessor === undefined) {
    problems.push(`${at}.ItemProcessor is missing`);
    return;
  }
  const mode = ItemProcessor.ProcessorConfig?.Mode ?? 'INLINE';
  if (mode !== 'INLINE') problems.push(`${at}.ItemProcessor.ProcessorConfig.Mode: ${mode} is not supported; INLINE is`);
  unknownFields(ItemProcessor, ['Comment', 'StartAt', 'States', 'QueryLanguage', 'ProcessorConfig'], `${at}.ItemProcessor.`, problems);
  checkStates(ItemProcessor, `${at}.ItemProcessor.`, problems);
}

function checkExpressions(value: unknown, at: string, problems: string[]): void {
  const text = expressionIn(value);
  if (text !== undefined) {
    try {
      compile(text);
    } catch (error) {
      problems.push(`${at}: the expression cannot be parsed: ${(error as Error).message}`);
    }
  } else if (typeof value === 'object' && value !== null) {
    Object.entries(value).forEach(([key, item]) => checkExpressions(item, `${at}.${key}`, problems));
  }
}

function unknownFields(given: object, known: readonly string[], at: string, problems: string[]): void {
  Object.keys(given).filter((key) => !known.includes(key)).forEach((key) => problems.push(`${at}${key} is not supported`));
}
