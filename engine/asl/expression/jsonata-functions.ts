import { createHash, randomUUID } from 'node:crypto';
import jsonata from 'jsonata';
import { meteredBuiltIn, meteredFunction } from './built-in-functions';
import { EVALUATION } from './evaluation-hooks';
import type { Evaluation } from './expression-limits';
import { parseStrictly } from './strict-json';

/** In the order in which Step Functions names them. */
const HASHES: Readonly<Record<string, string>> = { 'SHA-1': 'sha1', 'SHA-384': 'sha384', 'SHA-256': 'sha256', 'SHA-512': 'sha512', 'MD5': 'md5' };

/**
 * The functions that Step Functions adds to JSONata, with the signatures that JSONata checks their arguments by (AWS Step Functions
 * developer guide, page "Transforming data with JSONata in Step Functions"). An argument that makes no sense gives nothing, as there.
 */
const FUNCTIONS: readonly [name: string, signature: string, implementation: (...args: any[]) => unknown][] = [
  ['partition', '<x?n?:a>', partition],
  ['range', '<nnn?:a>', range],
  ['hash', '<ss?:s>', hash],
  ['random', '<n?:n>', (seed?: number) => (seed === undefined ? Math.random() : seededRandom(Math.trunc(seed)))],
  ['uuid', '<:s>', () => randomUUID()],
  ['parse', '<s?:x>', parse],
];

/** JSONata's own ones that answer differently in Step Functions, with their signatures in JSONata. */
const CHANGED: readonly [name: string, signature: string, implementation: (...args: any[]) => unknown][] = [
  ['now', '<s?s?:s>', now],
  ['millis', '<:n>', millis],
  ['string', '<x-b?:s>', string],
  ['formatNumber', '<n-so?:s>', formatNumber],
];

/** JSONata calls functions so. */
interface Caller { readonly environment: { lookup(name: string): Evaluation | undefined } }

const formatTime = jsonata('$fromMillis($time, $picture, $timezone)');
const toPicture = jsonata('$formatNumber($value, $picture, $options)');

/** JSONata's own by the execution's clock: the same time for the whole of an evaluation. */
function now(this: Caller, picture?: string, timezone?: string): Promise<string> {
  return formatTime.evaluate(undefined, { time: millis.call(this), picture, timezone });
}

function millis(this: Caller): number {
  return this.environment.lookup(EVALUATION)?.now ?? Date.now();
}

/** JSONata rounds any number to 15 digits, Step Functions fractions alone (measured, floci-io/floci pull request 2683). */
function string(value?: any, prettify = false): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  if (isFunction(value)) return '';
  if (typeof value === 'number' && !Number.isFinite(value)) throw jsonataError('D3001', { value });
  const written = (_key: string, item: any): unknown => {
    if (typeof item === 'bigint') return Number(item);
    if (typeof item !== 'number') return isFunction(item) ? '' : item;
    if (Math.abs(item) === Infinity) throw jsonataError('D1001', { value: item });
    return Number.isInteger(item) ? item : Number(item.toPrecision(15));
  };
  return JSON.stringify(Array.isArray(value) && 'outerWrapper' in value ? value[0] : value, written, prettify ? 2 : 0);
}

function isFunction(value: any): boolean {
  return typeof value === 'function' || value?._jsonata_lambda === true || value?._jsonata_function === true;
}

/** Of a picture without a digit's place, JSONata fails without a code; Step Functions has one (measured, floci-io/floci issue 2737). */
async function formatNumber(value?: number, picture?: string, options?: object): Promise<string | undefined> {
  if (value !== undefined && options === undefined && picture!.split(';').some((part) => !/[0-9.,#e]/.test(part))) throw jsonataError('D3086');
  return toPicture.evaluate(undefined, { value, picture, options });
}

/** Gives the expression Step Functions' functions, and those of JSONata that it names, so that each counts what it takes. */
export function addFunctions(expression: jsonata.Expression): void {
  for (const name of variablesIn(expression.ast())) {
    const builtIn = meteredBuiltIn(name);
    if (builtIn !== undefined) expression.assign(name, builtIn);
  }
  // "JSONata's $eval is not supported": the name is bound to nothing, so that calling it is calling a non-function.
  expression.assign('eval', undefined);
  for (const [name, signature, implementation] of [...CHANGED, ...FUNCTIONS]) {
    expression.registerFunction(name, meteredFunction(name, implementation), signature);
  }
}

function variablesIn(node: any, found = new Set<string>()): Set<string> {
  if (typeof node !== 'object' || node === null) return found;
  if (node.type === 'variable') found.add(node.value);
  Object.values(node).forEach((child) => variablesIn(child, found));
  return found;
}

/** Without a size, all in one. */
function partition(list?: unknown, size = Infinity): unknown[] | undefined {
  if (list !== undefined && !Array.isArray(list)) throw jsonataError('T0412', { index: 1, token: 'partition' });
  const chunk = Math.min(Math.trunc(size), list?.length ?? 0);
  if (chunk < 0) throw refusal('Second argument must be zero or greater');
  if (list === undefined || chunk === 0) return undefined;
  return Array.from({ length: Math.ceil(list.length / chunk) }, (_, index) => list.slice(index * chunk, (index + 1) * chunk));
}

/** Both ends included; a sequence, so that one of one element is that element, and an empty one is nothing. */
function range(first?: number, last?: number, step?: number): unknown[] | undefined {
  const [from, to, by] = [first, last, step].map((value) => Math.trunc(value ?? NaN));
  if (Number.isNaN(from + to) || !(Math.abs(by) > 0)) return undefined;
  const length = Math.max(0, Math.floor((to - from) / by) + 1);
  return Object.defineProperty(Array.from({ length }, (_, index) => from + index * by), 'sequence', { enumerable: false, value: true });
}

function hash(text?: string, algorithm?: string): string | undefined {
  if (text === undefined || algorithm === undefined) return undefined;
  if (!Object.hasOwn(HASHES, algorithm)) throw refusal(`Hash algorithm '${algorithm}' must be one of ${Object.keys(HASHES).join(', ')}`);
  return createHash(HASHES[algorithm]).update(text).digest('hex');
}

function parse(text?: string): unknown {
  if (text === undefined) return undefined;
  try {
    return parseStrictly(text);
  } catch {
    throw refusal('Invalid JSON');
  }
}

/** Step Functions refuses an argument with the code of JSONata's own $error. */
function refusal(message: string): Error {
  return jsonataError('D3137', { message });
}

/** JSONata itself finds the words for the code. */
function jsonataError(code: string, details: object = {}): Error {
  return Object.assign(new Error(), { code, ...details });
}

/* eslint-disable no-bitwise -- the generator is defined by bits */
const MASK_48 = (1n << 48n) - 1n;
const MULTIPLIER = 0x5DEECE66Dn;

/**
 * The first double of java.util.Random, which Step Functions uses: `$random(42)` is 0.7275636800328681 there (measured, floci-io/floci
 * issue 2662; the generator is in Java's API documentation, class java.util.Random).
 */
function seededRandom(seed: number): number {
  let state = (BigInt(seed) ^ MULTIPLIER) & MASK_48;
  const next = (bits: bigint) => {
    state = (state * MULTIPLIER + 0xBn) & MASK_48;
    return state >> (48n - bits);
  };
  return Number((next(26n) << 27n) + next(27n)) / 2 ** 53;
}
