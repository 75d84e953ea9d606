import * as ipaddr from 'ipaddr.js';
import type { PolicyStatement, RequestContext } from './policy';
import { matchesArn, matchesWildcard } from './wildcard';

/** How one value of the request compares with one value of the policy. */
interface Operator {
  readonly matches: (given: string, wanted: string) => boolean;
  /** A negated operator holds when no value matches, and also when the request lacks the key. */
  readonly negated: boolean;
  /** Says what is wrong with a policy's value; undefined for a sound one. */
  readonly problem?: (wanted: string) => string | undefined;
}

const numberProblem = (value: string) => Number.isFinite(toNumber(value)) ? undefined : `'${value}' is not a number`;
const dateProblem = (value: string) => Number.isNaN(toTime(value)) ? `'${value}' is neither an ISO 8601 date nor epoch seconds` : undefined;
const boolProblem = (value: string) => /^(true|false)$/i.test(value) ? undefined : `'${value}' is neither 'true' nor 'false'`;
const addressProblem = (value: string) => parseRange(value) ? undefined : `'${value}' is neither an IP address nor a CIDR range`;

const equals = (given: string, wanted: string) => given === wanted;
const equalsIgnoringCase = (given: string, wanted: string) => given.toLowerCase() === wanted.toLowerCase();
const like = (given: string, wanted: string) => matchesWildcard(wanted, given);
const arnLike = (given: string, wanted: string) => matchesArn(wanted, given);

function numeric(compare: (difference: number) => boolean, negated = false): Operator {
  return { matches: (given, wanted) => compare(toNumber(given) - toNumber(wanted)), negated, problem: numberProblem };
}

function dated(compare: (difference: number) => boolean, negated = false): Operator {
  return { matches: (given, wanted) => compare(toTime(given) - toTime(wanted)), negated, problem: dateProblem };
}

/** The operators of the IAM User Guide's "IAM JSON policy elements: Condition operators", without BinaryEquals. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['StringEquals', { matches: equals, negated: false }],
  ['StringNotEquals', { matches: equals, negated: true }],
  ['StringEqualsIgnoreCase', { matches: equalsIgnoringCase, negated: false }],
  ['StringNotEqualsIgnoreCase', { matches: equalsIgnoringCase, negated: true }],
  ['StringLike', { matches: like, negated: false }],
  ['StringNotLike', { matches: like, negated: true }],
  ['ArnEquals', { matches: arnLike, negated: false }],
  ['ArnLike', { matches: arnLike, negated: false }],
  ['ArnNotEquals', { matches: arnLike, negated: true }],
  ['ArnNotLike', { matches: arnLike, negated: true }],
  ['Bool', { matches: equalsIgnoringCase, negated: false, problem: boolProblem }],
  ['IpAddress', { matches: inRange, negated: false, problem: addressProblem }],
  ['NotIpAddress', { matches: inRange, negated: true, problem: addressProblem }],
  ['NumericEquals', numeric((d) => d === 0)],
  ['NumericNotEquals', numeric((d) => d === 0, true)],
  ['NumericLessThan', numeric((d) => d < 0)],
  ['NumericLessThanEquals', numeric((d) => d <= 0)],
  ['NumericGreaterThan', numeric((d) => d > 0)],
  ['NumericGreaterThanEquals', numeric((d) => d >= 0)],
  ['DateEquals', dated((d) => d === 0)],
  ['DateNotEquals', dated((d) => d === 0, true)],
  ['DateLessThan', dated((d) => d < 0)],
  ['DateLessThanEquals', dated((d) => d <= 0)],
  ['DateGreaterThan', dated((d) => d > 0)],
  ['DateGreaterThanEquals', dated((d) => d >= 0)],
]);

/** Before an operator: how it goes through the values of a key with several. */
const SET = /^(?:ForAnyValue|ForAllValues):/;

/** Whether every condition of a statement holds. `context` has its keys in lower case. */
export function conditionsHold(conditions: PolicyStatement['Condition'], context: RequestContext): boolean {
  return Object.entries(conditions ?? {}).every(([name, tests]) =>
    Object.entries(tests).every(([key, wanted]) => testHolds(name, ownValues(context, key.toLowerCase()), conditionValues(wanted))));
}

/** What is wrong with an operator and its values; an empty list when it is supported and sound. */
export function operatorProblems(name: string, wanted: unknown): string[] {
  const values = conditionValues(wanted);
  if (name === 'Null') {
    return defined(values.map(boolProblem));
  }
  const operator = findOperator(name);
  if (!operator) {
    return [`the condition operator '${name}' is not supported; supported are Null and ${[...OPERATORS.keys()].join(', ')}, `
      + 'also with IfExists, and with ForAnyValue: or ForAllValues: before them'];
  }
  return operator.problem ? defined(values.map(operator.problem)) : [];
}

/** A condition's values as text: IAM takes one or a list, and JSON's booleans and numbers for strings. */
export function conditionValues(wanted: unknown): string[] {
  return (Array.isArray(wanted) ? wanted : [wanted]).map(String);
}

function testHolds(name: string, given: readonly string[], wanted: readonly string[]): boolean {
  if (name === 'Null') {
    return wanted.some((value) => value.toLowerCase() === String(given.length === 0));
  }
  const operator = findOperator(name);
  if (!operator) {
    throw new Error(`the condition operator '${name}' is not supported; check policies with checkPolicy before evaluating them`);
  }
  const holds = (value: string) => wanted.some((item) => operator.matches(value, item)) !== operator.negated;
  const [set] = SET.exec(name) ?? [];
  if (given.length === 0) {
    // "Set operators for multi-valued context keys": none of no values, and all of no values.
    return set === undefined ? operator.negated || name.endsWith('IfExists') : set === 'ForAllValues:' || name.endsWith('IfExists');
  }
  // A key with several values wants a set operator; without one a negated test must hold for each, as for one value.
  return set === 'ForAllValues:' || (set === undefined && operator.negated) ? given.every(holds) : given.some(holds);
}

function findOperator(name: string): Operator | undefined {
  return OPERATORS.get(name.replace(SET, '').replace(/IfExists$/, ''));
}

function ownValues(context: RequestContext, key: string): readonly string[] {
  const value = Object.hasOwn(context, key) ? context[key] : [];
  return typeof value === 'string' ? [value] : value;
}

function toNumber(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}

function toTime(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function parseRange(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  // The library also takes `10.1` and octal numbers for addresses.
  if (!text.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(text.replace(/\/.*$/s, ''))) {
    return undefined;
  }
  try {
    if (text.includes('/')) {
      return ipaddr.parseCIDR(text);
    }
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    return undefined;
  }
}

function inRange(given: string, wanted: string): boolean {
  const range = parseRange(wanted);
  if (!range || !ipaddr.isValid(given)) {
    return false;
  }
  const address = ipaddr.process(given);
  return address.kind() === range[0].kind() && address.match(range[0], range[1]);
}

function defined(problems: ReadonlyArray<string | undefined>): string[] {
  return problems.filter((problem) => problem !== undefined);
}
