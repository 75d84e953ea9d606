import type { Problems } from './problems';
import { parseTimestamp } from './wait-timestamp';
import { expressionIn } from '../expression/expression';

/** Says what is wrong with a field's value. */
export type Check = (value: unknown, at: string, problems: Problems) => void;

const MAX_SECONDS = 99_999_999;
/** A retrier's longest delay (measured in AWS, badmintoncryer/cdk-preflight; the developer guide has "less than"). */
const MAX_DELAY = 31_622_400;
/** What a string is told that must be an expression, or that is one without its other end. */
export const NO_EXPRESSION = 'JSONata string must start with {% and end with %}';

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

/** AWS has another word for this type than for the others. */
export const integer = (min: number, max = MAX_SECONDS): Check => (value, at, problems) => {
  if (!Number.isInteger(value)) problems.schema('Expected value of type Integer', at);
  else if (Number(value) < min) problems.schema(`Minimum value is ${min}`, at);
  else if (Number(value) > max) problems.schema(`Maximum value is ${max}`, at);
};

/** @param min a whole number, as the other limit is */
export const number = (min: number, max = Infinity): Check => (value, at, problems) => {
  if (typeof value !== 'number') problems.schema('Expected value of type [NUMBER]', at);
  else if (value < min) problems.schema(`Minimum value is ${min}.0`, at);
  else if (value > max) problems.schema(`Maximum value is ${max}.0`, at);
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
  const entries = Object.entries(value);
  const isForeign = (key: string) => !Object.hasOwn(known, key) && JSONPATH_FIELDS.has(key);
  // AWS tells of the other language's fields first.
  for (const [key] of entries.filter(([name]) => isForeign(name))) problems.schema(wrongLanguage('JSONata', key, 'JSONPath'), at);
  for (const [key, item] of entries.filter(([name]) => !isForeign(name))) {
    if (key === 'Comment') text(item, `${at === '/' ? '' : at}/${key}`, problems);
    else if (Object.hasOwn(known, key)) known[key](item, `${at === '/' ? '' : at}/${key}`, problems);
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

/** @param language the state's, which has no such field */
export function wrongLanguage(language: string, field: string, other: string): string {
  return `The QueryLanguage is set to '${language}', but field '${field}' is only supported for the '${other}' QueryLanguage`;
}

/** One with States.ALL takes all errors: those beside it and after it would never be reached. */
const allLast = (check: Check): Check => (value, at, problems) => {
  listOf(check, 0)(value, at, problems);
  if (!Array.isArray(value)) return;
  value.forEach((entry, index) => {
    const errors: unknown[] = isObject(entry) && Array.isArray(entry.ErrorEquals) ? entry.ErrorEquals : [];
    const all = errors.indexOf('States.ALL');
    if (all !== -1 && (errors.length > 1 || index < value.length - 1)) {
      problems.schema('States.ALL must appear alone and at end of list', `${at}[${index}]/ErrorEquals[${all}]`);
    }
  });
};

export const retriers = allLast(fields({
  ErrorEquals: listOf(text, 1),
  IntervalSeconds: integer(0),
  BackoffRate: number(1),
  MaxAttempts: integer(0),
  MaxDelaySeconds: integer(1, MAX_DELAY),
  JitterStrategy: oneOf('NONE', 'FULL'),
}, ['ErrorEquals']));

export const catchers = allLast(fields({ ErrorEquals: listOf(text, 1), Next: text, Output: anything, Assign: object }, ['ErrorEquals', 'Next']));

/** A Map's processor, with the field's name; Iterator is what it was called before. */
export function processorOf(state: Record<string, unknown>): readonly ['ItemProcessor' | 'Iterator', unknown] {
  return state.ItemProcessor === undefined && state.Iterator !== undefined ? ['Iterator', state.Iterator] : ['ItemProcessor', state.ItemProcessor];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
