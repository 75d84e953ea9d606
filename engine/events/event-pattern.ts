type Pattern = { readonly [field: string]: unknown };
type Matcher = (value: unknown) => boolean;

/** An event pattern has something that is not supported; names it. */
export class PatternError extends Error {}

/**
 * Compiles an event pattern (Amazon EventBridge user guide, "Comparison operators for use in event patterns"): every field must match, a
 * field matches by any of its list's elements, and a list in the event by any of its own.
 *
 * @throws PatternError for an operator that is not supported
 */
export function eventPattern(pattern: Pattern, path = ''): (event: unknown) => boolean {
  const fields = Object.entries(pattern).map(([name, wanted]): (event: unknown) => boolean => {
    const at = path === '' ? name : `${path}.${name}`;
    if (name === '$or') {
      if (!Array.isArray(wanted)) throw new PatternError(`${at} must be a list of patterns`);
      const either = wanted.map((item) => eventPattern(item as Pattern, path));
      return (event) => either.some((matches) => matches(event));
    }
    if (Array.isArray(wanted)) {
      const matchers = wanted.map((item) => matcher(item, at));
      return (event) => {
        const value = (event as Record<string, unknown> | null | undefined)?.[name];
        const values = Array.isArray(value) ? value : [value];
        return matchers.some((matches) => values.some(matches));
      };
    }
    if (typeof wanted !== 'object' || wanted === null) throw new PatternError(`${at} must be a list or an object, got ${JSON.stringify(wanted)}`);
    const inner = eventPattern(wanted as Pattern, at);
    return (event) => inner((event as Record<string, unknown> | null | undefined)?.[name]);
  });
  return (event) => fields.every((matches) => matches(event));
}

function matcher(wanted: unknown, at: string): Matcher {
  if (typeof wanted !== 'object' || wanted === null) return (value) => value === wanted;
  const [[operator, operand], ...more] = Object.entries(wanted);
  if (more.length > 0) throw new PatternError(`${at}: one operator is expected, got ${JSON.stringify(wanted)}`);
  const compile = OPERATORS[operator];
  if (compile === undefined) throw new PatternError(`${at}: the operator ${operator} of an event pattern is not supported`);
  return compile(operand, at);
}

const OPERATORS: Readonly<Record<string, (operand: any, at: string) => Matcher>> = {
  'prefix': text((value, operand) => value.startsWith(operand)),
  'suffix': text((value, operand) => value.endsWith(operand)),
  'equals-ignore-case': text((value, operand) => value.toLowerCase() === operand.toLowerCase()),
  'wildcard': text((value, operand) => wildcard(operand).test(value)),
  'exists': (operand: boolean) => (value) => (value !== undefined) === operand,
  'numeric': (operand: unknown[], at) => numeric(operand, at),
  'anything-but': (operand, at) => {
    const unwanted = (Array.isArray(operand) ? operand : [operand]).map((item) => matcher(item, at));
    return (value) => value !== undefined && !unwanted.some((matches) => matches(value));
  },
};

/** An operator on a text; its operand may be a list, or say that upper and lower case are the same. */
function text(compare: (value: string, operand: string) => boolean): (operand: any, at: string) => Matcher {
  return (operand, at) => {
    const ignoreCase = operand?.['equals-ignore-case'];
    if (typeof ignoreCase === 'string') {
      return (value) => typeof value === 'string' && compare(value.toLowerCase(), ignoreCase.toLowerCase());
    }
    const operands = Array.isArray(operand) ? operand : [operand];
    if (!operands.every((item) => typeof item === 'string')) throw new PatternError(`${at}: the operand ${JSON.stringify(operand)} is not supported`);
    return (value) => typeof value === 'string' && operands.some((item) => compare(value, item));
  };
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.match(/\\[*\\]|\*|[^*\\]+|\\/g) ?? [];
  return new RegExp(`^${parts.map((part) => part === '*' ? '.*' : part.replace(/^\\(?=[*\\])/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('')}$`, 's');
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b, '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '>=': (a, b) => a >= b,
};

/** `["=", 1]` or `[">", 0, "<=", 5]` */
function numeric(operand: unknown[], at: string): Matcher {
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const compare = COMPARISONS[String(operand[index])];
    const limit = operand[index + 1];
    if (compare === undefined || typeof limit !== 'number') throw new PatternError(`${at}: numeric ${JSON.stringify(operand)} is not supported`);
    tests.push((value) => compare(value, limit));
  }
  return (value) => typeof value === 'number' && tests.every((holds) => holds(value));
}
