import { isObject, NO_EXPRESSION } from './field-checks';
import type { Problems } from './problems';
import { compile, expressionIn } from '../expression/expression';
import { references } from '../expression/expression-references';

/** What is no expression, has states of its own, or is not looked into before it is evaluated (measured in AWS, floci-io/floci). */
const WITHOUT = [
  'Type', 'Comment', 'QueryLanguage', 'Next', 'End', 'Default', 'Resource', 'Retry', 'Credentials', 'Branches', 'ItemProcessor', 'Iterator', 'Label',
];
const WITH_RESULT = ['Task', 'Parallel', 'Map'];

/** Says which expressions of a state cannot be parsed, or read what is not there. */
export function checkExpressions(state: Record<string, unknown>, at: string, problems: Problems): void {
  for (const [field, value] of Object.entries(state)) {
    if (WITHOUT.includes(field)) continue;
    const place = `${at}/${field}`;
    if (field === 'Catch' && Array.isArray(value)) {
      value.forEach((catcher, index) => checkWriter(catcher, `${place}[${index}]`, ['errorOutput'], problems));
    } else if (field === 'Choices' && Array.isArray(value)) {
      value.forEach((rule, index) => checkWriter(rule, `${place}[${index}]`, [], problems));
    } else {
      const result = WITH_RESULT.includes(state.Type as string) && (field === 'Output' || field === 'Assign');
      checkValue(value, place, result ? ['result'] : [], problems);
    }
  }
}

function checkWriter(writer: unknown, at: string, more: readonly string[], problems: Problems): void {
  if (!isObject(writer)) return;
  const condition = expressionIn(writer.Condition);
  if (condition !== undefined) checkText(condition, `${at}/Condition`, more, problems);
  for (const field of ['Output', 'Assign']) checkValue(writer[field], `${at}/${field}`, more, problems);
}

/** @param more the fields of `$states` that there are beside input and context */
function checkValue(value: unknown, at: string, more: readonly string[], problems: Problems): void {
  const text = expressionIn(value);
  if (text !== undefined) checkText(text, at, more, problems);
  else if (typeof value === 'string') checkPlain(value, at, problems);
  else if (Array.isArray(value)) value.forEach((item, index) => checkValue(item, `${at}[${index}]`, more, problems));
  else if (isObject(value)) Object.entries(value).forEach(([key, item]) => checkValue(item, `${at}/${key}`, more, problems));
}

/** One end alone makes no expression, and no plain text (measured in AWS, badmintoncryer/cdk-preflight). */
function checkPlain(value: string, at: string, problems: Problems): void {
  if (value.startsWith('{%') !== value.endsWith('%}')) problems.schema(NO_EXPRESSION, at);
}

function checkText(text: string, at: string, more: readonly string[], problems: Problems): void {
  let found;
  try {
    found = references(compile(text).ast());
  } catch (error) {
    problems.add('INVALID_JSONATA_EXPRESSION', (error as Error).message, at);
    return;
  }
  if (found.root) problems.add('UNSUPPORTED_JSONATA_EXPRESSION', "Reference to '$$' is not supported.", at);
  for (const name of found.topLevel) problems.add('UNSUPPORTED_JSONATA_EXPRESSION', `Reference to '${name}' at the top level is not supported.`, at);
  for (const field of found.statesFields) {
    if (!['input', 'context', ...more].includes(field)) {
      problems.add('UNSUPPORTED_JSONATA_EXPRESSION', `Field '$states.${field}' does not exist.`, at);
    }
  }
}
