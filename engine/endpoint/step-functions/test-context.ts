import type { StateDefinition } from '../../asl/definition/definition';
import { isObject } from '../../asl/definition/field-checks';
import { ApiError } from '../api-error';

type Kind = 'string' | 'number' | 'any' | Fields;
interface Fields { readonly [name: string]: Kind }

/** The context object (developer guide, "Accessing execution data from the Context object"). */
const CONTEXT: Fields = {
  Execution: { Id: 'string', Input: 'any', Name: 'string', RoleArn: 'string', StartTime: 'string', RedriveCount: 'number', RedriveTime: 'string' },
  State: { EnteredTime: 'string', Name: 'string', RetryCount: 'number' },
  StateMachine: { Id: 'string', Name: 'string' },
  Task: { Token: 'string' },
};
const WITH_TOKEN = /\.(sync(:2)?|waitForTaskToken)$/;

/** Checks a test's context as AWS does, in the words that were recorded (localstack/localstack, tests that were validated on AWS). */
export function testContext(value: unknown, state: StateDefinition): Record<string, unknown> {
  if (!isObject(value)) throw invalid('it must be a JSON object');
  if (value.Map !== undefined) throw invalid("'Map' field is not supported when mocking a Context object");
  if (value.Task !== undefined && (state.Type !== 'Task' || !WITH_TOKEN.test(state.Resource!))) {
    throw invalid("Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern");
  }
  check(value, CONTEXT, '');
  return value;
}

function check(value: Record<string, unknown>, fields: Fields, path: string): void {
  for (const [name, item] of Object.entries(value)) {
    const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const at = `${path}${name}`;
    if (kind === undefined) throw invalid(`Field '${name}' is not allowed`);
    if (typeof kind === 'string') {
      if (kind !== 'any' && typeof item !== kind) throw invalid(`${at} must be a ${kind}`);
    } else {
      if (!isObject(item)) throw invalid(`${at} must be an object`);
      check(item, kind, `${at}.`);
    }
  }
}

function invalid(what: string): ApiError {
  return new ApiError('ValidationException', `Invalid Context object provided: ${what}`);
}
