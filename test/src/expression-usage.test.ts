import { Evaluated, evaluationsOf, GROWING_RUNS, kinds } from './support/expression-usage';
import { FORGERIES, GROWING_INPUTS } from './support/growing-inputs';
import { AWS_BUDGET } from '../../engine';

/** AWS's evaluator may allocate a few times what the engine estimates. */
const SHARE = 1 / 5;

const most = (evaluated: readonly Evaluated[], of: 'nodes' | 'bytes') => evaluated.reduce((a, b) => (b[of] > a[of] ? b : a));

function expectWithin(evaluated: readonly Evaluated[]): void {
  for (const of of ['nodes', 'bytes'] as const) {
    const { state, field, [of]: used } = most(evaluated, of);
    expect({ state, field, of, used, isLittle: used <= AWS_BUDGET[of] * SHARE }).toMatchObject({ isLittle: true });
  }
}

describe.each(kinds().map((kind) => [kind.name, kind] as const))('no expression of a state machine of the kind %s takes more than a fifth of what AWS allows', (_name, kind) => {
  test.each(Object.entries(GROWING_INPUTS))('for %s', async (_what, input) => {
    expectWithin(await evaluationsOf(kind, input));
  });

  test.each(Object.entries(GROWING_RUNS))('for %s', async (_what, { input, faults }) => {
    const evaluated = await evaluationsOf(kind, input, faults);
    expectWithin(evaluated);
    expect(evaluated.map(({ state }) => state)).toEqual(expect.arrayContaining(faults.alignment === undefined ? ['ExplainFailure', 'ReadErrorFile'] : ['CountSequences']));
  });
});

test('nor for inputs that pose as JSONata\'s own data', async () => {
  const [standard] = kinds();
  expect(Object.keys(FORGERIES)).toHaveLength(30);
  for (const input of Object.values(FORGERIES)) expectWithin(await evaluationsOf(standard, input));
});

test('the largest inputs are what Step Functions takes', () => {
  const sizes = Object.values(GROWING_INPUTS).map((input) => JSON.stringify(input).length);
  expect(Math.max(...sizes)).toBeLessThan(256 * 1024);
  expect(sizes.filter((size) => size > 220 * 1024).length).toBeGreaterThanOrEqual(2);
});
