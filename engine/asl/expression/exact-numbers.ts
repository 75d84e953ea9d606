import { randomUUID } from 'node:crypto';
import { parseShallow } from './strict-json';

/** Strings, and numbers that a double may not hold. */
const STRING_OR_LONG = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,19}(?![\d.eE])/g;

/**
 * JSON whose whole numbers beyond 2^53 are bigints while a long holds them: Step Functions keeps those exact (measured, floci-io/floci
 * pull request 2676).
 *
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  const value = parseShallow(text);
  const mark = randomUUID();
  let found = false;
  const marked = text.replace(STRING_OR_LONG, (token) => {
    if (token.startsWith('"') || Number.isSafeInteger(Number(token)) || BigInt.asIntN(64, BigInt(token)) !== BigInt(token)) return token;
    found = true;
    return `"${mark}${token}"`;
  });
  if (!found) return value;
  return JSON.parse(marked, (_key, item) => (typeof item === 'string' && item.startsWith(mark) ? BigInt(item.slice(mark.length)) : item));
}

/** The value as indented JSON, for people and programs. */
export function indentedJson(value: unknown): string {
  const mark = randomUUID();
  const text = JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? `${mark}${item}` : item), 2);
  return text.replace(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1');
}

const roundedOnes = new WeakMap<object, unknown>();

/** The value for an expression that computes: its numbers are doubles. What has no bigint in it is given itself. */
export function rounded<T>(value: T): T {
  if (typeof value === 'bigint') return Number(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  let result = roundedOnes.get(value);
  if (result === undefined) {
    const entries = Object.entries(value);
    const items = entries.map(([, item]) => rounded(item));
    if (items.every((item, index) => item === entries[index][1])) result = value;
    else result = Array.isArray(value) ? items : Object.fromEntries(entries.map(([key], index) => [key, items[index]]));
    roundedOnes.set(value, result);
  }
  return result as T;
}

/** Functions that give on what they are given, or write it. */
const CARRYING = new Set(['append', 'lookup', 'merge', 'string']);

/** Whether the expression, as JSONata has parsed it, only puts values elsewhere and computes with none. */
export function onlyCarries(node: any): boolean {
  switch (node.type) {
    case 'name':
    case 'variable':
    case 'string':
    case 'value':
    case 'wildcard':
      return node.group === undefined && [...node.predicate ?? [], ...node.stages ?? []].every(isIndex);
    case 'path':
      return node.group === undefined && node.steps.every(onlyCarries);
    case 'unary':
      if (node.value === '[') return node.expressions.every(onlyCarries);
      return node.value === '{' && node.lhs.flat().every(onlyCarries);
    case 'block':
      return node.expressions.every(onlyCarries);
    case 'bind':
      return onlyCarries(node.rhs);
    case 'number':
      return true;
    case 'function':
      return CARRYING.has(node.procedure.value) && node.arguments.every(onlyCarries);
    default:
      return false;
  }
}

function isIndex({ type, expr }: any): boolean {
  return type === 'filter' && expr.type === 'number';
}
