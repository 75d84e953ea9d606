import fc from 'fast-check';
import { branch, machine, runDefinition } from './support/run-definition';
import { loadDefinition } from '../../../engine/asl/definition/load-definition';
import type { HistoryEvent } from '../../../engine/asl/record/history';
import { StatesError } from '../../../engine/asl/visit/task-integration';

/** More of them with PAVI_LONG_TESTS=1. */
const RUNS = process.env.PAVI_LONG_TESTS === '1' ? 3000 : 80;

type States = Record<string, any>;

const errors = fc.constantFrom('A', 'B', 'States.Timeout').map((error) => [error]);
const value = fc.constantFrom('{% $states.input %}', '{% $states.input.no %}', '{% [1..3] %}', { a: '{% 1 %}' }, [1, 2], 'text', 7, null);
const trying = fc.record({
  Retry: fc.array(fc.record({
    ErrorEquals: errors, MaxAttempts: fc.nat(2), IntervalSeconds: fc.integer({ min: 1, max: 90 }),
  }), { maxLength: 2 }),
  Catch: fc.array(fc.record({ ErrorEquals: errors, Next: fc.constant('') }), { maxLength: 2 }),
}, { requiredKeys: [] });

/** A line of one to three states; the names are made unique afterwards, and the catchers lead to the last one. */
const line: (depth: number) => fc.Arbitrary<any[]> = (depth) => fc.array(state(depth), { minLength: 1, maxLength: 3 });

function state(depth: number): fc.Arbitrary<any> {
  const simple = [
    fc.record({ Type: fc.constant('Pass'), Output: value, Assign: fc.dictionary(fc.constantFrom('x', 'y'), value, { maxKeys: 1 }) }, { requiredKeys: ['Type'] }),
    fc.record({ Type: fc.constant('Wait'), Seconds: fc.constantFrom(0, 5, 3600, '{% 2 %}', '{% "x" %}') }),
    fc.tuple(trying, fc.record({ TimeoutSeconds: fc.constantFrom(1, 50, '{% 9 %}'), Output: value }, { requiredKeys: [] })).map(([more, own]) =>
      ({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f' }, ...more, ...own })),
    fc.constant({ Type: 'Fail', Error: 'A' }),
  ];
  if (depth === 0) return fc.oneof(...simple);
  return fc.oneof(
    ...simple,
    fc.tuple(trying, fc.array(line(depth - 1), { minLength: 1, maxLength: 3 })).map(([more, Branches]) => ({ Type: 'Parallel', Branches, ...more })),
    fc.tuple(trying, line(depth - 1), fc.constantFrom([1, 2], '{% [1..5] %}', '{% 1 %}', []), fc.nat(2)).map(([more, ItemProcessor, Items, MaxConcurrency]) =>
      ({ Type: 'Map', ItemProcessor, Items, MaxConcurrency, ...more })),
  );
}

function named(states: any[], counter: { next: number }, scope: string): States {
  const names = states.map(() => `S${counter.next++}`);
  return Object.fromEntries(states.map((given, index) => {
    const { Branches, ItemProcessor, Catch, Assign, ...rest } = given;
    const last = names.at(-1);
    return [names[index], {
      ...rest,
      // A name may be assigned in one scope alone.
      ...Assign === undefined ? {} : { Assign: Object.fromEntries(Object.entries(Assign).map(([key, item]) => [`${key}${scope}`, item])) },
      ...Catch === undefined ? {} : { Catch: Catch.map((catcher: any) => ({ ...catcher, Next: last })) },
      ...Branches === undefined ? {} : { Branches: Branches.map((inner: any[], at: number) => branch(ended(named(inner, counter, `${scope}_${index}_${at}`)))) },
      ...ItemProcessor === undefined ? {} : { ItemProcessor: branch(ended(named(ItemProcessor, counter, `${scope}_${index}`))) },
    }];
  }));
}

/** A Fail ends its line: what comes after it is not reachable, so it stands last. A catcher's target may be the state itself. */
function ended(states: States): States {
  const names = Object.keys(states);
  const first = names.findIndex((name) => states[name].Type === 'Fail');
  const kept = first < 0 ? names : names.slice(0, first + 1);
  const last = kept.at(-1)!;
  return Object.fromEntries(kept.map((name) => {
    const { Catch, ...rest } = states[name];
    // A state that catches itself would never end.
    return [name, Catch === undefined || name === last ? rest : { ...rest, Catch: Catch.map((catcher: any) => ({ ...catcher, Next: last })) }];
  }));
}

/** What holds of every history. */
function check(events: readonly HistoryEvent[]): void {
  events.forEach(({ id, previousEventId, type }, index) => {
    expect(id).toBe(index + 1);
    if (previousEventId >= id) throw new Error(`${type} ${id} comes after ${previousEventId}`);
  });
  const count = (pattern: RegExp) => events.filter(({ type }) => pattern.test(type)).length;
  expect(count(/^MapIterationStarted$/)).toBe(count(/^MapIteration(Succeeded|Failed|Aborted)$/));
  // One that is stopped ends with its state.
  expect(count(/^TaskStarted$/)).toBeLessThanOrEqual(count(/^Task(Succeeded|Failed|TimedOut|StateAborted)$/));
  for (const type of ['Map', 'Parallel']) {
    // A retry begins it again without an end between.
    const [entered, ends] = [count(new RegExp(`^${type}StateEntered$`)), count(new RegExp(`^${type}State(Succeeded|Failed|Aborted)$`))];
    if (entered !== ends) throw new Error(`${entered} ${type} states entered, and ${ends} ended`);
  }
  expect(events.filter(({ type }) => /^Execution(Succeeded|Failed)$/.test(type))).toEqual([events.at(-1)]);
}

test('random machines end, and leave a history that is whole', async () => {
  await fc.assert(fc.asyncProperty(line(2), fc.array(fc.constantFrom('ok', 'A', 'B'), { minLength: 1, maxLength: 6 }), async (states, answers) => {
    const definition = machine(ended(named(states, { next: 0 }, '')));
    loadDefinition(definition, 'STANDARD');
    let call = 0;
    const task = async () => {
      const answer = answers[call++ % answers.length];
      if (answer !== 'ok') throw new StatesError(answer);
      return call;
    };
    const { status, events, output } = await runDefinition(definition, { findIntegration: () => task });
    check(events);
    expect(['SUCCEEDED', 'FAILED']).toContain(status);
    expect(output === undefined).toBe(status === 'FAILED');
  }), { numRuns: RUNS, seed: 7 });
}, 600_000);
