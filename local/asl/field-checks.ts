import { expressionIn } from './expression';
import type { Problems } from './problems';
import { parseTimestamp } from './wait-timestamp';

/** Says what is wrong with a field's value. */
export type Check = (value: unknown, at: string, problems: Problems) => void;

const MAX_SECONDS = 99_999_999;
/** A retrier's longest delay: "less than 31622400" (AWS Step Functions developer guide, page "Handling errors in workflows"). */
const MAX_DELAY = 31_622_399;

export const anything: Check = () => undefined;

export const text: Check = (value, at, problems) => {
  if (typeof value !== 'string') problems.schema('Expected value of type [STRING]', at);
};

export const flag: Check = (value, at, problems) => {
  if (typeof value !== 'boolean') problems.schema('Expected value of type [BOOLEAN]', at);
};

export const object: Check = (value, at, problems) => {
  if (!isObject(value)) problems.schema('Expected value of type [OBJECT]', at);
};

export const list: Check = (value, at, problems) => {
  if (!Array.isArray(value)) problems.schema('Expected value of type [ARRAY]', at);
};

export const oneOf = (...allowed: string[]): Check => (value, at, problems) => {
  if (!allowed.includes(value as string)) problems.schema(`Value should be one of the following: [${allowed.join(', ')}]`, at);
};

export const integer = (min: number, max = MAX_SECONDS): Check => (value, at, problems) => {
  if (!Number.isInteger(value)) problems.schema('Expected value of type [INTEGER]', at);
  else if (Number(value) < min || Number(value) > max) problems.schema(`Value should be from ${min} to ${max}, got ${String(value)}`, at);
};

export const number = (min: number, max = Infinity): Check => (value, at, problems) => {
  if (typeof value !== 'number') problems.schema('Expected value of type [NUMBER]', at);
  else if (value < min || value > max) problems.schema(`Value should be from ${min}${max === Infinity ? '' : ` to ${max}`}, got ${value}`, at);
};

/** An expression, or else what the check allows. */
export const expressionOr = (check: Check): Check => (value, at, problems) => {
  if (expressionIn(value) === undefined) check(value, at, problems);
};

export const timestamp: Check = (value, at, problems) => {
  if (typeof value !== 'string') problems.schema('Expected value of type [STRING]', at);
  else if (parseTimestamp(value) === undefined) problems.schema('String does not match RFC3339 timestamp', at);
};

/** The fields that an object may have, a Comment among them, and those that it must have. */
export const fields = (known: Readonly<Record<string, Check>>, required: readonly string[] = []): Check => (value, at, problems) => {
  if (!isObject(value)) {
    problems.schema('Expected value of type [OBJECT]', at);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Comment') text(item, `${at === '/' ? '' : at}/${key}`, problems);
    else if (Object.hasOwn(known, key)) known[key](item, `${at === '/' ? '' : at}/${key}`, problems);
    else if (JSONPATH_FIELDS.has(key)) problems.schema(jsonPathField(key), at);
    else problems.schema(`Field '${key}' is not supported`, at);
  }
  const missing = required.filter((key) => !Object.hasOwn(value, key));
  if (missing.length > 0) problems.schema(`These fields are required: [${missing.join(', ')}]`, at);
};

export const listOf = (check: Check, min: number): Check => (value, at, problems) => {
  if (!Array.isArray(value)) {
    problems.schema('Expected value of type [ARRAY]', at);
    return;
  }
  if (value.length < min) problems.schema('Value cannot be empty', at);
  value.forEach((item, index) => check(item, `${at}[${index}]`, problems));
};

/** Fields of states whose query language is JSONPath. */
const JSONPATH_FIELDS: ReadonlySet<string> = new Set([
  'InputPath', 'OutputPath', 'ResultPath', 'ResultSelector', 'Parameters', 'Result', 'ItemsPath', 'MaxConcurrencyPath', 'TimeoutSecondsPath',
  'HeartbeatSecondsPath', 'SecondsPath', 'TimestampPath', 'ErrorPath', 'CausePath', 'ToleratedFailureCountPath', 'ToleratedFailurePercentagePath',
  'MaxItemsPath', 'MaxItemsPerBatchPath', 'MaxInputBytesPerBatchPath', 'Variable',
]);

function jsonPathField(field: string): string {
  return `The QueryLanguage is set to 'JSONata', but field '${field}' is only supported for the 'JSONPath' QueryLanguage`;
}

const errorNames: Check = (value, at, problems) => {
  listOf(text, 1)(value, at, problems);
  if (Array.isArray(value) && value.includes('States.ALL') && value.length > 1) problems.schema('States.ALL must be the only error', at);
};

/** One with States.ALL takes all errors: those after it would never be reached. */
const allLast = (check: Check): Check => (value, at, problems) => {
  listOf(check, 0)(value, at, problems);
  if (!Array.isArray(value)) return;
  value.forEach((entry, index) => {
    if (isObject(entry) && Array.isArray(entry.ErrorEquals) && entry.ErrorEquals.includes('States.ALL') && index < value.length - 1) {
      problems.schema('States.ALL must be in the last one', `${at}[${index}]/ErrorEquals`);
    }
  });
};

export const retriers = allLast(fields({
  ErrorEquals: errorNames,
  IntervalSeconds: integer(1),
  BackoffRate: number(1),
  MaxAttempts: integer(0),
  MaxDelaySeconds: integer(1, MAX_DELAY),
  JitterStrategy: oneOf('FULL', 'NONE'),
}, ['ErrorEquals']));

export const catchers = allLast(fields({ ErrorEquals: errorNames, Next: text, Output: anything, Assign: object }, ['ErrorEquals', 'Next']));

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
