/** What the intrinsic functions of a template need to know. */
export interface Scope {
  readonly region: string;
  /** A parameter, pseudo parameter or resource by its logical id; undefined where there is none. */
  ref(logicalId: string): unknown;
  /** An attribute of a resource; undefined where it has none that is known here. */
  attribute(logicalId: string, attribute: string): unknown;
  mapping(map: string, first: string, second: string): unknown;
  condition(name: string): boolean;
  /** What another stack exports under the name; undefined where none does. */
  importValue(name: string): unknown;
}

/** A function that is not known here, or names what is not there. */
export class IntrinsicError extends Error {}

const NO_VALUE = Symbol('AWS::NoValue');

type Evaluate = (argument: any, scope: Scope) => unknown;

/** CloudFormation user guide, page "Intrinsic function reference". Those left out are refused by name. */
const FUNCTIONS: Readonly<Record<string, Evaluate>> = {
  'Ref': (id: string, scope) => {
    if (id === 'AWS::NoValue') return NO_VALUE;
    return known(scope.ref(id), `Ref of ${id}`);
  },
  'Condition': (name: string, scope) => scope.condition(name),
  'Fn::GetAtt': (argument: string | [string, unknown], scope) => {
    const [id, attribute] = typeof argument === 'string' ? splitOnce(argument) : [argument[0], String(evaluate(argument[1], scope))];
    return known(scope.attribute(id, attribute), `Fn::GetAtt of ${id}.${attribute}`);
  },
  'Fn::Join': ([separator, list], scope) => (evaluate(list, scope) as unknown[]).map(String).join(separator),
  'Fn::Split': ([separator, text], scope) => String(evaluate(text, scope)).split(separator),
  'Fn::Select': ([index, list], scope) => known((evaluate(list, scope) as unknown[])[Number(evaluate(index, scope))], `Fn::Select of element ${index}`),
  'Fn::Sub': (argument, scope) => substitute(argument, scope),
  'Fn::If': ([name, yes, no], scope) => evaluate(scope.condition(name) ? yes : no, scope),
  'Fn::Equals': ([a, b], scope) => String(evaluate(a, scope)) === String(evaluate(b, scope)),
  'Fn::And': (list: unknown[], scope) => list.every((item) => evaluate(item, scope) === true),
  'Fn::Or': (list: unknown[], scope) => list.some((item) => evaluate(item, scope) === true),
  'Fn::Not': ([item], scope) => evaluate(item, scope) !== true,
  'Fn::FindInMap': (keys: unknown[], scope) => {
    const [map, first, second] = keys.map((key) => String(evaluate(key, scope)));
    return known(scope.mapping(map, first, second), `Fn::FindInMap of ${map}.${first}.${second}`);
  },
  'Fn::ImportValue': (argument, scope) => {
    const name = String(evaluate(argument, scope));
    return known(scope.importValue(name), `Fn::ImportValue of ${name}, which no stack of the assembly exports,`);
  },
  'Fn::GetAZs': (_region, scope) => ['a', 'b', 'c'].map((zone) => `${scope.region}${zone}`),
  'Fn::Base64': (text, scope) => Buffer.from(String(evaluate(text, scope))).toString('base64'),
};

/**
 * The value with all its functions evaluated.
 *
 * @throws IntrinsicError
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && (keys[0] === 'Ref' || keys[0].startsWith('Fn::') || isConditionReference(value))) {
    const evaluateFunction = FUNCTIONS[keys[0]];
    if (evaluateFunction === undefined) throw new IntrinsicError(`${keys[0]} is not supported`);
    return evaluateFunction((value as Record<string, unknown>)[keys[0]], scope);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluate(item, scope)]).filter(([, item]) => item !== NO_VALUE));
}

/** `{"Condition": "Name"}`; an IAM statement's Condition is an object. */
function isConditionReference(value: object): boolean {
  return typeof (value as { Condition?: unknown }).Condition === 'string';
}

function substitute(argument: string | [string, Record<string, unknown>], scope: Scope): string {
  const [template, variables] = typeof argument === 'string' ? [argument, {}] : argument;
  return template.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (name in variables) return String(evaluate((variables as Record<string, unknown>)[name], scope));
    return String(evaluate(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name }, scope));
  });
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf('.');
  return [text.slice(0, at), text.slice(at + 1)];
}

function known(value: unknown, what: string): unknown {
  if (value === undefined) throw new IntrinsicError(`${what} is not known here`);
  return value;
}
