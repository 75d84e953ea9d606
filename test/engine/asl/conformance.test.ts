import { expressionErrors, expressions, functions } from './conformance/expressions';
import { histories } from './conformance/histories';
import { contexts, maps, parallels, variables } from './conformance/nested';
import { choices, passAndEnds, tasks, waits } from './conformance/states';
import { answering, ConformanceCase } from './support/conformance-case';
import { runDefinition } from './support/run-definition';

const TABLES: readonly [string, readonly ConformanceCase[]][] = [
  ['expressions', expressions],
  ['expressions that fail', expressionErrors],
  ['the functions that Step Functions adds', functions],
  ['Pass, Succeed and Fail', passAndEnds],
  ['Choice', choices],
  ['Wait', waits],
  ['Task, Retry and Catch', tasks],
  ['variables', variables],
  ['the context', contexts],
  ['Parallel', parallels],
  ['Map', maps],
  ['histories, as AWS has them', histories],
];

describe.each(TABLES)('%s', (_table, cases) => {
  test.each(cases.map((item) => [item.name, item] as const))('%s', async (_name, item) => {
    const integrations = Object.fromEntries(Object.entries(item.tasks ?? {}).map(([state, answers]) => [state, answering(answers)]));
    const { events, ...result } = await runDefinition(item.definition, { input: item.input ?? {}, type: item.type, tasks: integrations });
    const status = item.status ?? (item.error === undefined ? 'SUCCEEDED' : 'FAILED');
    // A case of an error may leave the cause open; but a cause that it has must be there, and one that is not there must not.
    const cause = item.cause === undefined && item.error !== undefined && result.cause !== undefined ? { cause: expect.any(String) } : {};
    expect(result).toEqual({
      status,
      ...'output' in item ? { output: item.output } : {},
      ...item.error === undefined ? {} : { error: item.error },
      ...item.cause === undefined ? cause : { cause: item.cause },
    });
    if (item.events !== undefined) {
      const told = (index: number) => item.events![index]?.includes(' < ');
      expect(events.slice(1, -1).map(({ type, previousEventId }, index) => (told(index) ? `${type} < ${previousEventId}` : type))).toEqual(item.events);
    }
    if (item.seconds !== undefined) {
      const passed = (Date.parse(events.at(-1)!.timestamp) - Date.parse(events[0].timestamp)) / 1000;
      expect(passed).toBe(item.seconds);
    }
    expect(item.source).not.toBe('');
  });
});
