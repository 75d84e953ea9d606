/**
 * What an evaluator in Java allocates for JSONata, in bytes: AWS's behaves like one. The figures are those of a JVM with compressed
 * references, and of what the port com.dashjoin:jsonata 0.9.10 makes for each kind of node; docs/local-engine.md says how they were measured.
 */
type Node = any;

/** An evaluation by itself: its frame, with the bindings. */
export const EVALUATION_BYTES = 1144;
/** An element of a range: `[1..873782]` is given in AWS, one element more is not (measured, floci-io/floci issue 2737). */
export const RANGE_BYTES = 12;

/** A list begins with room for ten references, and grows by half when it is full. */
const LIST_OBJECT = 40;
const ARRAY_HEADER = 16;
const REFERENCE = 4;
const FIRST_CAPACITY = 10;

export function listBytes(length: number): number {
  let bytes = LIST_OBJECT;
  for (let capacity = FIRST_CAPACITY; ; capacity += Math.floor(capacity / 2)) {
    bytes += ARRAY_HEADER + REFERENCE * capacity;
    if (capacity >= length) return bytes;
  }
}

const STRING_OBJECT = 48;

/** A string has one byte a character, or two where one of them is beyond Latin-1. */
export function stringBytes(text: string): number {
  return STRING_OBJECT + text.length * (/[^\x00-\xff]/.test(text) ? 2 : 1); // eslint-disable-line no-control-regex -- all of Latin-1
}

/** How much there is in a value. */
export interface Extent {
  readonly values: number;
  /** Of strings and of objects' keys. */
  readonly characters: number;
}

const extents = new WeakMap<object, Extent>();

export function extentOf(value: any): Extent {
  if (typeof value === 'string') return { values: 1, characters: value.length };
  if (typeof value !== 'object' || value === null) return { values: 1, characters: 0 };
  let extent = extents.get(value);
  if (extent === undefined) {
    let [values, characters] = [1, 0];
    for (const [key, item] of Object.entries(value)) {
      const inner = extentOf(item);
      values += inner.values;
      characters += inner.characters + (Array.isArray(value) ? 0 : key.length);
    }
    extent = { values, characters };
    extents.set(value, extent);
  }
  return extent;
}

/** Of what writes a value as text: the builder grows twofold, and each number or name passes through strings of its own. */
export function writtenBytes(value: unknown): number {
  if (typeof value === 'string') return 0;
  const { values, characters } = extentOf(value);
  return 88 * values + 4 * characters;
}

/** A map with its table, and an entry for each key. */
export function objectBytes(value: object): number {
  return 136 + 40 * Object.keys(value).length;
}

/** What a node makes whatever its values are: frames, argument lists, the sequences of a path's steps. */
export function nodeBytes(node: Node): number {
  return ofType(node) + 100 * (node.predicate?.length ?? 0) + (node.group === undefined ? 0 : 480 + 104 * node.group.lhs.length);
}

function ofType(node: Node): number {
  switch (node.type) {
    case 'path':
      return 96 + 204 * node.steps.length;
    case 'binary':
      return 120;
    case 'unary':
      if (node.value === '[') return 104 + 328 * node.expressions.length;
      return node.value === '{' ? 480 + 104 * node.lhs.length : 48;
    case 'block':
      return 112;
    case 'bind':
      return 144;
    case 'lambda':
      return 200;
    case 'function':
    case 'apply':
      return 96;
    case 'name':
      return 24;
    case 'wildcard':
      return 400;
    case 'descendant':
      return 88;
    case 'regex':
      return 224;
    case 'partial':
    case 'sort':
      return 400;
    case 'transform':
      return 1000;
    default:
      return 0;
  }
}

/** The frame of a lambda that is called, with its parameters. */
export function callBytes(lambda: Node): number {
  return 256 + 64 * lambda.arguments.length;
}
