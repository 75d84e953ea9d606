import { SmallAccount } from './support/small-account';
import { STATES } from './support/small-assembly';

const map = (states: object, ExecutionType = 'STANDARD', more: object = {}) => ({
  StartAt: 'Spread Out',
  States: {
    'Spread Out': {
      Type: 'Map',
      Items: '{% $states.input.items %}',
      MaxConcurrency: 1,
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType }, StartAt: 'Begin', States: states },
      End: true,
      ...more,
    },
  },
});
const begin = { Begin: { Type: 'Pass', Assign: { began: '{% $states.context.Execution.RedriveCount %}' }, Next: 'Work' } };
const work = (Output: string) => ({ Work: { Type: 'Pass', Output, End: true } });
let aws: SmallAccount;

beforeAll(async () => {
  aws = await SmallAccount.start({
    Stumbles: {
      definition: map({
        ...begin, ...work('{% $states.input = 2 and $states.context.Execution.RedriveCount = 0 ? $error("not yet") : [$states.input, $began] %}'),
      }),
    },
    Quick: { definition: map({ Begin: { Type: 'Pass', End: true } }, 'EXPRESS', { ItemBatcher: { MaxItemsPerBatch: 2 }, Label: 'fast' }) },
    Waits: {
      definition: map({
        Begin: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 1 %}', Next: 'End' }], Default: 'Wait' },
        End: { Type: 'Succeed' },
        Wait: { Type: 'Wait', Seconds: 600, End: true },
      }),
    },
  });
}, 600_000);
afterAll(() => aws.stop());

const call = (operation: string, params: object = {}) => aws.client.call('stepfunctions', operation, params);
const error = (operation: string, params: object = {}) => aws.client.error('stepfunctions', operation, params);
const runOf = async (executionArn: string) => (await call('ListMapRuns', { executionArn })).mapRuns[0];
const childrenOf = async (mapRunArn: string, more: object = {}) => (await call('ListExecutions', { mapRunArn, ...more })).executions;

test('each child execution is listed and described, and has a history', async () => {
  const executionArn = await aws.start('Stumbles', 'listed', { items: [1, 2, 3] });
  await aws.ended(executionArn);
  const { mapRuns } = await call('ListMapRuns', { executionArn });
  const [{ mapRunArn }] = mapRuns;
  const label = 'Stumbles/SpreadOut';
  expect(mapRunArn).toMatch(new RegExp(`^${STATES}:mapRun:${label}:[0-9a-f-]{36}$`));
  const stateMachineArn = `${STATES}:stateMachine:${label}`;
  expect(mapRuns).toEqual([{ executionArn, mapRunArn, stateMachineArn, startDate: expect.any(String), stopDate: expect.any(String) }]);

  const children = await childrenOf(mapRunArn);
  expect(children.map(({ executionArn: arn, name, startDate, stopDate, ...rest }: any) => ({ ...rest, named: arn === `${STATES}:execution:${label}:${name}` }))).toEqual([
    { stateMachineArn, status: 'FAILED', mapRunArn, itemCount: 1, redriveCount: 0, named: true },
    { stateMachineArn, status: 'SUCCEEDED', mapRunArn, itemCount: 1, redriveCount: 0, named: true },
  ]);
  expect(await childrenOf(mapRunArn, { statusFilter: 'FAILED' })).toHaveLength(1);
  const first = await call('ListExecutions', { mapRunArn, maxResults: 1 });
  expect(await call('ListExecutions', { mapRunArn, maxResults: 1, nextToken: first.nextToken })).toMatchObject({ executions: [{ status: 'SUCCEEDED' }] });

  const [failed, succeeded] = children;
  expect(await call('DescribeExecution', { executionArn: failed.executionArn })).toMatchObject({
    executionArn: failed.executionArn, mapRunArn, redriveCount: 0, input: '2', error: 'States.QueryEvaluationError', cause: expect.stringContaining('not yet'), redriveStatus: 'REDRIVABLE_BY_MAP_RUN',
  });
  expect(await call('DescribeExecution', { executionArn: succeeded.executionArn }))
    .toMatchObject({ status: 'SUCCEEDED', output: '[1,0]', redriveStatus: 'NOT_REDRIVABLE' });
  const { events } = await call('GetExecutionHistory', { executionArn: failed.executionArn });
  expect(events.map(({ type }: any) => type)).toEqual([
    'ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'PassStateEntered', 'EvaluationFailed', 'ExecutionFailed',
  ]);
  const none = { running: 0, timedOut: 0, aborted: 0, pendingRedrive: 0, failuresNotRedrivable: 0 };
  const counts = { ...none, total: 3, succeeded: 1, failed: 1, pending: 1, resultsWritten: 1 };
  expect(await call('DescribeMapRun', { mapRunArn })).toMatchObject({ status: 'FAILED', maxConcurrency: 1, redriveCount: 0, itemCounts: counts, executionCounts: counts });

  expect(await error('RedriveExecution', { executionArn: failed.executionArn })).toMatchObject({ code: 'ExecutionNotRedrivable' });
  expect(await error('DescribeExecution', { executionArn: `${failed.executionArn}x` })).toMatchObject({ code: 'ExecutionDoesNotExist' });
  const parents = await call('ListExecutions', { stateMachineArn: `${STATES}:stateMachine:Stumbles` });
  expect(parents.executions.map(({ name }: any) => name)).toEqual(['listed']);
});

test('a redrive by the next process goes on in the child that failed, where it failed', async () => {
  const executionArn = await aws.start('Stumbles', 'redriven', { items: [1, 2, 3] });
  await aws.ended(executionArn);
  const before = await runOf(executionArn);
  const children = await childrenOf(before.mapRunArn);
  await aws.restart();
  expect(await childrenOf(before.mapRunArn)).toEqual(children);
  await call('RedriveExecution', { executionArn });
  expect(await aws.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '[[1,0],[2,0],[3,0]]' });
  expect(await call('DescribeMapRun', { mapRunArn: before.mapRunArn })).toMatchObject({
    status: 'SUCCEEDED', redriveCount: 1, redriveDate: expect.any(String), executionCounts: { total: 3, succeeded: 3, failed: 0, pendingRedrive: 0 },
  });
  const after = await childrenOf(before.mapRunArn);
  expect(after.map(({ status, redriveCount }: any) => [status, redriveCount])).toEqual([['SUCCEEDED', 0], ['SUCCEEDED', 1], ['SUCCEEDED', 0]]);
  expect(after[1].executionArn).toBe(children[0].executionArn);
  expect(await childrenOf(before.mapRunArn, { redriveFilter: 'REDRIVEN' })).toEqual([after[1]]);
  const { events } = await call('GetExecutionHistory', { executionArn: after[1].executionArn });
  expect(events.slice(5).map(({ type }: any) => type)).toEqual(['ExecutionFailed', 'ExecutionRedriven', 'PassStateExited', 'ExecutionSucceeded']);
});

test('Express children have no history and no redrives of their own', async () => {
  const executionArn = await aws.start('Quick', 'quick', { items: [1, 2, 3] });
  await aws.ended(executionArn);
  const { mapRunArn } = await runOf(executionArn);
  const children = await childrenOf(mapRunArn);
  expect(children.map(({ itemCount, redriveCount }: any) => [itemCount, redriveCount])).toEqual([[1, undefined], [2, undefined]]);
  const child = { executionArn: children[0].executionArn };
  expect(child.executionArn).toContain(':execution:Quick/fast:');
  expect(await call('DescribeExecution', child)).toMatchObject({ status: 'SUCCEEDED', input: '{"Items":[3]}', mapRunArn });
  expect(await error('GetExecutionHistory', child)).toMatchObject({ code: 'StateMachineTypeNotSupported' });
});

test('children that a process left running are aborted in the next one', async () => {
  const executionArn = await aws.start('Waits', 'left', { items: [1, 2, 3] });
  /** Until the first child has ended and the second one waits. */
  const waiting = async () => {
    for (;;) {
      const run = await runOf(executionArn);
      const statuses = run === undefined ? [] : (await childrenOf(run.mapRunArn)).map(({ status }: any) => status);
      if (statuses.length === 2 && statuses[0] === 'RUNNING') return run.mapRunArn;
    }
  };
  const mapRunArn = await waiting();
  expect(await call('DescribeMapRun', { mapRunArn })).toMatchObject({ status: 'RUNNING', executionCounts: { succeeded: 1, running: 1, pending: 1 } });
  await aws.kill();
  expect(await call('DescribeMapRun', { mapRunArn })).toMatchObject({ status: 'ABORTED', executionCounts: { total: 3, succeeded: 1, running: 0, aborted: 1, pending: 1 } });
  expect((await childrenOf(mapRunArn)).map(({ status }: any) => status)).toEqual(['ABORTED', 'SUCCEEDED']);
  await call('RedriveExecution', { executionArn });
  await waiting();
  await call('StopExecution', { executionArn });
  const aborted = (await childrenOf(mapRunArn))[0];
  expect(aborted).toMatchObject({ status: 'ABORTED', redriveCount: 1 });
});
