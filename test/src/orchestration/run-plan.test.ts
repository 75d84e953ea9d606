import { systemClock } from '../../../engine/asl/clock';
import { loadDefinition } from '../../../engine/asl/definition/load-definition';
import { runExecution } from '../../../engine/asl/execution';
import { entriesPerJob, inputCount, jobName, MAX_RETRIEVAL_JOBS, retrievalJob, retrievalJobs, unnamedRetrievalJobs } from '../../../src/states/run-plan';
import { evaluate } from '../support/expressions';

const entries = (count: number, id = (index: number) => `e${index}`) => Array.from({ length: count }, (_, index) => ({ unique_entry_id: id(index) }));
const statesOf = (Input: unknown, Map = {}) => ({ context: { Execution: { Name: 'run-1', Input }, Map } });

/** What the Map makes of the plan. */
async function jobsOf(input: unknown, regionsPerJob = 10, items = retrievalJobs(regionsPerJob)): Promise<any[]> {
  const planned: unknown[] = await evaluate(items, { states: statesOf(input) });
  const variables = {
    entriesPerJob: await evaluate(entriesPerJob(regionsPerJob), { states: statesOf(input) }),
    inputCount: await evaluate(inputCount(), { states: statesOf(input) }),
  };
  return Promise.all(planned.map(async (Value, Index) => {
    const { run, ...job } = await evaluate(retrievalJob('"r"'), { states: statesOf(input, { Item: { Index, Value } }), variables });
    expect(run).toBe('r');
    return job;
  }));
}

describe('the number of entries', () => {
  test.each([
    [{ seq_regions: entries(3) }, 3],
    [{ seq_regions: entries(1) }, 1],
    [{ seq_regions_uri: 's3://bucket/inputs/a.json', input_count: 7 }, 7],
    [{ seq_regions: null, seq_regions_uri: 's3://bucket/inputs/a.json', input_count: 7 }, 7],
    [{ seq_regions: entries(2), input_count: 9 }, 2],
    [{}, 1], [7, 1], [{ seq_regions: [] }, 1], [{ seq_regions: 'a' }, 1], [{ seq_regions_uri: 's3://b/k', input_count: '7' }, 1],
    [{ seq_regions_uri: 's3://b/k', input_count: -7 }, 1],
  ])('of %j is %i', async (input, count) => {
    expect(await evaluate(inputCount(), { states: statesOf(input) })).toBe(count);
  });
});

describe('the retrieval jobs', () => {
  test.each([[1, 1], [9, 1], [10, 1], [11, 2], [20, 2], [21, 3]])('of %i entries, ten a job, are %i and cover all of them once', async (count, expected) => {
    const jobs = await jobsOf({ seq_regions: entries(count) });
    expect(jobs).toHaveLength(expected);
    const covered = jobs.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
    expect(covered).toEqual(entries(count).map((_, index) => index));
    expect(jobs.every(({ size }) => size === 0)).toBe(true);
  });

  test('say which entries they are for', async () => {
    expect(await jobsOf({ seq_regions: entries(3) }, 2)).toEqual([
      { from: 0, to: 1, label: 'entries 0 to 1 (e0, e1)', size: 0 },
      { from: 2, to: 2, label: 'entry 2 (e2)', size: 0 },
    ]);
    expect(await jobsOf({ seq_regions_uri: 's3://b/inputs/k', input_count: 3 }, 2)).toEqual([
      { from: 0, to: 1, label: 'entries 0 to 1', size: 0 },
      { from: 2, to: 2, label: 'entry 2', size: 0 },
    ]);
  });

  test('of many are planned within the depth that Step Functions evaluates', async () => {
    const definition = loadDefinition({
      QueryLanguage: 'JSONata', StartAt: 'Plan', States: { Plan: { Type: 'Pass', End: true, Output: `{% ${retrievalJobs(1)} %}` } },
    }, 'STANDARD');
    const { status, output } = await runExecution({
      definition,
      input: { seq_regions: entries(1000) },
      name: 'run',
      executionArn: 'arn:execution',
      stateMachineArn: 'arn:state-machine',
      stateMachineName: 'plan',
      roleArn: 'arn:role',
      findIntegration: () => undefined,
      clock: systemClock,
      signal: new AbortController().signal,
    });
    expect(status).toBe('SUCCEEDED');
    expect((output as any[])[999]).toEqual(['e999']);
  });

  test('are a list also where there is one', async () => {
    expect(await jobsOf({ seq_regions: entries(1) }, 1)).toEqual([{ from: 0, to: 0, label: 'entry 0 (e0)', size: 0 }]);
  });

  test('are at most a thousand; then each has more entries', async () => {
    const jobs = await jobsOf({ seq_regions_uri: 's3://b/inputs/k', input_count: 25_000 }, 1);
    expect(jobs).toHaveLength(MAX_RETRIEVAL_JOBS);
    expect(jobs[999]).toMatchObject({ from: 24_975, to: 24_999 });
  });

  test('have short labels, however long the ids are', async () => {
    const [many] = await jobsOf({ seq_regions: entries(100, (index) => `${index}`.padStart(128, 'x')) }, 100);
    expect(many.label.length).toBeLessThan(1100);
    expect(many.label).toMatch(/\.\.\.\)$/);
  });

  test('cover the entries without their ids, where these are not one each or cannot be read', async () => {
    const unnamed = [{ from: 0, to: 1, label: 'entries 0 to 1', size: 0 }, { from: 2, to: 2, label: 'entry 2', size: 0 }];
    expect(await jobsOf({ seq_regions: entries(3) }, 2, unnamedRetrievalJobs(2))).toEqual(unnamed);
    expect(await jobsOf({ seq_regions: [...entries(2), {}] }, 2)).toEqual(unnamed);
    expect(await jobsOf({ seq_regions: [{ unique_entry_id: ['a', 'b'] }, 7, {}] }, 2)).toEqual(unnamed.map((job) => expect.objectContaining({ from: job.from, to: job.to })));
    expect(await jobsOf({ seq_regions: [{ unique_entry_id: { a: 1 } }, { unique_entry_id: 7 }] }, 2))
      .toEqual([{ from: 0, to: 1, label: 'entries 0 to 1 ({"a":1}, 7)', size: 0 }]);
    expect(await jobsOf({}, 2)).toEqual([{ from: 0, to: 0, label: 'entry 0', size: 0 }]);
    expect(await jobsOf({ seq_regions: entries(2001) }, 2001)).toEqual([{ from: 0, to: 2000, label: 'entries 0 to 2000', size: 0 }]);
  });
});

test.each([['run-1', 'run-1'], ['a.b c', 'a-b-c'], ['1b9c:2e', '1b9c-2e'], ['x'.repeat(80), 'x'.repeat(80)]])('the job name of the run %s', async (name, expected) => {
  expect(await evaluate(jobName(), { states: { context: { Execution: { Name: name } } } })).toBe(expected);
});
