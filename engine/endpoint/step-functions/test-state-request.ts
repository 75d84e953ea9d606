import { checkMockResult } from './mock-result';
import { known, oneOf, required, text, wholeNumber } from './states-input';
import { testContext } from './test-context';
import type { StateDefinition } from '../../asl/definition/definition';
import { isObject } from '../../asl/definition/field-checks';
import { DefinitionError } from '../../asl/definition/load-definition';
import { singleState, stateNamed, TestedState } from '../../asl/definition/tested-state';
import { parseShallow } from '../../asl/expression/strict-json';
import type { StateMock } from '../../asl/states/single-state';
import { ApiError } from '../api-error';
import type { Input } from '../json-protocol';

/** What a TestState request says, checked. */
export interface TestStateRequest {
  readonly state: TestedState;
  readonly input: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly wholeContext?: Readonly<Record<string, unknown>>;
  readonly roleArn?: string;
  readonly revealSecrets: boolean;
  readonly mock?: StateMock;
  readonly retrierRetryCount: number;
  readonly mapIterationFailureCount: number;
  readonly mapItemReaderData?: string;
}

const PARAMETERS = [
  'definition', 'roleArn', 'input', 'inspectionLevel', 'revealSecrets', 'variables', 'stateName', 'mock', 'context', 'stateConfiguration',
];
/** Lengths in the API's model. */
const [MAX_DEFINITION, MAX_JSON, MAX_NAME, MAX_ARN, MAX_ERROR, MAX_CAUSE] = [1_048_576, 262_144, 80, 256, 256, 32_768];
const MODES = ['STRICT', 'PRESENT', 'NONE'];
const MOCKED_TYPES = ['Task', 'Map', 'Parallel'];

/** Messages in AWS's words where they were recorded (localstack/localstack, tests that were validated on AWS). */
export function testStateRequest(input: Input): TestStateRequest {
  known('TestState', input, PARAMETERS);
  oneOf(input, 'inspectionLevel', ['INFO', 'DEBUG', 'TRACE']);
  const stateName = text(input, 'stateName', MAX_NAME, { sensitive: true });
  const roleArn = text(input, 'roleArn', MAX_ARN);
  const revealSecrets = flag(input, 'revealSecrets');
  const state = stateOf(required(input, 'definition', MAX_DEFINITION, true), stateName);
  const tested = state.definition.States[state.name];
  const mock = mockOf(input, tested);
  if (mock === undefined && (tested.Type === 'Map' || tested.Type === 'Parallel')) {
    throw new ApiError('InvalidDefinition', 'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]');
  }
  if (mock !== undefined && revealSecrets) throw invalid('TestState does not support RevealSecrets when a mock is specified.');
  const given = json(input, 'context');
  if (given !== undefined && mock === undefined) throw invalid('The context of a state can only be specified when a mock is specified');
  return {
    state,
    input: executionInput(input),
    variables: objectOf('variables', json(input, 'variables') ?? {}),
    wholeContext: given === undefined ? undefined : testContext(given, tested),
    roleArn,
    revealSecrets,
    mock,
    ...configuration(input, tested, mock),
  };
}

function stateOf(definition: string, stateName: string | undefined): TestedState {
  try {
    const parsed = parseShallow(definition);
    const found = stateName === undefined ? singleState(parsed) : stateNamed(parsed, stateName);
    if (found === undefined) throw invalid(`The definition has no state ${stateName}`);
    return found;
  } catch (error) {
    if (error instanceof DefinitionError) throw new ApiError('InvalidDefinition', `Invalid State Machine Definition: '${error.message}'`);
    if (!(error instanceof SyntaxError)) throw error;
    throw new ApiError('InvalidDefinition', `Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: ${error.message}'`);
  }
}

function mockOf(input: Input, state: StateDefinition): StateMock | undefined {
  const given = member(input, 'mock', ['result', 'errorOutput', 'fieldValidationMode']);
  if (given === undefined) return undefined;
  const mode = oneOf(given, 'fieldValidationMode', MODES) ?? 'STRICT';
  const result = json(given, 'result');
  const error = member(given, 'errorOutput', ['error', 'cause']);
  if ((result === undefined) === (error === undefined)) throw invalid('A test mock should have only one of the following fields: [result, errorOutput].');
  if (!MOCKED_TYPES.includes(state.Type)) throw invalid(`State type '${state.Type}' is not supported when a mock is specified`);
  if (error !== undefined) {
    return { error: required(error, 'error', MAX_ERROR, true), cause: text(error, 'cause', MAX_CAUSE, { least: 0, sensitive: true }) };
  }
  checkMockResult(state, result, mode);
  return { result };
}

function configuration(input: Input, { Type, ItemReader }: StateDefinition, mock: StateMock | undefined) {
  const given = member(input, 'stateConfiguration', ['retrierRetryCount', 'errorCausedByState', 'mapIterationFailureCount', 'mapItemReaderData']) ?? {};
  const retrierRetryCount = wholeNumber(given, 'retrierRetryCount', 0);
  const mapIterationFailureCount = wholeNumber(given, 'mapIterationFailureCount', 0);
  const mapItemReaderData = text(given, 'mapItemReaderData', MAX_JSON, { least: 0, sensitive: true });
  const by = text(given, 'errorCausedByState', MAX_NAME, { sensitive: true });
  const only = (name: string, is: boolean, what: string) => {
    if (given[name] !== undefined && !is) throw invalid(`stateConfiguration.${name} is only for ${what}`);
  };
  only('retrierRetryCount', mock !== undefined && 'error' in mock || mapIterationFailureCount !== undefined, 'a mocked error');
  only('mapIterationFailureCount', Type === 'Map', 'Map states');
  only('mapItemReaderData', ItemReader?.Resource.endsWith(':s3:getObject') === true, 'Map states whose ItemReader reads an object');
  only('errorCausedByState', by !== undefined && (Type === 'Map' || Type === 'Parallel') && mock !== undefined && 'error' in mock, 'an error of a Map or Parallel state');
  return { retrierRetryCount: retrierRetryCount ?? 0, mapIterationFailureCount: mapIterationFailureCount ?? 0, mapItemReaderData };
}

/** A structure within the request. */
function member(input: Input, name: string, names: readonly string[]): Input | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!isObject(value)) throw new ApiError('SerializationException', `${name} must be an object, got ${JSON.stringify(value)}`);
  known(name, value, names);
  return value;
}

function flag(input: Input, name: string): boolean {
  const value = input[name] ?? false;
  if (typeof value !== 'boolean') throw new ApiError('SerializationException', `${name} must be true or false, got ${JSON.stringify(value)}`);
  return value;
}

/** A text of the request that is JSON. */
function json(input: Input, name: string): unknown {
  const value = text(input, name, MAX_JSON, { least: 0, sensitive: true });
  if (value === undefined) return undefined;
  try {
    return parseShallow(value);
  } catch (error) {
    throw invalid(`${name} is not JSON: ${(error as Error).message}`);
  }
}

function executionInput(input: Input): unknown {
  const value = text(input, 'input', MAX_JSON, { least: 0, sensitive: true }) ?? '{}';
  try {
    return parseShallow(value);
  } catch (error) {
    throw new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(error as Error).message}'`);
  }
}

function objectOf(name: string, value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw invalid(`${name} must be a JSON object`);
  return value;
}

function invalid(message: string): ApiError {
  return new ApiError('ValidationException', message);
}
