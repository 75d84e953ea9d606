import type jsonata from 'jsonata';

/** Step Functions' own words for an expression that goes too far; they have no JSONata code. */
export const MEMORY_MESSAGE = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';
const TIME_MESSAGE = 'Expression evaluation timeout: Check for infinite loop';
const DEPTH_MESSAGE = 'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive';

/**
 * `1+1+...+1` of 100 terms and 99 parentheses are evaluated, one more is not; an array of 873,782 numbers is given, one more is not
 * (measured, floci-io/floci issues 2737 and 2783).
 */
const MAX_DEPTH = 100;
const MAX_BYTES = 873_782 * 8;
/** Long, for a busy machine: an expression over 256 KiB may take seconds, one without an end must not hang the run. */
const MAX_MILLISECONDS = 60_000;

/** JSONata calls what is bound to these around each step of an evaluation. */
const ENTRY = Symbol.for('jsonata.__evaluate_entry') as unknown as string;
const EXIT = Symbol.for('jsonata.__evaluate_exit') as unknown as string;

/** No expression can name it. */
export const EVALUATION = 'this evaluation';

type Node = any;
interface Environment {
  lookup(name: string): any;
  bind(name: string, value: unknown): void;
}

/** Arrays' and objects' members, which JSONata evaluates side by side, by what they are members of. */
const siblings = new WeakMap<object, object>();
/**
 * What has groups, by name: the groups of a stream of tuples are evaluated in an environment each, in which what is bound to this name
 * where the stream is evaluated is found again. No expression can name it.
 */
const grouped = new WeakMap<object, string>();
const groupNames = new WeakMap<object, string>();
let countOfGroups = 0;

/** One evaluation: when it is, and what it has used of its limits. */
export class Evaluation {
  private depth = 0;
  private readonly started = Date.now();
  private readonly waiting = new Map<object, Map<object, (() => void)[]>>();

  /** @param now in milliseconds since 1970, by the execution's clock */
  constructor(public readonly now: number) {}

  /** Members take turns: their depths must not add up. */
  public enter(expr: Node, environment: Environment): Promise<void> | void {
    const name = grouped.get(expr);
    if (name !== undefined) environment.bind(name, {});
    const group = siblings.get(expr);
    if (group === undefined) return this.count();
    const place = placeOf(group, environment);
    const groups = this.waiting.get(place) ?? new Map<object, (() => void)[]>();
    this.waiting.set(place, groups);
    const queue = groups.get(group);
    if (queue === undefined) {
      groups.set(group, []);
      return this.count();
    }
    return new Promise<void>((resolve) => queue.push(resolve)).then(() => this.count());
  }

  public leave(expr: Node, environment: Environment, result: unknown): void {
    this.depth -= 1;
    if (sizeOf(result) > MAX_BYTES) throw new Error(MEMORY_MESSAGE);
    const group = siblings.get(expr);
    if (group === undefined) return;
    const groups = this.waiting.get(placeOf(group, environment));
    const next = groups?.get(group)?.shift();
    if (next === undefined) groups?.delete(group);
    else next();
  }

  private count(): void {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new Error(DEPTH_MESSAGE);
    if (Date.now() - this.started > MAX_MILLISECONDS) throw new Error(TIME_MESSAGE);
  }
}

/** Makes the expression fail where it nests too deep, builds too much or never ends. Each evaluation needs an {@link Evaluation} bound to its name. */
export function limit(expression: jsonata.Expression): void {
  markSiblings(expression.ast());
  expression.assign(ENTRY, (expr: Node, _input: unknown, environment: Environment) => environment.lookup(EVALUATION)?.enter(expr, environment));
  expression.assign(EXIT, (expr: Node, _input: unknown, environment: Environment, result: unknown) =>
    environment.lookup(EVALUATION)?.leave(expr, environment, result));
}

/** The same for all members that are evaluated side by side, and for no others. */
function placeOf(group: object, environment: Environment): object {
  const name = groupNames.get(group);
  return name === undefined ? environment : environment.lookup(name);
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return Array.isArray(value) ? value.length * 8 : 0;
}

function markSiblings(node: Node): void {
  if (typeof node !== 'object' || node === null) return;
  if (node.type === 'unary' && node.value === '[') node.expressions.forEach((member: object) => siblings.set(member, node));
  if (node.type === 'unary' && node.value === '{') node.lhs.forEach((pair: object[]) => siblings.set(pair[1], node));
  if (node.group !== undefined && !grouped.has(node)) {
    node.group.lhs.forEach((pair: object[]) => siblings.set(pair[1], node.group));
    const name = `group ${countOfGroups++}`;
    grouped.set(node, name);
    groupNames.set(node.group, name);
  }
  Object.values(node).forEach(markSiblings);
}
