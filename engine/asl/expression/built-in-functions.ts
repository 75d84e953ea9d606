import jsonata from 'jsonata';
import { extentOf, listBytes, objectBytes, stringBytes, writtenBytes } from './allocation';
import { ENTRY, EVALUATION } from './evaluation-hooks';
import type { Meter } from './expression-budget';

interface Environment { lookup(name: string): any }
/** As JSONata keeps a function of its own. */
interface Definition {
  readonly _jsonata_function: true;
  readonly implementation: (...args: any[]) => any;
}

/** Checking the arguments against the signature takes so much for each call and each argument: it is done by a regular expression. */
const CALL_BYTES = 456;
const ARGUMENT_BYTES = 1000;
/** A function of JSONata's own works through so many items or characters while V8 evaluates one node. */
const WORK_OF_NODE = 50;

/** What a call allocates before there is a result, where its arguments tell. */
const BEFORE: Readonly<Record<string, (...args: any[]) => number>> = {
  range: (first, last, step) => rangeBytes(Math.floor((Math.trunc(last) - Math.trunc(first)) / Math.trunc(step)) + 1),
  pad: (_text, width) => Math.abs(width),
  string: (value) => writtenBytes(value),
  clone: (value) => 2 * writtenBytes(value),
  distinct: (list) => (Array.isArray(list) ? 48 * list.length : 0),
};
/** Integers of a list are objects too. */
const INTEGER_OBJECT = 16;
const rangeBytes = (length: number) => (Number.isFinite(length) && length > 0 ? listBytes(length) + INTEGER_OBJECT * length : 0);

/** Functions whose results are new all through; what others give is a new list or object of values that were there. */
const NEW_THROUGHOUT = new Set(['split', 'match', 'parse', 'partition', 'spread', 'clone']);

const staticFrame = (() => {
  // The environment with JSONata's own functions can be had where an evaluation begins alone, which it does before it is waited for.
  let found: Environment | undefined;
  const probe = jsonata('0');
  probe.assign(ENTRY, (_node: unknown, _input: unknown, environment: Environment) => { found = environment; });
  void probe.evaluate(undefined);
  return found!;
})();
const metered = new Map<string, Definition>();

/** JSONata's own function of the name, if there is one, as a function that tells the evaluation what it takes. */
export function meteredBuiltIn(name: string): Definition | undefined {
  let definition = metered.get(name);
  if (definition === undefined) {
    const found: unknown = staticFrame.lookup(name);
    if (!isFunction(found)) return undefined;
    definition = { ...found, implementation: meteredFunction(name, found.implementation) };
    metered.set(name, definition);
  }
  return definition;
}

/** The same for a function that Step Functions adds or changes. */
export function meteredFunction(name: string, implementation: Definition['implementation']): Definition['implementation'] {
  const call = function (this: { environment: Environment }, ...args: any[]): unknown {
    const meter: Meter | undefined = this.environment.lookup(EVALUATION)?.meter;
    if (meter === undefined) return implementation.apply(this, args);
    meter.allocated(CALL_BYTES + ARGUMENT_BYTES * args.filter((arg) => arg !== undefined).length + (BEFORE[name]?.(...args) || 0));
    meter.evaluated(workOf(name, args));
    const result = implementation.apply(this, args);
    return result instanceof Promise ? result.then((value) => returned(meter, name, value)) : returned(meter, name, result);
  };
  // JSONata reads a function's parameters in its text where it is applied in part, and their number where it is an argument.
  return Object.defineProperties(call, { toString: { value: () => implementation.toString() }, length: { value: implementation.length } });
}

function isFunction(value: unknown): value is Definition {
  return (value as Partial<Definition> | undefined)?._jsonata_function === true;
}

function workOf(name: string, args: unknown[]): number {
  let work = 0;
  for (const arg of args) {
    const items = typeof arg === 'string' || Array.isArray(arg) ? arg.length : 0;
    // Each item is compared with each that is kept.
    work += name === 'distinct' ? items ** 2 / 2 : items;
    if ((name === 'string' || name === 'clone') && typeof arg === 'object') work += 4 * extentOf(arg).values;
  }
  return Math.floor(work / WORK_OF_NODE);
}

function returned(meter: Meter, name: string, result: any): unknown {
  if (typeof result === 'string') {meter.allocated(stringBytes(result));} else if (Array.isArray(result)) {
    if (name !== 'range') meter.allocated(listBytes(result.length));
    if (NEW_THROUGHOUT.has(name)) meter.allocated(newBytes(result));
  } else if (typeof result === 'object' && result !== null && !('_jsonata_lambda' in result)) {
    meter.allocated(NEW_THROUGHOUT.has(name) ? newBytes(result) : objectBytes(result));
  }
  return result;
}

function newBytes(value: object): number {
  const { values, characters } = extentOf(value);
  return 72 * values + characters;
}
