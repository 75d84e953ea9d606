import { createHash, randomUUID } from 'node:crypto';
import jsonata from 'jsonata';

/** An expression's failure, as Step Functions tells it after `An error occurred while executing the state ...`. */
export class ExpressionError extends Error {}

const EXPRESSION = /^\{%([\s\S]*)%\}$/;
const HASHES: Readonly<Record<string, string>> = { 'MD5': 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };
const MAX_MILLISECONDS = 10_000;

/** The functions that AWS adds to JSONata (AWS Step Functions developer guide, page "Transforming data with JSONata"). */
const FUNCTIONS: Readonly<Record<string, (...args: any[]) => unknown>> = {
  partition: (list: unknown[], size: number) =>
    Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size)),
  range: (first: number, last: number, step: number) =>
    Array.from({ length: Math.max(0, Math.floor((last - first) / step) + 1) }, (_, index) => first + index * step),
  hash: (text: string, algorithm: string) => {
    if (!(algorithm in HASHES)) throw new Error(`unknown hash algorithm ${algorithm}`);
    return createHash(HASHES[algorithm]).update(text).digest('hex');
  },
  random: (seed?: number) => (seed === undefined ? Math.random() : createHash('sha256').update(String(seed)).digest().readUInt32BE(0) / 2 ** 32),
  uuid: () => randomUUID(),
  parse: (text: string) => JSON.parse(text),
};

const compiled = new Map<string, jsonata.Expression>();

/** The expression's text where the value is one: nothing may stand before or after the marks. */
export function expressionIn(value: unknown): string | undefined {
  return typeof value === 'string' ? EXPRESSION.exec(value)?.[1].trim() : undefined;
}

/** @throws Error with JSONata's own text where the expression cannot be parsed */
export function compile(text: string): jsonata.Expression {
  let expression = compiled.get(text);
  if (expression === undefined) {
    expression = jsonata(text);
    expression.assign('eval', undefined);
    for (const [name, implementation] of Object.entries(FUNCTIONS)) expression.registerFunction(name, implementation);
    limitTime(expression);
    compiled.set(text, expression);
  }
  return expression;
}

/** @param field the place of the expression, for messages: `Assign/result` */
async function evaluateText(text: string, field: string, bindings: Readonly<Record<string, unknown>>): Promise<unknown> {
  const said = `The JSONata expression '${text}' specified for the field '${field}'`;
  let result: unknown;
  try {
    result = await compile(text).evaluate(undefined, { ...bindings });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new ExpressionError(`${said} threw an error during evaluation. ${code === undefined ? '' : `${code}: `}${message}`);
  }
  if (result === undefined) throw new ExpressionError(`${said} returned nothing (undefined).`);
  if (typeof result === 'function' || (typeof result === 'object' && result !== null && '_jsonata_lambda' in result)) {
    throw new ExpressionError(`${said} returned an unsupported result type.`);
  }
  return JSON.parse(JSON.stringify(result));
}

/** The value with all expressions in it evaluated. */
export async function evaluate(value: unknown, field: string, bindings: Readonly<Record<string, unknown>>): Promise<unknown> {
  const text = expressionIn(value);
  if (text !== undefined) return evaluateText(text, field, bindings);
  if (Array.isArray(value)) return Promise.all(value.map((item, index) => evaluate(item, `${field}[${index}]`, bindings)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await evaluate(item, `${field}/${key}`, bindings)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** The same, of a field that must give a certain type. */
export async function evaluateTyped(
  value: unknown, field: string, bindings: Readonly<Record<string, unknown>>, type: 'array' | 'boolean' | 'number' | 'string',
): Promise<any> {
  const result = await evaluate(value, field, bindings);
  const found = Array.isArray(result) ? 'array' : result === null ? 'null' : typeof result;
  if (found === type) return result;
  throw new ExpressionError(`The JSONata expression '${expressionIn(value) ?? String(value)}' specified for the field '${field}' returned an unexpected `
    + `result type. Expected '${type}', but was '${found}' for value: ${JSON.stringify(result)}`);
}

/** JSONata calls these hooks around each step of an evaluation. An expression without an end would hang the run. */
function limitTime(expression: jsonata.Expression): void {
  let depth = 0;
  let started = 0;
  expression.assign('__evaluate_entry', () => {
    if (depth === 0) started = Date.now();
    depth += 1;
    if (Date.now() - started > MAX_MILLISECONDS) {
      depth = 0;
      throw Object.assign(new Error('Expression evaluation timeout: Check for infinite loop'), { code: 'U1001' });
    }
  });
  expression.assign('__evaluate_exit', () => { depth = Math.max(0, depth - 1); });
}
