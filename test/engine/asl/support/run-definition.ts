import { WorkflowType } from '../../../../engine/asl/definition/definition';
import { loadDefinition } from '../../../../engine/asl/definition/load-definition';
import { ExecutionOptions, ExecutionResult, runExecution } from '../../../../engine/asl/execution';
import { SimulatedClock } from '../../../../engine/asl/simulated-clock';
import type { FindIntegration, TaskIntegration } from '../../../../engine/asl/visit/task-integration';

export interface RunRequest extends Partial<ExecutionOptions> {
  readonly type?: WorkflowType;
  /** Answers of the Tasks, by the states' names; one for each try where it is a list, the last one again after its end. */
  readonly tasks?: Readonly<Record<string, TaskIntegration>>;
}

/** Tasks of tests take no time of their own, and neither does the machine, however slow it is; one that hangs does so in simulated time. */
export class TaskClock extends SimulatedClock {
  constructor(start = Date.now()) {
    super(Math.random, () => start);
  }

  public async during<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
}

export const EXECUTION_ARN = 'arn:aws:states:us-east-1:000000000000:execution:machine:run-1';

/** Runs a definition in simulated time. */
export function runDefinition(definition: unknown, request: RunRequest = {}): Promise<ExecutionResult> {
  const { type = 'STANDARD', tasks = {}, ...options } = request;
  const findIntegration: FindIntegration = (_resource, state) => tasks[state];
  return runExecution({
    definition: loadDefinition(definition, type),
    input: {},
    name: 'run-1',
    executionArn: EXECUTION_ARN,
    stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:machine',
    stateMachineName: 'machine',
    roleArn: 'arn:aws:iam::000000000000:role/machine',
    findIntegration,
    clock: new TaskClock(),
    signal: new AbortController().signal,
    ...options,
  });
}

/** A JSONata machine that starts at its first state; the last state of each list of states ends where nothing else is said. */
export function machine(states: Readonly<Record<string, any>>, more: Readonly<Record<string, unknown>> = {}): any {
  return { QueryLanguage: 'JSONata', ...branch(states), ...more };
}

/** The same, as a branch or an item processor: each state leads to the next one where it does not say where it leads. */
export function branch(states: Readonly<Record<string, any>>, more: Readonly<Record<string, unknown>> = {}): any {
  const names = Object.keys(states);
  const flowing = (state: any, index: number) => {
    if (['Choice', 'Succeed', 'Fail'].includes(state.Type) || 'Next' in state || 'End' in state) return state;
    return index + 1 < names.length ? { ...state, Next: names[index + 1] } : { ...state, End: true };
  };
  return { StartAt: names[0], States: Object.fromEntries(names.map((name, index) => [name, flowing(states[name], index)])), ...more };
}

/** One state alone. */
export function single(state: any, name = 'S'): any {
  return machine({ [name]: state });
}

/** A Pass state's Output. */
export function output(value: unknown): any {
  return single({ Type: 'Pass', Output: value });
}

export const LAMBDA = 'arn:aws:states:::lambda:invoke';
/** An integration's Task must have Arguments. */
export const task = (more: any = {}): any => ({ Type: 'Task', Resource: LAMBDA, Arguments: '{% $states.input %}', ...more });
export const pass = (more: any = {}): any => ({ Type: 'Pass', ...more });

/** `{% text %}` */
export const jsonata = (text: string): string => `{% ${text} %}`;
