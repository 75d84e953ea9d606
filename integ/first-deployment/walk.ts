import { TestStateCommand, TestStateCommandInput, TestStateCommandOutput } from '@aws-sdk/client-sfn';
import type { Session } from './session';

/** A state machine or a branch, as the template has it. */
export interface StatesDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, any>>;
}

/** One call of TestState, as it is kept. */
export interface StateCall {
  readonly state: string;
  readonly request: TestStateCommandInput;
  readonly response: Omit<TestStateCommandOutput, '$metadata'>;
}

export interface Walk {
  readonly calls: StateCall[];
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output: string;
  readonly error?: string;
  readonly cause?: string;
}

interface Place {
  readonly input: string;
  readonly variables: string;
}

/** Not one of a pipeline's longest ways; more would be a loop. */
const MAX_STATES = 60;
/** API reference, MockErrorOutput. */
const MAX_CAUSE = 32_768;
const CONTEXT = '$states.context';
const CONTEXT_VARIABLE = 'firstDeploymentContext';
const TIME = '2026-01-01T00:00:00.000Z';

/**
 * Goes through a state machine by TestState, state after state, from an input to the end: each state gets what the one before it gave.
 * What Tasks and Maps do is mocked, so that nothing is started; branches of a Parallel are gone through as well.
 */
export async function walkStates(session: Session, machine: StatesDefinition, input: unknown, count: number): Promise<Walk> {
  const calls: StateCall[] = [];
  const walk = async (states: StatesDefinition, from: Place): Promise<Omit<Walk, 'calls'>> => {
    let place = from;
    let name: string | undefined = states.StartAt;
    while (name !== undefined) {
      if (calls.length >= MAX_STATES) throw new Error(`more than ${MAX_STATES} states were gone through; the last was ${name}`);
      const state: any = states.States[name];
      const branches: Omit<Walk, 'calls'>[] = [];
      for (const branch of state.Type === 'Parallel' ? state.Branches : []) branches.push(await walk(branch, await argumentsOf(state, place)));
      const mock = mockOf(state, branches, count);
      const context = contextOf(name, input);
      const request: TestStateCommandInput = {
        ...mock === undefined ? withContext(state, place, context)
          : { definition: jsonata(state), ...place, mock, context: JSON.stringify(context) },
        inspectionLevel: 'DEBUG',
      };
      const { $metadata, ...response } = await session.sfn.send(new TestStateCommand(request));
      calls.push({ state: name, request, response });
      const { status, output = '{}', error, cause, nextState, inspectionData } = response;
      if (status === 'FAILED' || status === 'RETRIABLE') return { status: 'FAILED', output, error, cause };
      place = { input: output, variables: withoutContext(inspectionData?.variables ?? place.variables) };
      name = nextState;
    }
    return { status: 'SUCCEEDED', output: place.input };
  };
  const argumentsOf = async (state: any, place: Place): Promise<Place> => {
    if (state.Arguments === undefined) return place;
    // A Pass gives what the Parallel's Arguments give.
    const pass = { Type: 'Pass', Output: state.Arguments, End: true };
    const { output = '{}' } = await session.sfn.send(new TestStateCommand(withContext(pass, place, contextOf('Arguments', input))));
    return { ...place, input: output };
  };
  return { ...await walk(machine, { input: JSON.stringify(input), variables: '{}' }), calls };
}

function mockOf(state: any, branches: readonly Omit<Walk, 'calls'>[], count: number): TestStateCommandInput['mock'] {
  if (state.Type === 'Map') return { result: JSON.stringify(Array.from({ length: count }, () => ({}))) };
  if (state.Type === 'Parallel') {
    const failed = branches.find(({ status }) => status === 'FAILED');
    if (failed !== undefined) return { errorOutput: { error: failed.error ?? 'Unknown', cause: failed.cause?.slice(0, MAX_CAUSE) } };
    return { result: JSON.stringify(branches.map(({ output }) => JSON.parse(output))) };
  }
  // What is asked is what the expressions make of a result, and not whether the service would give it.
  return state.Type === 'Task' ? { result: JSON.stringify(resultOf(state.Resource, count)), fieldValidationMode: 'NONE' } : undefined;
}

/** What the service gives that the Task calls. */
function resultOf(resource: string, count: number): object {
  if (resource.endsWith(':batch:submitJob.sync')) {
    return { JobName: 'j', JobId: '0', JobQueue: 'q', JobDefinition: 'd', Status: 'SUCCEEDED', StartedAt: 1, Container: { ExitCode: 0 } };
  }
  if (resource.endsWith(':s3:getObject')) return { Body: alignment(count) };
  return {};
}

/** As Clustal Omega writes the first block. */
function alignment(count: number): string {
  const rows = Array.from({ length: count }, (_, index) => `entry-${index}      MKVAVSQPLL\n`);
  return `CLUSTAL O(1.2.4) multiple sequence alignment\n\n\n${rows.join('')}                 **********\n\n`;
}

/** A state by itself. */
function jsonata(state: object): string {
  return JSON.stringify({ ...state, QueryLanguage: 'JSONata' });
}

/**
 * TestState takes a context beside a mock alone, and without one the execution's input is the state's. So the state reads a variable in
 * the context's place; for what its expressions take, that is the same.
 */
function withContext(state: object, { input, variables }: Place, context: object): Place & { readonly definition: string } {
  const definition = jsonata(state);
  if (!definition.includes(CONTEXT)) return { definition, input, variables };
  return {
    definition: definition.replaceAll(CONTEXT, `$${CONTEXT_VARIABLE}`),
    input,
    variables: JSON.stringify({ ...JSON.parse(variables) as object, [CONTEXT_VARIABLE]: context }),
  };
}

function withoutContext(variables: string): string {
  const { [CONTEXT_VARIABLE]: _context, ...others } = JSON.parse(variables) as Record<string, unknown>;
  return JSON.stringify(others);
}

function contextOf(name: string, input: unknown): object {
  const arn = (path: string) => `arn:aws:states:us-east-1:123456789012:${path}`;
  return {
    Execution: {
      Id: arn('execution:Machine:first-deployment'),
      Input: input,
      Name: 'first-deployment',
      RoleArn: 'arn:aws:iam::123456789012:role/Role',
      StartTime: TIME,
    },
    State: { Name: name, EnteredTime: TIME, RetryCount: 0 },
    StateMachine: { Id: arn('stateMachine:Machine'), Name: 'Machine' },
  };
}
