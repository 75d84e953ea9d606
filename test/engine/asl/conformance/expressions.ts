import { ConformanceCase, EVALUATION, expressionCause, Source, UNDEFINED } from '../support/conformance-case';
import { jsonata, output, single } from '../support/run-definition';

const DATA = Source.GUIDE('Transforming data with JSONata in Step Functions');
const fails = (text: string, what: string, source: string, field = 'Output'): ConformanceCase => ({
  name: `${text} ${what}`,
  source,
  definition: output(jsonata(text)),
  error: EVALUATION,
  cause: expressionCause(text, field, what),
  events: ['PassStateEntered', 'EvaluationFailed'],
});
const gives = (text: string, value: unknown, source: string, input: unknown = {}): ConformanceCase =>
  ({ name: `${text} gives ${JSON.stringify(value)}`, source, definition: output(jsonata(text)), input, output: value });

const FLOCI_FUNCTIONS = Source.MEASURED('floci-io/floci issue 2662 and pull request 2676');
const FLOCI_STRING = Source.MEASURED('floci-io/floci pull request 2683');
const FLOCI_LIMITS = Source.MEASURED('floci-io/floci issues 2736 and 2737, pull request 2783');

/** Where expressions are and what they give. */
export const expressions: readonly ConformanceCase[] = [
  gives('$states.input', { a: 1 }, DATA, { a: 1 }),
  gives('$states.input.b[0].c', 'd', DATA, { b: [{ c: 'd' }] }),
  gives('$states.context.Execution.Input.a', 1, DATA, { a: 1 }),
  gives('$states.input.a & "é😀"', 'zé😀', DATA, { a: 'z' }),
  gives('[1,2,3][$ > 1]', [2, 3], 'JSONata, "Predicate queries"'),
  gives('$states.input.list[v = 2].n', 'two', 'JSONata: a sequence of one is its element', { list: [{ v: 1, n: 'one' }, { v: 2, n: 'two' }] }),
  gives('$states.input.list[v = 2].n[]', ['two'], 'JSONata, "Singleton array and value equivalence"', { list: [{ v: 2, n: 'two' }] }),
  gives('0.1 + 0.2', 0.30000000000000004, 'JSONata: numbers are doubles'),
  gives('1e20', 100000000000000000000, 'JSONata: numbers are doubles'),
  gives('$string(1e21)', '1e+21', FLOCI_STRING),
  gives('$string(9223372036854775808)', '9223372036854776000', FLOCI_STRING),
  gives('$string(999999999999999868928)', '999999999999999900000', FLOCI_STRING),
  gives('$string({"n": 1e20, "l": [1/3, function($x) { $x }]})', '{"n":100000000000000000000,"l":[0.333333333333333,""]}', FLOCI_STRING),
  gives('$map([1e20, 1e21], $string)', ['100000000000000000000', '1e+21'], FLOCI_STRING),
  gives('$string({"a": 1}, true)', '{\n  "a": 1\n}', FLOCI_STRING),
  gives('$string($sum)', '', 'JSONata, "String functions"'),
  fails('$string(1/0)', 'threw an error during evaluation. D3001: Attempting to invoke string function on Infinity or NaN', 'JSONata, its error codes'),
  gives('null', null, Source.OBSERVED),
  gives('$exists($unassigned) ? $unassigned : "fallback"', 'fallback', Source.OBSERVED),
  gives('[$unassigned, 1]', [1], 'JSONata: an item that is nothing is left out'),
  gives('$states.input.n', null, Source.MEASURED('floci-io/floci pull request 2684'), { n: null }),
  gives('1/0', 'Infinity', FLOCI_LIMITS),
  gives('[1/0, {"k": 0/0}]', ['Infinity', { k: 'NaN' }], FLOCI_LIMITS),
  {
    name: 'Output: null outputs null', source: Source.OBSERVED, definition: output(null), input: { a: 1 }, output: null,
  },
  {
    name: 'expressions at any depth of a payload',
    source: DATA,
    definition: output({ a: [{ b: '{% 1 + 1 %}' }, '{%$states.input.x%}'], c: 'text', d: 3, e: true, f: null, g: {} }),
    input: { x: 'X' },
    output: { a: [{ b: 2 }, 'X'], c: 'text', d: 3, e: true, f: null, g: {} },
  },
  ...[' {% 1 %} ', 'x {% 1 %} y', '{ % 1 % }', '% 1 %'].map((text): ConformanceCase => ({
    name: `"${text}" is a plain string`, source: Source.OBSERVED, definition: output({ v: text }), output: { v: text },
  })),
  {
    name: 'blanks and lines inside of the marks belong to no expression',
    source: DATA,
    definition: output('{%\n   $states.input.a  \n + 1\t%}'),
    input: { a: 1 },
    output: 2,
  },
  {
    name: 'a comment in an expression',
    source: 'JSONata, "Comments"',
    definition: output('{% /* the one */ $states.input.a /* and only */ %}'),
    input: { a: 'b' },
    output: 'b',
  },
  {
    name: 'keys of a payload are no expressions', source: DATA, definition: output({ '{% 1 %}': 1 }), output: { '{% 1 %}': 1 },
  },
  gives('{"a": $states.input.missing, "b": 1}', { b: 1 }, 'JSONata: a member that is nothing is left out'),
  gives('[$states.input.missing, 1]', [1], 'JSONata: an item that is nothing is left out'),
];

/** What an expression does wrong, in AWS's words. */
export const expressionErrors: readonly ConformanceCase[] = [
  fails('$states.input.missing', UNDEFINED, Source.OBSERVED),
  fails('$sum', 'returned an unsupported result type.', Source.OBSERVED),
  fails('function($x) { $x }', 'returned an unsupported result type.', Source.OBSERVED),
  fails('$nothing(1)', 'threw an error during evaluation. T1006: Attempted to invoke a non-function', Source.OBSERVED),
  fails('$eval("1+1")', 'threw an error during evaluation. T1006: Attempted to invoke a non-function', Source.OBSERVED),
  fails('$randomSeeded(1)', 'threw an error during evaluation. T1006: Attempted to invoke a non-function', Source.OBSERVED),
  fails('$sum(["a"])', 'threw an error during evaluation. T0412: Argument 1 of function "sum" must be an array of "numbers"',
    Source.MEASURED('floci-io/floci issue 2668')),
  fails('$abs("x")', 'threw an error during evaluation. T0410: Argument 1 of function "abs" does not match function signature', FLOCI_LIMITS),
  fails('"a" - 1', 'threw an error during evaluation. T2001: The left side of the "-" operator must evaluate to a number', FLOCI_LIMITS),
  fails('$number("x")', 'threw an error during evaluation. D3030: Unable to cast value to a number: "x"', FLOCI_LIMITS),
  fails('$error("my words")', 'threw an error during evaluation. D3137: my words', FLOCI_LIMITS),
  fails('[1..900000] ~> $count()',
    'threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage', FLOCI_LIMITS),
  fails(Array(101).fill('1').join('+'), 'threw an error during evaluation: Stack overflow error: Check for non-terminating recursive function. '
    + 'Consider rewriting as tail-recursive', FLOCI_LIMITS),
  fails('($f := function($x){ $x <= 0 ? 0 : 1 + $f($x-1) }; $f(32))', 'threw an error during evaluation: Stack overflow error: Check for '
    + 'non-terminating recursive function. Consider rewriting as tail-recursive', FLOCI_LIMITS),
  gives('($f := function($x){ $x <= 0 ? 0 : 1 + $f($x-1) }; $f(31))', 31, FLOCI_LIMITS),
  fails('$formatNumber(1, "x")', 'threw an error during evaluation. D3086: The sub-picture must not contain a passive character that is preceded by '
    + 'an active character and that is followed by another active character', FLOCI_LIMITS),
  gives('$formatNumber(1234.5678, "#,##0.00")', '1,234.57', FLOCI_LIMITS),
  gives('$parseInteger("abc", "0")', 'NaN', FLOCI_LIMITS),
  fails('$unassigned', UNDEFINED, Source.OBSERVED),
  ...([
    ['Output/v', { Type: 'Pass', Output: { v: '{% $states.input.no %}' } }],
    ['Output/a/b', { Type: 'Pass', Output: { a: { b: '{% $states.input.no %}' } } }],
    ['Output/a[1]/b', { Type: 'Pass', Output: { a: [1, { b: '{% $states.input.no %}' }] } }],
    ['Assign/x', { Type: 'Pass', Assign: { x: '{% $states.input.no %}' } }],
    ['Seconds', { Type: 'Wait', Seconds: '{% $states.input.no %}' }],
    ['Timestamp', { Type: 'Wait', Timestamp: '{% $states.input.no %}' }],
    ['Error', { Type: 'Fail', Error: '{% $states.input.no %}' }],
    ['Cause', { Type: 'Fail', Cause: '{% $states.input.no %}' }],
    ['Arguments/FunctionName', { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: '{% $states.input.no %}' } }],
    ['TimeoutSeconds', { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f' }, TimeoutSeconds: '{% $states.input.no %}' }],
  ] as const).map(([field, state]): ConformanceCase => ({
    name: `the field is told as ${field}`,
    source: Source.MEASURED('floci-io/floci issue 2665 and pull request 2689'),
    definition: single(state),
    tasks: { S: [] },
    error: EVALUATION,
    cause: expressionCause('$states.input.no', field, UNDEFINED),
  })),
];

/** The functions that Step Functions adds. */
export const functions: readonly ConformanceCase[] = [
  gives('$partition([1,2,3,4], 2)', [[1, 2], [3, 4]], FLOCI_FUNCTIONS),
  gives('$partition([1,2,3,4,5], 2.9)', [[1, 2], [3, 4], [5]], FLOCI_FUNCTIONS),
  gives('$partition([1,2,3], 5)', [[1, 2, 3]], FLOCI_FUNCTIONS),
  gives('$partition([1,2,3])', [[1, 2, 3]], FLOCI_FUNCTIONS),
  gives('$range(5, 1, -1.5)', [5, 4, 3, 2, 1], FLOCI_FUNCTIONS),
  gives('$count($range(-9223372036854775808, 9223372036854775807, 9223372036854775807))', 3, FLOCI_FUNCTIONS),
  gives('$exists($parse("null"))', true, FLOCI_FUNCTIONS),
  gives('$random(0)', 0.730967787376657, FLOCI_FUNCTIONS),
  gives('$random(7.9)', 0.7306990420600421, FLOCI_FUNCTIONS),
  gives('$hash("ñ", "MD5")', '94e9342ecbb1458b6043ecd3bfcbc192', FLOCI_FUNCTIONS),
  gives('$range(0, 6, 2)', [0, 2, 4, 6], FLOCI_FUNCTIONS),
  gives('$range(0, 5, 2)', [0, 2, 4], FLOCI_FUNCTIONS),
  gives('$range(5, 1, -2)', [5, 3, 1], FLOCI_FUNCTIONS),
  gives('$range(-1.7, 2, 1)', [-1, 0, 1, 2], FLOCI_FUNCTIONS),
  gives('$range(1, 9, 9)', 1, Source.OBSERVED),
  gives('$hash("input", "SHA-1")', '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1', FLOCI_FUNCTIONS),
  gives('$hash("", "MD5")', 'd41d8cd98f00b204e9800998ecf8427e', 'RFC 1321, appendix A.5'),
  gives('$hash("abc", "SHA-256")', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'FIPS 180-2, appendix B.1'),
  gives('$random(42)', 0.7275636800328681, FLOCI_FUNCTIONS),
  gives('$random(42) = $random(42)', true, DATA),
  gives('($r := $random(); $r >= 0 and $r < 1)', true, DATA),
  gives('$match($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) ~> $count()', 1, DATA),
  gives('$parse("{\\"a\\":1}").a', 1, FLOCI_FUNCTIONS),
  gives('$parse("[1,null]")', [1, null], DATA),
  fails('$partition([], 2)', UNDEFINED, FLOCI_FUNCTIONS),
  fails('$partition([1], 0)', UNDEFINED, FLOCI_FUNCTIONS),
  fails('$partition([1,2,3], -0.5)', UNDEFINED, FLOCI_FUNCTIONS),
  fails('$partition([1,2,3], -1)', 'threw an error during evaluation. D3137: Second argument must be zero or greater', FLOCI_FUNCTIONS),
  fails('$range(1, 5, 0)', UNDEFINED, FLOCI_FUNCTIONS),
  fails('$range(1)', 'threw an error during evaluation. T0410: Argument 2 of function "range" does not match function signature', FLOCI_FUNCTIONS),
  fails('$parse()', UNDEFINED, FLOCI_FUNCTIONS),
  fails('$parse(null)', 'threw an error during evaluation. T0410: Argument 1 of function "parse" does not match function signature', FLOCI_FUNCTIONS),
  fails('$uuid("x")', 'threw an error during evaluation. T0410: Argument 1 of function "uuid" does not match function signature', FLOCI_FUNCTIONS),
  fails('$hash("a", 5)', 'threw an error during evaluation. T0410: Argument 2 of function "hash" does not match function signature', FLOCI_FUNCTIONS),
  fails('$hash("a", "md5")', "threw an error during evaluation. D3137: Hash algorithm 'md5' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5",
    FLOCI_FUNCTIONS),
  fails('$hash()', 'threw an error during evaluation. T0410: Argument 1 of function "hash" does not match function signature', FLOCI_FUNCTIONS),
  ...['null', '"a"'].map((list) => fails(`$partition(${list}, 2)`,
    'threw an error during evaluation. T0412: Argument 1 of function "partition" must be an array of undefined', FLOCI_FUNCTIONS)),
  ...['', '  ', '{', '[1,2] [3,4]', '{"a":1,"a":2}', '1e400'].map((text) => fails(`$parse(${JSON.stringify(text)})`,
    'threw an error during evaluation. D3137: Invalid JSON', FLOCI_FUNCTIONS)),
  gives('$parse("{\\"a\\":{\\"b\\":[{\\"a\\":1},{\\"a\\":\\"x:{\\"}]},\\"b\\":-1.5e3}")', { a: { b: [{ a: 1 }, { a: 'x:{' }] }, b: -1500 }, FLOCI_FUNCTIONS),
  gives('$parse("1.0")', 1, FLOCI_FUNCTIONS),
  fails('$range(1, 5)', UNDEFINED, FLOCI_FUNCTIONS),
  fails('$range(1, 5, -1)', UNDEFINED, FLOCI_FUNCTIONS),
  fails('$hash("x")', UNDEFINED, FLOCI_FUNCTIONS),
  fails('$range("a", 2, 1)', 'threw an error during evaluation. T0410: Argument 1 of function "range" does not match function signature', FLOCI_FUNCTIONS),
  fails('$random("x")', 'threw an error during evaluation. T0410: Argument 1 of function "random" does not match function signature', FLOCI_FUNCTIONS),
  fails('$range(1, 360146, 1)', 'threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage',
    Source.MEASURED('floci-io/floci pull request 2790')),
];
