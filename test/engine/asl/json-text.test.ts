import { output, runDefinition } from './support/run-definition';
import { jsonText } from '../../../engine/asl/expression/json-text';

/** Whole numbers as a long has them, others as Java's Double.toString. */
test.each<[number, string]>([
  [0, '0'], [-0, '0'], [1.0, '1'], [1e2, '100'], [-42, '-42'],
  [2 ** 53, '9007199254740992'], [2 ** 60, '1152921504606846976'],
  [2 ** 63, '9.223372036854776E18'], [-(2 ** 63), '-9.223372036854776E18'], [1e21, '1.0E21'], [1.5e300, '1.5E300'],
  [0.5, '0.5'], [0.1 + 0.2, '0.30000000000000004'], [0.001, '0.001'], [0.0001, '1.0E-4'], [-0.00012, '-1.2E-4'],
  [9_999_999.5, '9999999.5'], [10_000_000.5, '1.00000005E7'],
])('%p is written %s', (value, text) => {
  expect(jsonText(value)).toBe(text);
  expect(JSON.parse(text)).toBe(value === 0 ? 0 : value);
});

test('all else is written as JSON', () => {
  const value = { 'a"b': [1, null, undefined, 'é\n', true, {}], 'c': undefined, 'd': { e: [] }, 'f': new Date(0) };
  expect(jsonText(value)).toBe(JSON.stringify(value));
});

test('the history has that text', async () => {
  const { events } = await runDefinition(output({ n: '{% 0.0001 %}' }));
  expect(events.at(-1)!.details).toMatchObject({ output: '{"n":1.0E-4}' });
});
