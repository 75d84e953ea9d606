import { jsonata, machine, output, pass, runDefinition } from './support/run-definition';
import { EvaluatedExpression, evaluate, EvaluationSettings, SETTINGS } from '../../../engine/asl/expression/expression';
import { AWS_BUDGET } from '../../../engine/asl/expression/expression-budget';

afterEach(() => jest.restoreAllMocks());

const MEMORY = 'threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage';
const TIME = 'threw an error during evaluation: Expression evaluation timeout: Check for infinite loop';
const ENDLESS = '($f := function($x) { $f($x + 1) }; $f(1))';

/** What an expression took, and how it failed. */
async function measured(text: string, settings: EvaluationSettings = {}, variables: object = {}) {
  let used: EvaluatedExpression | undefined;
  const onUsage = (evaluated: EvaluatedExpression) => { used = evaluated; };
  const failure = await evaluate(`{% ${text} %}`, 'Output', { ...variables, [SETTINGS]: { ...settings, onUsage } }).then(() => undefined, (error: Error) => error.message);
  const { bindings: _bindings, ...usage } = used!;
  return { ...usage, failure };
}

/** Large enough that an expression is not ended. */
const UNLIMITED = { budget: { nodes: Infinity, bytes: Infinity } };

describe('the borders that were measured in AWS are kept to the unit', () => {
  const doubled = (times: number) => `($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $length($p("x", ${times})))`;

  test.each([
    ['$range(1, 360145, 1) ~> $count()', '$range(1, 360146, 1) ~> $count()'],
    [doubled(22), doubled(23)],
    ['[1..873782] ~> $count()', '[1..873783] ~> $count()'],
  ])('%s is given, %s is not', async (within, beyond) => {
    expect((await measured(within)).failure).toBeUndefined();
    expect((await measured(beyond)).failure).toMatch(new RegExp(`${MEMORY}$`));
  });
});

test('a value that is too large is refused before it is made', async () => {
  for (const text of ['$range(1, 1000000000000, 1)', '$pad("x", 1000000000)']) expect((await measured(text)).failure).toContain(MEMORY);
});

test('what was dropped again counts too', async () => {
  const { failure } = await measured('$sum($map([1..20000], function($v) { $length("a" & $v) }))');
  expect(failure).toContain(MEMORY);
});

test('an expression without an end fails', async () => {
  const { status, error, cause } = await runDefinition(output(jsonata(ENDLESS)));
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  expect(cause).toContain(MEMORY);
});

test('one that allocates little fails when it has evaluated as many nodes as there may be in a second', async () => {
  const { failure, nodes } = await measured(ENDLESS, { budget: { ...AWS_BUDGET, bytes: Infinity } });
  expect(failure).toMatch(new RegExp(`${TIME}$`));
  expect(nodes).toBe(AWS_BUDGET.nodes + 1);
});

test('a node that takes long by itself is noticed at the next one', async () => {
  const start = Date.now();
  let calls = 0;
  // A minute passes with each look at the clock.
  jest.spyOn(Date, 'now').mockImplementation(() => start + 60_001 * calls++);
  expect((await measured('1 + 1')).failure).toContain(TIME);
});

test('the count does not depend on the machine, nor on what else is evaluated', async () => {
  const text = '$map([1..50], function($v) { {"n": $v, "text": "v" & $v} })';
  const alone = await measured(text);
  const together = await Promise.all(Array.from({ length: 5 }, () => measured(text)));
  expect(together).toEqual(Array(5).fill(alone));
  expect(alone).toMatchObject({ text, field: 'Output', failure: undefined });
});

describe('what is worked through without nodes counts', () => {
  const list = Array.from({ length: 1000 }, (_, index) => `item ${index}`);
  const nodesOf = async (text: string, items: unknown) => (await measured(text, UNLIMITED, { items })).nodes;

  test.each(['$sort($items)', '$items = $items', '$string($items)', '$distinct($items)', '$map($items, $uppercase)', '$join($items)'])('%s', async (text) => {
    expect(await nodesOf(text, list)).toBeGreaterThan(await nodesOf(text, list.slice(0, 3)) + 15);
  });
});

test('the items of a group are copied for each that joins it', async () => {
  const bytesOf = async (text: string) => (await measured(text, UNLIMITED)).bytes;
  const [one, many] = [await bytesOf('[1..400]{"all": $count($)}'), await bytesOf('[1..400]{"g" & $: $count($)}')];
  expect(one).toBeGreaterThan(7 * 400 ** 2);
  expect(await bytesOf('[1..800]{"all": $count($)}')).toBeGreaterThan(3 * one);
  expect(many).toBeGreaterThan(400 * 480);
});

/** Bytes an item that com.dashjoin:jsonata 0.9.10 allocates on a JVM that interprets; docs/local-engine.md says how they were measured. */
const ON_JAVA: readonly [body: string, bytes: number][] = [
  ['$l.(1)', 144],
  ['$l.($o.a)', 648],
  ['$l.($o.c.d)', 828],
  ['$l.($o.e[k=1])', 1624],
  ['$l.(1+1)', 240],
  ['$l.($s & $t)', 1264],
  ['$l.([1,2,3,4])', 1677],
  ['$l.{"a":1,"b":2}', 720],
  ['($f := function($v, $w){$v}; $l.($f(1, 2)))', 512],
  ['$map($l, function($v){1})', 332],
  ['$reduce($l, function($a, $v){1}, 0)', 368],
  ['$l.$length($t)', 1488],
  ['$l.$uppercase($s)', 2528],
  ['$l.$string($o)', 2752],
  ['$l.$split($t, "")', 2743],
  ['$l.$substring($s, 1, 100)', 3624],
  ['$l.$merge([{"a":1},{"b":2}])', 3696],
  ['$l.$contains($s, /y/)', 2712],
  ['$l[$ > 100]', 86],
  ['$l#$i.($i)', 980],
  ['$join($l.$string($), ",")', 1659],
  ['$l{$string($): 1}', 1737],
];

test.each(ON_JAVA)('the estimate of %s is near %d bytes an item, as in Java', async (body, java) => {
  const bytesOf = async (items: number) => (await measured(body, UNLIMITED, {
    o: { a: 1, b: 'text', c: { d: [1, 2, 3] }, e: [{ k: 1 }, { k: 2 }] },
    s: 'x'.repeat(1000),
    t: 'ab',
    l: Array.from({ length: items }, (_, index) => index),
  })).bytes;
  const bytes = (await bytesOf(1200) - await bytesOf(200)) / 1000;
  expect(bytes / java).toBeGreaterThan(0.9);
  expect(bytes / java).toBeLessThan(1.55);
});

test('the budget can be set by state, and each evaluation is reported', async () => {
  const used: (EvaluatedExpression & { state: string })[] = [];
  const { status, error } = await runDefinition(machine({
    First: pass({ Assign: { a: '{% 1 + 1 %}' } }),
    Second: pass({ Output: '{% $a %}' }),
  }), { expressions: { budgetOf: (state) => (state === 'Second' ? { nodes: 0, bytes: 0 } : undefined), onUsage: (evaluated) => used.push(evaluated) } });
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  expect(used.map(({ state, field, text, nodes }) => ({ state, field, text, nodes }))).toEqual([
    { state: 'First', field: 'Assign/a', text: '1 + 1', nodes: 3 },
    { state: 'Second', field: 'Output', text: '$a', nodes: 1 },
  ]);
});

test('members of arrays and objects do not add up their depths', async () => {
  const members = Array.from({ length: 150 }, (_, index) => `"k${index}": [${index}, (1 + 1)]`).join(', ');
  const { status, output: value } = await runDefinition(output(`{% {${members}} %}`));
  expect(status).toBe('SUCCEEDED');
  expect(Object.keys(value as object)).toHaveLength(150);
});

test('nor do they in functions that call each other', async () => {
  const text = '($f := function($n) { $n = 0 ? {"n": 0} : {"a": $f($n - 1), "b": [$f(0), $n]} }; $f(9))';
  const { status, output: value } = await runDefinition(output(`{% ${text} %}`));
  expect(status).toBe('SUCCEEDED');
  let depth = 0;
  for (let node: any = value; node.a !== undefined; node = node.a) depth += 1;
  expect(depth).toBe(9);
});

test('groups of a sequence take their turns too', async () => {
  const { output: value } = await runDefinition(output('{% $states.input.items{key: $sum(n), "all": $count(n)} %}'), {
    input: { items: [{ key: 'a', n: 1 }, { key: 'b', n: 2 }, { key: 'a', n: 3 }] },
  });
  expect(value).toEqual({ a: 4, b: 2, all: 3 });
});

test('nor do the many groups of a sequence whose items have a number', async () => {
  const { status, output: value } = await runDefinition(output('{% $count($keys([1..400]#$i{ "g" & $i: (1 + 1) })) %}'));
  expect({ status, value }).toEqual({ status: 'SUCCEEDED', value: 400 });
});

test('nor where functions that have such groups call each other', async () => {
  const text = '($f := function($n) { $n = 0 ? 0 : [1, 2]#$i{ "g" & $i: $f($n - 1) } }; $f(4))';
  const { status, output: value } = await runDefinition(output(`{% ${text} %}`));
  expect(status).toBe('SUCCEEDED');
  expect(JSON.stringify(value).match(/0/g)).toHaveLength(16 + 15);
});

test('two evaluations of one expression side by side keep their own count', async () => {
  const definition = output('{% ($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(30)) %}');
  const results = await Promise.all(Array.from({ length: 20 }, () => runDefinition(definition)));
  expect(results.map((result) => result.output)).toEqual(Array(20).fill(30));
});
