import { ErrorCode } from './visit/errors';
import { FindIntegration, StatesError, TaskIntegration } from './visit/task-integration';

/** The mock file cannot be used. */
export class MockError extends Error {}

interface Response { readonly Return?: unknown; readonly Throw?: { readonly Error: string; readonly Cause?: string } }

/** A state's answers by the number of the call. */
interface Answer { readonly from: number; readonly to: number; readonly response: Response }

/** A function's Task has the function's own result, of which a mock may also be the call's. */
const FUNCTION = /^arn:[^:]+:lambda:/;
const NUMBERS = /^(\d+)(?:-(\d+))?$/;

/**
 * Tasks answered by a mock file, as AWS Step Functions Local defines it (developer guide, page "Configuration file for mocked service
 * integrations"): `{StateMachines: {NAME: {TestCases: {CASE: {STATE: RESPONSE}}}}, MockedResponses: {RESPONSE: {"0": {Return}, "1-2":
 * {Throw: {Error, Cause}}}}}`. The numbers are those of a state's calls in the execution, from 0; where the file has none for a call, as
 * in a loop or a Map, that of the call's try in its stay in the state.
 *
 * @param otherwise for the states that the test case does not name
 * @throws MockError which lists everything that is wrong with what the test case uses
 */
export function mockedIntegrations(
  file: unknown, stateMachine: string, testCase: string, otherwise: FindIntegration = () => undefined,
): FindIntegration {
  const problems: string[] = [];
  const { StateMachines = {}, MockedResponses = {} } = asObject(file) ?? {};
  const cases = asObject(asObject(asObject(StateMachines)?.[stateMachine])?.TestCases);
  if (cases === undefined) throw new MockError(`StateMachines has no "${stateMachine}" with TestCases; it has: ${names(StateMachines)}`);
  const chosen = asObject(cases[testCase]);
  if (chosen === undefined) throw new MockError(`StateMachines.${stateMachine}.TestCases has no "${testCase}"; it has: ${names(cases)}`);
  const answers = new Map<string, readonly Answer[]>();
  for (const [state, name] of Object.entries(chosen)) {
    const responses = typeof name === 'string' ? asObject(asObject(MockedResponses)?.[name]) : undefined;
    if (responses === undefined) problems.push(`state "${state}": MockedResponses has no "${String(name)}"; it has: ${names(MockedResponses)}`);
    else answers.set(state, Object.entries(responses).flatMap(([numbers, response]) => answer(`MockedResponses.${String(name)}`, numbers, response, problems)));
  }
  if (problems.length > 0) throw new MockError(problems.join('; '));
  const mocks = new Map([...answers].map(([state, found]) => [state, mock(state, found)]));
  return (resource, stateName) => mocks.get(stateName)?.(resource) ?? otherwise(resource, stateName);
}

function answer(at: string, numbers: string, value: unknown, problems: string[]): Answer[] {
  const [, from, to = from] = NUMBERS.exec(numbers) ?? [];
  if (from === undefined || Number(from) > Number(to)) {
    problems.push(`${at}: expected numbers of calls, for example "0" or "1-2", got "${numbers}"`);
    return [];
  }
  const response = asObject(value) ?? {};
  const { Return, Throw } = response;
  if ((Return === undefined) === (Throw === undefined)) problems.push(`${at}.${numbers}: expected either Return or Throw`);
  if (Throw !== undefined && typeof asObject(Throw)?.Error !== 'string') problems.push(`${at}.${numbers}.Throw: expected {"Error": NAME, "Cause": TEXT}`);
  return [{ from: Number(from), to: Number(to), response }];
}

function mock(stateName: string, answers: readonly Answer[]): (resource: string) => TaskIntegration {
  let calls = 0;
  const responseFor = (number: number) => answers.find(({ from, to }) => from <= number && number <= to)?.response;
  return (resource) => Object.assign<TaskIntegration, object>(async (_args, context) => {
    const call = calls++;
    const found = responseFor(call) ?? responseFor(context.retryCount);
    if (found === undefined) {
      throw new StatesError(ErrorCode.RUNTIME, `The mock of the state '${stateName}' has no response for call ${call}, try ${context.retryCount}`);
    }
    const submitted = /:::(.+):([^:]+\.(sync(?::2)?|waitForTaskToken))$/.exec(resource);
    // A job that failed is States.TaskFailed; another error of its integration is one of submitting it.
    const before = submitted?.[3].startsWith('sync') && found.Throw !== undefined && found.Throw.Error !== ErrorCode.TASK_FAILED;
    if (submitted !== null && !before) context.record('TaskSubmitted', { resourceType: submitted[1], resource: submitted[2], output: '{}' });
    if (found.Throw !== undefined) throw new StatesError(found.Throw.Error, found.Throw.Cause);
    const { StatusCode, Payload } = asObject(found.Return) ?? {};
    return FUNCTION.test(resource) && StatusCode !== undefined && Payload !== undefined ? Payload : found.Return;
  }, { takesCredentials: true });
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined;
}

function names(value: unknown): string {
  return Object.keys(asObject(value) ?? {}).join(', ') || 'nothing';
}
