import { output, runDefinition } from './support/run-definition';

afterEach(() => jest.restoreAllMocks());

test('an expression without an end fails', async () => {
  const start = Date.now();
  let calls = 0;
  // A millisecond passes with each look at the clock.
  jest.spyOn(Date, 'now').mockImplementation(() => start + 10 * calls++);
  const result = await runDefinition(output('{% ($f := function($x) { $f($x + 1) }; $f(1)) %}'));
  expect(result).toMatchObject({
    status: 'FAILED',
    error: 'States.QueryEvaluationError',
    cause: expect.stringMatching(/threw an error during evaluation: Expression evaluation timeout: Check for infinite loop$/),
  });
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
