import jsonata from 'jsonata';
import { EVALUATION } from './evaluation-hooks';
import { onlyCarries, rounded } from './exact-numbers';
import { AWS_BUDGET, ExpressionUsage } from './expression-budget';
import { Evaluation, limit } from './expression-limits';
import { jsonText } from './json-text';
import { addFunctions } from './jsonata-functions';

/** An expression's failure, as Step Functions tells it after `An error occurred while executing the state ...`. */
export class ExpressionError extends Error {
  /**
   * @param field   where it was: `Output/result`
   * @param entered whether the state's work had begun with what the expression gave
   */
  constructor(message: string, public readonly field?: string, public readonly entered = false) {
    super(message);
  }
}

export type Bindings = Readonly<Record<string, unknown>>;

/** How expressions are evaluated. */
export interface EvaluationSettings {
  /** In milliseconds since 1970. @default this machine's clock */
  readonly now?: () => number;
  /** What each expression may take. @default AWS's limits */
  readonly budget?: ExpressionUsage;
  /** Called after each evaluation, also of an expression that failed. */
  readonly onUsage?: (evaluated: EvaluatedExpression) => void;
}

/** An expression and what its evaluation took. */
export interface EvaluatedExpression extends ExpressionUsage {
  /** Without `{% %}`. */
  readonly text: string;
  /** Where it is: `Output/result`. */
  readonly field: string;
  /** What it could read. */
  readonly bindings: Bindings;
}

/** How the expressions of an execution are evaluated. */
export interface ExpressionOptions {
  /** What each expression of a state may take. @default AWS's limits */
  readonly budgetOf?: (state: string) => ExpressionUsage | undefined;
  /** Called after each evaluation, also of an expression that failed. */
  readonly onUsage?: (evaluated: EvaluatedExpression & { readonly state: string }) => void;
}

/** Where the bindings have the settings; no expression can name it. */
export const SETTINGS = 'the settings';

export type JsonType = 'array' | 'boolean' | 'number' | 'object' | 'string' | 'null';

const EXPRESSION = /^\{%([\s\S]*)%\}$/;

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
    addFunctions(expression);
    limit(expression);
    compiled.set(text, expression);
  }
  return expression;
}

async function evaluateText(text: string, field: string, bindings: Bindings): Promise<unknown> {
  const said = `The JSONata expression '${text}' specified for the field '${field}'`;
  const expression = compile(text);
  const { now = Date.now, budget = AWS_BUDGET, onUsage } = (bindings[SETTINGS] ?? {}) as EvaluationSettings;
  const evaluation = new Evaluation(now(), budget);
  let result: unknown;
  try {
    const doubles = rounded(bindings);
    const seen = doubles !== bindings && onlyCarries(expression.ast()) ? bindings : doubles;
    result = await expression.evaluate(undefined, { ...seen, [EVALUATION]: evaluation });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new ExpressionError(`${said} threw an error during evaluation${code === undefined ? ':' : `. ${code}:`} ${message}`, field);
  } finally {
    onUsage?.({ text, field, bindings, nodes: evaluation.meter.nodes, bytes: evaluation.meter.bytes });
  }
  if (result === undefined) throw new ExpressionError(`${said} returned nothing (undefined).`, field);
  return asJson(result, () => new ExpressionError(`${said} returned an unsupported result type.`, field));
}

/** What is no JSON: functions are refused; a number without end is a text, as Step Functions writes it. */
function asJson(value: unknown, unsupported: () => Error): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'function') throw unsupported();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Array.from(value, (item) => asJson(item ?? null, unsupported));
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) throw unsupported();
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => [key, asJson(item, unsupported)]));
}

/**
 * The value with all expressions in it evaluated, in the order in which they are written.
 *
 * @param field the place of the value, for messages: `Assign/result`
 * @throws ExpressionError
 */
export async function evaluate(value: unknown, field: string, bindings: Bindings): Promise<unknown> {
  const text = expressionIn(value);
  if (text !== undefined) return evaluateText(text, field, bindings);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const [index, item] of value.entries()) items.push(await evaluate(item, `${field}[${index}]`, bindings));
    return items;
  }
  const entries: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) entries.push([key, await evaluate(item, `${field}/${key}`, bindings)]);
  return Object.fromEntries(entries);
}

/** The same, of a field that must give a certain type. */
export async function evaluateTyped(value: unknown, field: string, bindings: Bindings, type: JsonType): Promise<any> {
  const result = await evaluate(value, field, bindings);
  if (typeOf(result) === type) return type === 'number' ? rounded(result) : result;
  throw unexpected(value, field, type, result);
}

/** The same, of a field that must give a whole number. */
export async function evaluateInteger(value: unknown, field: string, bindings: Bindings, min: number, max = 99_999_999): Promise<number> {
  const result: number = await evaluateTyped(value, field, bindings, 'number');
  if (!Number.isInteger(result)) throw unexpected(value, field, 'integer', result);
  if (result < min || result > max) {
    throw new ExpressionError(`${subject(value, field)} returned a value that is out of range. Expected a value from ${min} to ${max}, but was `
      + `${result}`, field);
  }
  return result;
}

function unexpected(value: unknown, field: string, type: string, result: unknown): ExpressionError {
  return new ExpressionError(`${subject(value, field)} returned an unexpected result type. Expected '${type}', but was '${typeOf(result)}' for value: `
    + `${jsonText(result)}`, field);
}

function subject(value: unknown, field: string): string {
  const text = expressionIn(value);
  return text === undefined ? `The value specified for the field '${field}'` : `The JSONata expression '${text}' specified for the field '${field}'`;
}

function typeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'number';
  return (Array.isArray(value) ? 'array' : typeof value) as JsonType;
}
