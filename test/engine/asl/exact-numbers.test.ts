import { jsonata, output, runDefinition } from './support/run-definition';
import { indentedJson, parseExactly } from '../../../engine/asl/expression/exact-numbers';
import { jsonText } from '../../../engine/asl/expression/json-text';

const LONGS = '{"n":9007199254740993,"o":{"max":9223372036854775807,"min":-9223372036854775808},"l":[1,12345678901234567]}';

test('whole numbers that a long holds are kept, and only those', () => {
  const text = '{"a":9007199254740993,"s":"9007199254740993","k\\"12345678901234567":[-9223372036854775808],"safe":9007199254740991}';
  expect(jsonText(parseExactly(text))).toBe(text);
  expect(parseExactly('[9223372036854775808,1234567890123456.5,1234567890123456789e2,0.12345678901234567890]'))
    .toEqual([2 ** 63, 1234567890123456.5, 123456789012345678900, 0.12345678901234568]);
});

test('so they are when they are written for people', () => {
  const mark = { 'n': 2n ** 60n, 'text': '123', '"': ['1152921504606846976'] };
  expect(indentedJson(mark)).toBe(JSON.stringify({ ...mark, n: 0 }, null, 2).replace('"n": 0', '"n": 1152921504606846976'));
});

test.each([
  ['$states.input.n', '9007199254740993'],
  ['$states.input', LONGS],
  ['$states.context.Execution.Input.o.min', '-9223372036854775808'],
  ['{"a": $states.input.n, "b": [$states.input.o.max]}', '{"a":9007199254740993,"b":[9223372036854775807]}'],
  ['$merge([$states.input.o, {"x": $lookup($states.input, "n")}])', '{"max":9223372036854775807,"min":-9223372036854775808,"x":9007199254740993}'],
  ['$states.input.l[-1]', '12345678901234567'],
  ['($x := $states.input.o; $x.max)', '9223372036854775807'],
  ['$string($states.input.n)', '"9007199254740993"'],
  // What computes, computes with doubles.
  ['$states.input.n + 1', '9007199254740992'],
  ['$states.input.n = 9007199254740992', 'true'],
  ['$type($states.input.n)', '"number"'],
  ['$sum($states.input.l)', '12345678901234568'],
  ['$states.input.n > 1 ? "more" : "less"', '"more"'],
])('%s gives %s', async (text, expected) => {
  const { status, events } = await runDefinition(output(jsonata(text)), { input: parseExactly(LONGS) });
  expect({ status, output: events.at(-1)!.details.output }).toEqual({ status: 'SUCCEEDED', output: expected });
});

test('what no expression touches is as it was', async () => {
  const result = await runDefinition({ QueryLanguage: 'JSONata', StartAt: 'S', States: { S: { Type: 'Succeed' } } }, { input: parseExactly(LONGS) });
  expect(jsonText(result.output)).toBe(LONGS);
});

test('a field that takes a number takes such one for a number', async () => {
  const definition = { QueryLanguage: 'JSONata', StartAt: 'W', States: { W: { Type: 'Wait', Seconds: jsonata('$states.input.n'), End: true } } };
  expect(await runDefinition(definition, { input: parseExactly(LONGS) })).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('out of range') });
});
