import type jsonata from 'jsonata';
import { callBytes, EVALUATION_BYTES, extentOf, listBytes, nodeBytes, RANGE_BYTES, stringBytes, writtenBytes } from './allocation';
import { ENTRY, EVALUATION, EXIT } from './evaluation-hooks';
import { ExpressionUsage, Meter } from './expression-budget';

const DEPTH_MESSAGE = 'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive';
const TIME_MESSAGE = 'Expression evaluation timeout: Check for infinite loop';

/** `1+1+...+1` of 100 terms and 99 parentheses are evaluated, one more is not (measured, floci-io/floci issue 2737). */
const MAX_DEPTH = 100;
/** Long, for a busy machine: it is for what a single node does, a regular expression that tries for ever among them. */
const MAX_MILLISECONDS = 60_000;

type Node = any;
interface Environment {
  lookup(name: string): any;
  bind(name: string, value: unknown): void;
}

/** What a node's evaluation takes and does, as far as it can be seen before. */
interface Marks {
  bytes: number;
  /** That of which it is a member, which JSONata evaluates side by side with it. */
  siblingsOf?: object;
  /** Where it has groups, their name. */
  groups?: string;
  /** Of a value for one of those groups. */
  ofGroup?: true;
  /** Of a path's step, for each item; a tuple's carries what was bound before. */
  step?: 'item' | 'tuple';
  operandOf?: '&' | '=';
}
/** What a predicate keeps goes into a list. */
const KEPT_BYTES = 12;
/** Under this key a node has its marks; what goes through a node's fields does not see it. */
const MARKS = Symbol('marks');

/**
 * What has groups, by name: the groups of a stream of tuples are evaluated in an environment each, in which what is bound to this name
 * where the stream is evaluated is found again. No expression can name it.
 */
const groupNames = new WeakMap<object, string>();
let countOfGroups = 0;

/** One evaluation: when it is, and what it has used of its limits. */
export class Evaluation {
  public readonly meter: Meter;
  private depth = 0;
  private readonly started = Date.now();
  private readonly waiting = new Map<object, Map<object, (() => void)[]>>();

  /** @param now in milliseconds since 1970, by the execution's clock */
  constructor(public readonly now: number, budget: ExpressionUsage) {
    this.meter = new Meter(budget);
    this.meter.bytes = EVALUATION_BYTES;
  }

  /** Members take turns: their depths must not add up. */
  public enter(node: Node, input: any, environment: Environment): Promise<void> | void {
    const marks: Marks | undefined = node[MARKS];
    if (marks === undefined) return this.count(0);
    if (marks.groups !== undefined) environment.bind(marks.groups, {});
    // What a group gathers is copied for each item that is added.
    if (marks.ofGroup && Array.isArray(input)) this.meter.allocated(7 * input.length ** 2);
    const { bytes } = marks;
    const siblings = marks.siblingsOf;
    if (siblings === undefined) return this.count(bytes);
    const place = placeOf(siblings, environment);
    const groups = this.waiting.get(place) ?? new Map<object, (() => void)[]>();
    this.waiting.set(place, groups);
    const queue = groups.get(siblings);
    if (queue === undefined) {
      groups.set(siblings, []);
      return this.count(bytes);
    }
    return new Promise<void>((resolve) => queue.push(resolve)).then(() => this.count(bytes));
  }

  public leave(node: Node, environment: Environment, result: any): void {
    this.depth -= 1;
    const marks: Marks | undefined = node[MARKS];
    if (marks === undefined) return;
    this.made(node, marks, result);
    const siblings = marks.siblingsOf;
    if (siblings === undefined) return;
    const groups = this.waiting.get(placeOf(siblings, environment));
    const next = groups?.get(siblings)?.shift();
    if (next === undefined) groups?.delete(siblings);
    else next();
  }

  private count(bytes: number): void {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new Error(DEPTH_MESSAGE);
    if (Date.now() - this.started > MAX_MILLISECONDS) throw new Error(TIME_MESSAGE);
    this.meter.evaluated(1);
    this.meter.allocated(bytes);
  }

  private made(node: Node, marks: Marks, result: any): void {
    const { meter } = this;
    if (node.type === 'binary') {
      if (node.value === '&') meter.allocated(stringBytes(result));
      if (node.value === '..' && result !== undefined) meter.allocated(RANGE_BYTES * result.length);
    }
    // A list is put together member by member; a range alone is taken as it is.
    if (node.type === 'unary' && node.value === '[' && node.expressions[0]?.value !== '..') meter.allocated(8 * result.length);
    if (Array.isArray(result) && (node.type === 'name' || node.type === 'wildcard' || node.type === 'descendant')) meter.allocated(listBytes(result.length));
    if (marks.step !== undefined && result !== undefined) {
      const items = Array.isArray(result) ? result.length : 1;
      meter.allocated(marks.step === 'tuple' ? 800 * items : 20 + 12 * items);
    }
    if (marks.operandOf === '&' && result !== undefined) meter.allocated(writtenBytes(result));
    if (marks.operandOf === '=' && typeof result === 'object') meter.evaluated(Math.floor(extentOf(result).values / 50));
  }
}

/** Makes the expression fail where it goes too far. Each evaluation needs an {@link Evaluation} bound to its name. */
export function limit(expression: jsonata.Expression): void {
  mark(expression.ast());
  expression.assign(ENTRY, (node: Node, input: unknown, environment: Environment) => environment.lookup(EVALUATION)?.enter(node, input, environment));
  expression.assign(EXIT, (node: Node, _input: unknown, environment: Environment, result: unknown) =>
    environment.lookup(EVALUATION)?.leave(node, environment, result));
}

/** The same for all members that are evaluated side by side, and for no others. */
function placeOf(group: object, environment: Environment): object {
  const name = groupNames.get(group);
  return name === undefined ? environment : environment.lookup(name);
}

function marksOf(node: Node): Marks {
  return node[MARKS] ??= { bytes: nodeBytes(node) };
}

function mark(node: Node): void {
  if (typeof node !== 'object' || node === null) return;
  if (typeof node.type === 'string') markNode(node);
  Object.values(node).forEach(mark);
}

function markNode(node: Node): void {
  const marks = marksOf(node);
  switch (node.type) {
    case 'unary':
      if (node.value === '[') node.expressions.forEach((member: Node) => { marksOf(member).siblingsOf = node; });
      if (node.value === '{') markGroups(node);
      break;
    case 'path':
      node.steps.forEach((step: Node) => { marksOf(step).step = step.tuple === undefined ? 'item' : 'tuple'; });
      break;
    case 'binary':
      if (node.value === '&') [node.lhs, node.rhs].forEach((operand) => { marksOf(operand).operandOf = '&'; });
      if (node.value === '=' || node.value === '!=') [node.lhs, node.rhs].forEach((operand) => { marksOf(operand).operandOf = '='; });
      break;
    case 'lambda':
      if (node.thunk !== true) marksOf(node.body).bytes += callBytes(node);
      break;
    default:
  }
  for (const { type, expr } of [...node.predicate ?? [], ...node.stages ?? []]) {
    if (type === 'filter') marksOf(expr).bytes += KEPT_BYTES;
  }
  if (node.group !== undefined && marks.groups === undefined) {
    marks.groups = `group ${countOfGroups++}`;
    groupNames.set(node.group, marks.groups);
    markGroups(node.group);
  }
}

function markGroups(group: Node): void {
  group.lhs.forEach(([, value]: Node[]) => Object.assign(marksOf(value), { siblingsOf: group, ofGroup: true }));
}
