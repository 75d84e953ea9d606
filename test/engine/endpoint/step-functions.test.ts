import { SmallAccount } from './support/small-account';
import { STATES } from './support/small-assembly';

const WAIT_FOR_STOP = { Type: 'Wait', Seconds: 600, End: true };
const machine = (name: string) => `${STATES}:stateMachine:${name}`;
let aws: SmallAccount;

beforeAll(async () => {
  aws = await SmallAccount.start({
    Doubles: { definition: { StartAt: 'Double', States: { Double: { Type: 'Pass', Output: '{% {"twice": $states.input.n * 2} %}', End: true } } } },
    Fails: { definition: { StartAt: 'Fail', States: { Fail: { Type: 'Fail', Error: 'Not.Today', Cause: 'it rains' } } } },
    Asks: {
      definition: {
        StartAt: 'Keep',
        States: {
          Keep: { Type: 'Pass', Assign: { kept: '{% $states.input.n %}' }, Next: 'Ask' },
          Ask: {
            Type: 'Parallel',
            Branches: [{
              StartAt: 'Answer',
              States: {
                Answer: {
                  Type: 'Fail',
                  Error: '{% $states.context.Execution.RedriveCount = 0 ? "Job.Failed" : "Asked.Again" %}',
                  Cause: '{% ($states.context.Execution.RedriveCount = 0 ? "first, " : "then, ") & $string($kept) %}',
                },
              },
            }],
            Catch: [{ ErrorEquals: ['Asked.Again'], Output: '{% $states.errorOutput %}', Next: 'Tell' }],
            End: true,
          },
          Tell: {
            Type: 'Pass', Output: { kept: '{% $kept %}', redrives: '{% $states.context.Execution.RedriveCount %}', error: '{% $states.input %}' }, End: true,
          },
        },
      },
    },
    Waits: { definition: { StartAt: 'Wait', States: { Wait: WAIT_FOR_STOP } } },
    TimesOut: { definition: { TimeoutSeconds: 1, StartAt: 'Wait', States: { Wait: WAIT_FOR_STOP } } },
    Maps: {
      definition: {
        StartAt: 'Map',
        States: {
          Map: {
            Type: 'Map',
            Items: '{% $states.input.items %}',
            ItemProcessor: {
              ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt: 'Item', States: { Item: { Type: 'Pass', End: true } },
            },
            End: true,
          },
        },
      },
    },
    Quick: { type: 'EXPRESS', definition: { StartAt: 'Add', States: { Add: { Type: 'Pass', Output: '{% $states.input.a + $states.input.b %}', End: true } } } },
    QuickFails: { type: 'EXPRESS', definition: { StartAt: 'Fail', States: { Fail: { Type: 'Fail', Error: 'Not.Today' } } } },
  });
}, 600_000);
afterAll(() => aws.stop());

const call = (operation: string, params: object = {}) => aws.client.call('stepfunctions', operation, params);
const error = (operation: string, params: object = {}) => aws.client.error('stepfunctions', operation, params);

describe('StartExecution and DescribeExecution', () => {
  test('an execution that succeeds', async () => {
    const arn = await aws.start('Doubles', 'ok', { n: 21 });
    expect(arn).toBe(`${STATES}:execution:Doubles:ok`);
    const { startDate, stopDate, ...description } = await aws.ended(arn);
    expect(description).toEqual({
      executionArn: arn,
      stateMachineArn: machine('Doubles'),
      name: 'ok',
      status: 'SUCCEEDED',
      input: '{"n":21}',
      inputDetails: { included: true },
      output: '{"twice":42}',
      outputDetails: { included: true },
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    expect(Date.parse(stopDate)).toBeGreaterThanOrEqual(Date.parse(startDate));
    expect(Math.abs(Date.now() - Date.parse(startDate))).toBeLessThan(60_000);
  });

  test('one that fails tells error and cause, and can be redriven', async () => {
    expect(await aws.ended(await aws.start('Fails', 'bad'))).toMatchObject({ status: 'FAILED', error: 'Not.Today', cause: 'it rains', redriveStatus: 'REDRIVABLE' });
  });

  test('one that lasts too long', async () => {
    expect(await aws.ended(await aws.start('TimesOut', 'late'))).toMatchObject({ status: 'TIMED_OUT', redriveStatus: 'REDRIVABLE' });
  });

  test('the same name and input again, while it runs, is the same execution; otherwise the name is taken', async () => {
    const params = { stateMachineArn: machine('Waits'), name: 'twice', input: '{"a": 1}' };
    const first = await call('StartExecution', params);
    expect(await call('StartExecution', params)).toEqual(first);
    expect(await error('StartExecution', { ...params, input: '{"a": 2}' }))
      .toEqual({ code: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${first.executionArn}'`, status: 400 });
    await call('StopExecution', { executionArn: first.executionArn });
    expect(await error('StartExecution', params)).toMatchObject({ code: 'ExecutionAlreadyExists' });
  });

  test.each<[string, object, string, RegExp]>([
    ['no such state machine', { stateMachineArn: machine('Absent') }, 'StateMachineDoesNotExist', /State Machine Does Not Exist: 'arn/],
    ['an ARN of something else', { stateMachineArn: 'arn:aws:s3:::x' }, 'InvalidArn', /Invalid Arn: 'arn:aws:s3:::x'/],
    ['a name with a blank', { stateMachineArn: machine('Doubles'), name: 'a b' }, 'InvalidName', /Invalid Name: 'a b'/],
    ['a path as name', { stateMachineArn: machine('Doubles'), name: '../x' }, 'InvalidName', /Invalid Name/],
    ['input that is not JSON', { stateMachineArn: machine('Doubles'), input: '{a}' }, 'InvalidExecutionInput', /Invalid State Machine Execution Input: '/],
    ['an input over 256 KiB', { stateMachineArn: machine('Doubles'), input: JSON.stringify('x'.repeat(262_144)) }, 'ValidationException',
      /Value at 'input' failed .* less than or equal to 262144 bytes in UTF-8 encoding/],
    ['a long name, before anything else', { stateMachineArn: machine('Absent'), name: 'x'.repeat(81) }, 'ValidationException', /at 'name' .* less than or equal to 80/],
    ['an ARN that is too long', { stateMachineArn: machine('x'.repeat(256)) }, 'ValidationException', /at 'stateMachineArn' .* less than or equal to 256/],
    ['a name that is wrong for a state machine that is not there', { stateMachineArn: machine('Absent'), name: 'a b' }, 'StateMachineDoesNotExist', /Absent/],
  ])('%s is refused', async (_what, params, code, message) => {
    const refused = await error('StartExecution', params);
    expect(refused).toMatchObject({ code, status: 400 });
    expect(refused.message).toMatch(message);
  });

  test('without a name it gets one', async () => {
    const { executionArn } = await call('StartExecution', { stateMachineArn: machine('Doubles'), input: '{"n": 1}' });
    expect(executionArn).toMatch(/:execution:Doubles:[0-9a-f-]{36}$/);
  });

  test('an execution that is not there', async () => {
    const executionArn = `${STATES}:execution:Doubles:absent`;
    for (const operation of ['DescribeExecution', 'GetExecutionHistory', 'StopExecution', 'RedriveExecution']) {
      expect(await error(operation, { executionArn })).toEqual({ code: 'ExecutionDoesNotExist', message: `Execution Does Not Exist: '${executionArn}'`, status: 400 });
    }
  });
});

describe('GetExecutionHistory', () => {
  test('events in AWS\'s shape, by pages, in either order, with data or without', async () => {
    const executionArn = await aws.start('Doubles', 'history', { n: 1 });
    await aws.ended(executionArn);
    const { events } = await call('GetExecutionHistory', { executionArn });
    expect(events.map(({ type }: { type: string }) => type)).toEqual(['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded']);
    expect(events[1]).toMatchObject({ id: 2, previousEventId: 0, stateEnteredEventDetails: { name: 'Double', input: '{"n":1}', inputDetails: { truncated: false } } });
    expect(events[2]).toMatchObject({ id: 3, previousEventId: 2, stateExitedEventDetails: { name: 'Double', output: '{"twice":2}' } });
    expect(events[3]).toMatchObject({ executionSucceededEventDetails: { output: '{"twice":2}' } });
    const first = await call('GetExecutionHistory', { executionArn, maxResults: 3, reverseOrder: true });
    const second = await call('GetExecutionHistory', { executionArn, maxResults: 3, reverseOrder: true, nextToken: first.nextToken });
    expect([...first.events, ...second.events]).toEqual([...events].reverse());
    expect(second.nextToken).toBeUndefined();
    const bare = await call('GetExecutionHistory', { executionArn, includeExecutionData: false });
    expect(JSON.stringify(bare.events)).not.toMatch(/"input"|"output"|twice/);
    expect(await error('GetExecutionHistory', { executionArn, nextToken: 'made-up' })).toMatchObject({ code: 'InvalidToken' });
  });
});

describe('StopExecution and ListExecutions', () => {
  test('a stopped execution is aborted, with the caller\'s words', async () => {
    const executionArn = await aws.start('Waits', 'stopped');
    const { stopDate } = await call('StopExecution', { executionArn, error: 'Enough', cause: 'it took too long' });
    const description = await aws.ended(executionArn);
    expect(description).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'it took too long', stopDate });
    expect(await call('StopExecution', { executionArn })).toEqual({ stopDate });
    const { events } = await call('GetExecutionHistory', { executionArn, reverseOrder: true });
    expect(events[0]).toMatchObject({ type: 'ExecutionAborted', executionAbortedEventDetails: { error: 'Enough', cause: 'it took too long' } });
  });

  test('newest first, by status, by pages', async () => {
    for (const name of ['list-1', 'list-2', 'list-3']) await aws.ended(await aws.start('Fails', name));
    const stateMachineArn = machine('Fails');
    const all = (await call('ListExecutions', { stateMachineArn })).executions;
    expect(all.slice(0, 3).map(({ name }: { name: string }) => name)).toEqual(['list-3', 'list-2', 'list-1']);
    const first = await call('ListExecutions', { stateMachineArn, maxResults: 2 });
    const rest = await call('ListExecutions', { stateMachineArn, nextToken: first.nextToken });
    expect([...first.executions, ...rest.executions]).toEqual(all);
    expect((await call('ListExecutions', { stateMachineArn, statusFilter: 'SUCCEEDED' })).executions).toEqual([]);
    expect(await error('ListExecutions', { stateMachineArn, statusFilter: 'DONE' })).toMatchObject({ code: 'ValidationException' });
  });
});

describe('RedriveExecution', () => {
  test('goes on where the execution failed, each time it is asked to', async () => {
    const executionArn = await aws.start('Fails', 'again');
    const { startDate } = await aws.ended(executionArn);
    for (const redriveCount of [1, 2]) {
      const { redriveDate } = await call('RedriveExecution', { executionArn });
      expect(await aws.until(executionArn, ({ status, redriveCount: count }) => status === 'FAILED' && count === redriveCount))
        .toMatchObject({ startDate, redriveDate, error: 'Not.Today' });
    }
    const { events } = await call('GetExecutionHistory', { executionArn });
    expect(events.map(({ type }: any) => type)).toEqual([
      'ExecutionStarted', 'FailStateEntered', 'ExecutionFailed', 'ExecutionRedriven', 'FailStateEntered', 'ExecutionFailed',
      'ExecutionRedriven', 'FailStateEntered', 'ExecutionFailed',
    ]);
    expect(events[6]).toMatchObject({ id: 7, executionRedrivenEventDetails: { redriveCount: 2 } });
    const { executions } = await call('ListExecutions', { stateMachineArn: machine('Fails'), redriveFilter: 'REDRIVEN' });
    expect(executions.map(({ name }: any) => name)).toEqual(['again']);
  });

  test('the same client token again is the same redrive', async () => {
    const executionArn = await aws.start('Fails', 'token');
    await aws.ended(executionArn);
    const first = await call('RedriveExecution', { executionArn, clientToken: 'x' });
    await aws.ended(executionArn);
    expect(await call('RedriveExecution', { executionArn, clientToken: 'x' })).toEqual(first);
    expect(await aws.ended(executionArn)).toMatchObject({ redriveCount: 1 });
  });

  test('what succeeded or runs cannot be redriven', async () => {
    const done = await aws.start('Doubles', 'no-redrive', { n: 1 });
    await aws.ended(done);
    expect(await error('RedriveExecution', { executionArn: done })).toMatchObject({ code: 'ExecutionNotRedrivable', message: expect.stringContaining('SUCCEEDED') });
    const running = await aws.start('Waits', 'no-redrive');
    expect(await error('RedriveExecution', { executionArn: running })).toMatchObject({ code: 'ExecutionNotRedrivable', message: expect.stringContaining('RUNNING') });
    await call('StopExecution', { executionArn: running });
  });

  test('one that was stopped waits again, with the same start', async () => {
    const executionArn = await aws.start('Waits', 'stop-and-go');
    while ((await call('GetExecutionHistory', { executionArn })).events.length < 2);
    await call('StopExecution', { executionArn });
    await aws.restart();
    await call('RedriveExecution', { executionArn });
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({ status: 'RUNNING', redriveCount: 1 });
    const { events } = await call('GetExecutionHistory', { executionArn });
    expect(events.map(({ type }: any) => type)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted', 'ExecutionRedriven']);
    await call('StopExecution', { executionArn });
  });
});

describe('a Parallel that fails until it is redriven, and then leads elsewhere', () => {
  const ways: readonly [string, () => Promise<void>][] = [['', async () => undefined], [' by the next process', () => aws.restart()]];
  test.each(ways)('goes on in its Catch%s, with the variables from before', async (how, between) => {
    const executionArn = await aws.start('Asks', `asks${how === '' ? '' : '-later'}`, { n: 3 });
    expect(await aws.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Job.Failed', cause: 'first, 3' });
    await between();
    await call('RedriveExecution', { executionArn });
    const done = await aws.ended(executionArn);
    expect([done.status, JSON.parse(done.output), done.redriveCount])
      .toEqual(['SUCCEEDED', { kept: 3, redrives: 1, error: { Error: 'Asked.Again', Cause: 'then, 3' } }, 1]);
  });
});

describe('state machines', () => {
  test('DescribeStateMachine and ListStateMachines', async () => {
    const described = await call('DescribeStateMachine', { stateMachineArn: machine('Fails') });
    expect(described).toMatchObject({ name: 'Fails', status: 'ACTIVE', type: 'STANDARD', roleArn: expect.stringMatching(/:role\/Small-Role$/) });
    expect(JSON.parse(described.definition).States.Fail.Error).toBe('Not.Today');
    const { stateMachines } = await call('ListStateMachines');
    expect(stateMachines.map(({ name, type }: any) => `${name} ${type}`)).toEqual(expect.arrayContaining(['Doubles STANDARD', 'Quick EXPRESS']));
    expect(await error('DescribeStateMachine', { stateMachineArn: machine('Absent') })).toMatchObject({ code: 'StateMachineDoesNotExist' });
  });

  test('DescribeMapRun', async () => {
    const executionArn = await aws.start('Maps', 'mapped', { items: [1, 2, 3] });
    expect(await aws.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '[1,2,3]' });
    const { events } = await call('GetExecutionHistory', { executionArn });
    const { mapRunArn } = events.find(({ type }: any) => type === 'MapRunStarted').mapRunStartedEventDetails;
    const run = await call('DescribeMapRun', { mapRunArn });
    expect(run).toMatchObject({ mapRunArn, executionArn, status: 'SUCCEEDED', itemCounts: { total: 3, succeeded: 3, failed: 0 }, executionCounts: { total: 3 } });
    expect(await error('DescribeMapRun', { mapRunArn: `${mapRunArn}x` })).toMatchObject({ code: 'ResourceNotFound' });
  });
});

describe('EXPRESS', () => {
  test('StartSyncExecution waits for the end', async () => {
    expect(await call('StartSyncExecution', { stateMachineArn: machine('Quick'), name: 'sum', input: '{"a": 1, "b": 2}' }))
      .toMatchObject({ status: 'SUCCEEDED', output: '3', name: 'sum', executionArn: expect.stringMatching(/:express:Quick:sum:[0-9a-f-]{36}$/) });
    expect(await call('StartSyncExecution', { stateMachineArn: machine('QuickFails') })).toMatchObject({ status: 'FAILED', error: 'Not.Today' });
  });

  test('what only the other type can do is refused', async () => {
    expect(await error('StartSyncExecution', { stateMachineArn: machine('Doubles') })).toMatchObject({ code: 'StateMachineTypeNotSupported' });
    expect(await error('ListExecutions', { stateMachineArn: machine('Quick') })).toMatchObject({ code: 'StateMachineTypeNotSupported' });
    const { executionArn } = await call('StartExecution', { stateMachineArn: machine('Quick'), input: '{"a": 1, "b": 2}' });
    expect(await error('DescribeExecution', { executionArn })).toMatchObject({ code: 'InvalidArn' });
  });
});

test.each<[string, object, RegExp]>([
  ['ListExecutions', { stateMachineArn: machine('Doubles'), maxResults: 1001 }, /Value '1001' at 'maxResults' .* less than or equal to 1000$/],
  ['ListExecutions', { stateMachineArn: machine('Doubles'), statusFilter: 'DONE' }, /'statusFilter' .* enum value set: \[RUNNING, /],
  ['ListExecutions', { stateMachineArn: machine('Doubles'), redriveFilter: 'YES' }, /'redriveFilter' .* enum value set: \[REDRIVEN, NOT_REDRIVEN\]$/],
  ['ListStateMachines', { maxResults: 1001 }, /'maxResults'/],
  ['DescribeStateMachine', { stateMachineArn: machine('Doubles'), includedData: 'SOME' }, /'includedData' .* \[ALL_DATA, METADATA_ONLY\]$/],
  ['StopExecution', { executionArn: `${STATES}:execution:Waits:none`, error: 'x'.repeat(257) }, /^1 validation error detected: Value at 'error' .* 256$/],
  ['StopExecution', { executionArn: `${STATES}:execution:Waits:none`, cause: 'x'.repeat(32_769) }, /Value at 'cause' .* 32768$/],
])('%s with %j is refused as the API\'s model has it', async (operation, params, message) => {
  const refused = await error(operation, params);
  expect(refused).toMatchObject({ code: 'ValidationException', status: 400 });
  expect(refused.message).toMatch(message);
});

test('whoever wants no data gets none', async () => {
  const arn = await aws.start('Doubles', 'metadata', { n: 1 });
  await aws.ended(arn);
  const described = await call('DescribeExecution', { executionArn: arn, includedData: 'METADATA_ONLY' });
  expect(described).toMatchObject({ name: 'metadata', status: 'SUCCEEDED' });
  expect(Object.keys(described).filter((name) => /input|output/.test(name))).toEqual([]);
  expect(await call('DescribeStateMachine', { stateMachineArn: machine('Doubles'), includedData: 'METADATA_ONLY' })).toMatchObject({ definition: '{}' });
  expect(await call('StartSyncExecution', { stateMachineArn: machine('Quick'), input: '{"a": 1, "b": 2}', includedData: 'METADATA_ONLY' }))
    .toEqual(expect.not.objectContaining({ output: expect.anything() }));
});

test('an operation that there is not is refused by its name', async () => {
  expect(await error('CreateActivity', { name: 'x' })).toEqual({
    code: 'UnknownOperationException', message: 'The operation AWSStepFunctions.CreateActivity is not supported by the local endpoint', status: 400,
  });
});

test('executions, histories and outputs are there again in the next process; one that was interrupted is aborted', async () => {
  const done = await aws.start('Doubles', 'kept', { n: 5 });
  const before = await aws.ended(done);
  const history = await call('GetExecutionHistory', { executionArn: done });
  const interrupted = await aws.start('Waits', 'interrupted');
  await aws.restart();
  expect(await call('DescribeExecution', { executionArn: done })).toEqual(before);
  expect(await call('GetExecutionHistory', { executionArn: done })).toEqual(history);
  expect(await call('DescribeExecution', { executionArn: interrupted })).toMatchObject({ status: 'ABORTED', error: 'PaviPipeline.Interrupted', redriveStatus: 'REDRIVABLE' });
});
