import { Template } from 'aws-cdk-lib/assertions';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { FakeAccount, Faults } from './support/fake-account';
import { runDefinition } from './support/run-definition';
import type { WorkflowType } from '../../../engine/asl/definition/definition';
import type { ExecutionResult } from '../../../engine/asl/execution';
import type { HistoryEvent } from '../../../engine/asl/record/history';
import { StatesError } from '../../../engine/asl/visit/task-integration';
import { JobsTable, PaviAlignmentPipelineProps } from '../../../src';
import { allStates, definitionOf } from '../../src/support/expressions';
import { newPipeline, newStack } from '../../src/support/pipeline-stack';

const KINDS: readonly [string, WorkflowType, () => Partial<PaviAlignmentPipelineProps>][] = [
  ['a Standard workflow', 'STANDARD', () => ({})],
  ['a Distributed Map', 'STANDARD', () => ({ maxConcurrency: 100 })],
  ['an Express workflow', 'EXPRESS', () => ({ workflowType: StateMachineType.EXPRESS })],
  ['a jobs table', 'STANDARD', () => ({ jobsTable: JobsTable.create() })],
];

const entry = (id: string) => ({
  unique_entry_id: id,
  base_seq_name: id,
  seq_id: 'X',
  seq_strand: '+',
  exon_seq_regions: ['1..9'],
  cds_seq_regions: [{ start: 1, end: 9, frame: 0 }],
  fasta_file_url: 'https://example.org/x.fa.gz',
});
const INPUT = { seq_regions: [entry('a'), entry('b')] };
const BAD_INPUT_FILE = { error: 'Pavi.ReferenceSequenceFailed', message: 'no protein', entry: 'a', expected: 'a start', found: 'none' };

describe.each(KINDS)('the pipeline with %s', (kind, type, props) => {
  const stack = newStack();
  newPipeline(stack, { regionsPerJob: 1, ...props() });
  // References in it are readable text; an ARN's partition must be one.
  const definition = JSON.parse(JSON.stringify(definitionOf(Template.fromStack(stack))).replaceAll('<AWS::Partition>', 'aws'));

  const visited = new Set<string>();
  const taken = new Set<string>();

  /** @param withoutBudget states whose expressions get neither a node nor a byte */
  const run = async (
    faults: Faults, input: unknown = INPUT, withoutBudget: readonly string[] = [],
  ): Promise<ExecutionResult & { account: FakeAccount }> => {
    const account = new FakeAccount(faults);
    const result = await runDefinition(definition, {
      type,
      input,
      findIntegration: account.find,
      expressions: { budgetOf: (state) => (withoutBudget.includes(state) ? { nodes: 0, bytes: 0 } : undefined) },
    });
    for (const event of result.events) if (event.type.endsWith('StateEntered')) visited.add(String(event.details.name));
    waysTaken(result.events).forEach((way) => taken.add(way));
    return { ...result, account };
  };

  test('ends with its result', async () => {
    const { status, output, account } = await run({});
    expect([status, output]).toEqual(['SUCCEEDED', expect.objectContaining({ status: 'COMPLETED', job_id: 'run-1', input_count: 2, sequence_count: 2 })]);
    expect(account.submitted.map(({ JobName }) => JobName.replace(/run-1/, 'R'))).toEqual(['pavi-retrieve-R-0', 'pavi-retrieve-R-1', 'pavi-align-R', 'pavi-collect-R']);
  });

  test('refuses a bad input before any call', async () => {
    const { error, cause, account } = await run({}, { seq_regions: [entry('a'), entry('a')] });
    expect([error, cause, account.submitted]).toEqual(['Pavi.InvalidInput', expect.stringContaining('unique_entry_id'), []]);
  });

  const UNCHECKED = ['CheckForm', 'CheckEntries', 'ListProblems'];

  test.each([...UNCHECKED.map((state) => [state]), [...UNCHECKED, 'MakePlan']])('ends with its result also where AWS would end the evaluation of %s', async (...withoutBudget) => {
    const { status, output, account } = await run({}, INPUT, withoutBudget);
    expect([status, output]).toEqual(['SUCCEEDED', expect.objectContaining({ status: 'COMPLETED', job_id: 'run-1', input_count: 2, sequence_count: 2 })]);
    expect(account.submitted).toHaveLength(4);
  });

  const problems = '1 problem: seq_regions[1] (a): unique_entry_id is used by an earlier entry too';

  test.each([
    ['entries', { seq_regions: [entry('a'), entry('a')] }], ['no list', { seq_regions: 7 }], ['nothing', {}], ['no object', 'x'], ['no number', { seq_regions_uri: 's3://bucket/k', input_count: 'x' }],
  ])('leaves a bad input that could not be checked to the worker, whose list is the run\'s cause: %s', async (_what, input) => {
    const faults = { jobs: { 'pavi-retrieve': [{ exitCode: 64 }] }, errorFile: { error: 'Pavi.InvalidInput', entry: null, message: problems, found: [problems] } };
    for (const withoutBudget of [UNCHECKED, [...UNCHECKED, 'MakePlan']]) {
      const { status, error, cause, account } = await run(faults, input, withoutBudget);
      expect([status, error]).toEqual(['FAILED', 'Pavi.InvalidInput']);
      expect(cause).toMatch(/^1 problem: seq_regions\[1] \(a\): unique_entry_id is used by an earlier entry too \[sequence retrieval, entr.*exit code 64/);
      expect(account.submitted.length).toBeGreaterThan(0);
    }
  });

  test('tells that it could not be planned at all', async () => {
    const { status, error, cause, account } = await run({}, INPUT, ['MakePlan', 'MakeUnnamedPlan']);
    expect([status, error, cause, account.submitted]).toEqual(['FAILED', 'States.QueryEvaluationError', expect.stringContaining('evaluation timeout'), []]);
  });

  test.each(['pavi-retrieve', 'pavi-align', 'pavi-collect'])('tells what the error file of a failed %s job says', async (name) => {
    const { status, error, cause } = await run({ jobs: { [name]: [{ exitCode: 64 }] }, errorFile: BAD_INPUT_FILE });
    expect([status, error]).toEqual(['FAILED', 'Pavi.ReferenceSequenceFailed']);
    expect(cause).toMatch(/^no protein; entry a; expected a start; found none \[.*exit code 64.*log stream log\/job-\d\]$/);
  });

  test.each(['pavi-retrieve', 'pavi-align', 'pavi-collect'])('tells of a failed %s job that left no error file', async (name) => {
    const { error, cause } = await run({ jobs: { [name]: [{ exitCode: 1 }] } });
    expect([error, cause]).toEqual(['Pavi.JobFailed', expect.stringContaining('exit code 1')]);
  });

  test('tells of a lost host', async () => {
    const { error, cause } = await run({ jobs: { 'pavi-align': [{ reason: 'Host EC2 (instance i-1) terminated.' }] } });
    expect([error, cause]).toEqual(['Pavi.JobFailed', expect.stringContaining('Host EC2 (instance i-1) terminated.')]);
  });

  test.each(['pavi-retrieve', 'pavi-align', 'pavi-collect'])('gives a %s job that ran out of memory more, and goes on', async (name) => {
    const outOfMemory = { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' };
    const { status, account } = await run({ jobs: { [name]: [outOfMemory, {}] } });
    expect(status).toBe('SUCCEEDED');
    const memory = account.submitted.filter(({ JobName }) => JobName.startsWith(name))
      .map(({ ContainerOverrides: { ResourceRequirements: list } }) => Number(list.find(({ Type }: any) => Type === 'MEMORY').Value));
    // Of the two retrieval jobs, one runs again.
    expect(memory).toHaveLength(name === 'pavi-retrieve' ? 3 : 2);
    expect(memory.at(-1)).toBe(2 * memory[0]);
  });

  test('gives up a job that runs out of all the memory it may have', async () => {
    const { error, cause } = await run({ jobs: { 'pavi-align': [{ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }] } });
    expect([error, cause]).toEqual(['Pavi.JobFailed', expect.stringContaining('out of memory')]);
  });

  test.each(['pavi-retrieve', 'pavi-align', 'pavi-collect'])('gives up a %s job that does not end', async (name) => {
    const { status, error, cause } = await run({ jobs: { [name]: [{ hangs: true }] } });
    expect([status, error, cause]).toEqual(['FAILED', 'Pavi.JobFailed', expect.stringContaining('did not end in time')]);
  });

  test('asks Batch again when it has no time', async () => {
    const throttled = new StatesError('Batch.AWSBatchException', 'Too Many Requests');
    const action = type === 'EXPRESS' ? 'submitJob' : 'submitJob.sync';
    expect((await run({ calls: { [action]: [throttled, throttled] } })).status).toBe('SUCCEEDED');
    const { error, cause } = await run({ calls: { [action]: Array(60).fill(throttled) } });
    expect([error, cause]).toEqual(['Pavi.JobFailed', expect.stringContaining('Batch.AWSBatchException: Too Many Requests')]);
  });

  // Two retrieval jobs, and then one of each of the other steps.
  test.each([['retrieval', 0], ['alignment', 2], ['collection', 3]])('tells of a job of the %s that Batch refuses, or tells nothing of', async (_step, before) => {
    for (const action of type === 'EXPRESS' ? ['submitJob', 'describeJobs'] : ['submitJob.sync']) {
      const { error, cause } = await run({ calls: { [action]: [...Array(before).fill(undefined), new StatesError('Batch.Unknown', 'no')] } });
      expect([action, error, cause]).toEqual([action, 'Pavi.JobFailed', expect.stringContaining('Batch.Unknown: no')]);
    }
  });

  if (type === 'EXPRESS') {
    test.each(['pavi-retrieve', 'pavi-align', 'pavi-collect'])('tells of a %s job that does not end also where it cannot be stopped', async (name) => {
      const { error, cause } = await run({ jobs: { [name]: [{ hangs: true }] }, calls: { terminateJob: Array(9).fill(new StatesError('Batch.Unknown', 'no')) } });
      expect([error, cause]).toEqual(['Pavi.JobFailed', expect.stringContaining('did not end in time')]);
    });
  }

  if (kind === 'a jobs table') {
    test('goes the same way where the table cannot be written', async () => {
      const calls = { updateItem: Array(99).fill(new StatesError('DynamoDB.Unknown', 'no')) };
      expect((await run({ calls })).status).toBe('SUCCEEDED');
      expect((await run({ calls, jobs: { 'pavi-align': [{ exitCode: 1 }] } })).error).toBe('Pavi.JobFailed');
      expect((await run({ calls }, {})).error).toBe('Pavi.InvalidInput');
    });
  }

  if (kind === 'a Distributed Map') {
    test.each(['putObject', 'listObjectsV2', 'getObject'])('tells that retrieval jobs failed also where their failure is lost, for %s fails', async (action) => {
      // The first object that is put is the input.
      const calls = { [action]: [...action === 'putObject' ? [undefined] : [], ...Array(9).fill(new StatesError('S3.Unknown', 'no'))] };
      const { status, error } = await run({ jobs: { 'pavi-retrieve': [{ exitCode: 1 }] }, calls });
      expect([status, error]).toEqual(['FAILED', 'States.ExceedToleratedFailureThreshold']);
    });
  }

  test('takes entries that are stored already', async () => {
    const { status, output, account } = await run({}, { seq_regions_uri: 's3://bucket/inputs/x.json', input_count: 2 });
    expect([status, output]).toEqual(['SUCCEEDED', expect.objectContaining({ status: 'COMPLETED', input_count: 2 })]);
    expect(account.calls).not.toContain('putObject');
  });

  test('tells of an input that cannot be stored', async () => {
    const denied = new StatesError('S3.S3Exception', 'Access Denied');
    const { status, error, cause } = await run({ calls: { putObject: Array(9).fill(denied) } });
    expect([status, error, cause]).toEqual(['FAILED', 'S3.S3Exception', 'Access Denied']);
  });

  test.each(['listObjectsV2', 'getObject'])('tells of a failed job also where the error file cannot be read, for %s fails', async (action) => {
    const { error, cause } = await run({
      jobs: { 'pavi-align': [{ exitCode: 64 }] }, errorFile: BAD_INPUT_FILE, calls: { [action]: Array(9).fill(new StatesError('S3.S3Exception', 'Slow Down')) },
    });
    expect([error, cause]).toEqual(['Pavi.JobFailed', expect.stringContaining('exit code 64')]);
  });

  test('ends well also where the sequences cannot be counted', async () => {
    const { status, output } = await run({ calls: { getObject: Array(9).fill(new StatesError('S3.S3Exception', 'Slow Down')) } });
    expect([status, output]).toEqual(['SUCCEEDED', expect.objectContaining({ status: 'COMPLETED', sequence_count: null })]);
  });

  test('came through all of its states in these tests', () => {
    // A distributed Map's states are in the histories of its child executions.
    const states = kind === 'a Distributed Map' ? definition.States : allStates(definition);
    // Only a redrive comes to this one: test/cli/here/redrive.test.ts.
    const others = Object.keys(states).filter((name) => name !== 'GoOnWhereFailed');
    expect(others.filter((name) => !visited.has(name))).toEqual([]);
  });

  test('and every way from one to the next was taken: each choice, and each failure that is caught', () => {
    const states = kind === 'a Distributed Map' ? definition.States : allStates(definition);
    const ways = Object.entries<any>(states).filter(([name]) => name !== 'GoOnWhereFailed').flatMap(([name, state]) => waysOf(name, state));
    // A redrive takes it.
    expect(ways.filter((way) => !taken.has(way) && way !== 'EndWithFailure -> GoOnWhereFailed, caught')).toEqual([]);
    expect(ways.length).toBeGreaterThan(25);
  });
});

/** The ways out of a state, as its definition names them. */
function waysOf(name: string, { Next, Default, Choices = [], Catch = [] }: any): string[] {
  const next = [Next, Default, ...Choices.map((choice: any) => choice.Next)].filter((to) => to !== undefined);
  return [...next.map((to) => `${name} -> ${to}`), ...Catch.map((catcher: any) => `${name} -> ${catcher.Next}, caught`)];
}

/** The same of a history: a state that is left after a failure was left by its Catch. */
function waysTaken(events: readonly HistoryEvent[]): string[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  return events.filter(({ type }) => type.endsWith('StateEntered')).flatMap(({ previousEventId, details }) => {
    const left = byId.get(previousEventId);
    if (left === undefined || !left.type.endsWith('StateExited')) return [];
    const isCaught = /(Failed|TimedOut)$/.test(byId.get(left.previousEventId)?.type ?? '');
    return [`${String(left.details.name)} -> ${String(details.name)}${isCaught ? ', caught' : ''}`];
  });
}
