import { machine, pass, runDefinition, single, task } from './support/run-definition';
import { MockError, mockedIntegrations } from '../../../engine/asl/mocks';

/** AWS Step Functions developer guide, page "Configuration file for mocked service integrations in Step Functions". */
const FILE = {
  StateMachines: {
    Orders: {
      TestCases: { Happy: { Ask: 'Answer', Tell: 'Done' }, Retried: { Ask: 'Flaky' }, Refused: { Ask: 'Refusal' }, Failed: { Ask: 'Failure' }, Empty: { Ask: 'Nothing' } },
    },
  },
  MockedResponses: {
    Answer: { 0: { Return: { StatusCode: 200, Payload: { body: 'hello' } } } },
    Done: { 0: { Return: null } },
    Flaky: {
      '0': { Throw: { Error: 'Lambda.ResourceNotReadyException', Cause: 'not ready' } },
      '1-2': { Throw: { Error: 'Lambda.TimeoutException', Cause: 'timed out' } },
      '3': { Return: 'at last' },
    },
    Refusal: { '0-9': { Throw: { Error: 'Refused' } } },
    Failure: { 0: { Throw: { Error: 'States.TaskFailed', Cause: '{}' } } },
    Nothing: {},
  },
};

const run = (testCase: string, definition: any) => runDefinition(definition, { findIntegration: mockedIntegrations(FILE, 'Orders', testCase) });
const retrying = single(task({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 5 }] }), 'Ask');

test('each state gets the answer of the test case', async () => {
  const definition = machine({ Ask: task({ Output: '{% $states.result.Payload.body %}' }), Tell: task({ Assign: { said: '{% $states.input %}' } }), P: pass({ Output: '{% $said %}' }) });
  expect(await run('Happy', definition)).toMatchObject({ status: 'SUCCEEDED', output: 'hello' });
});

test('the answers are those of the tries, by number and range', async () => {
  const { events, ...result } = await run('Retried', retrying);
  expect(result).toEqual({ status: 'SUCCEEDED', output: 'at last' });
  expect(events.filter(({ type }) => type === 'TaskFailed').map(({ details }) => [details.error, details.cause])).toEqual([
    ['Lambda.ResourceNotReadyException', 'not ready'], ['Lambda.TimeoutException', 'timed out'], ['Lambda.TimeoutException', 'timed out'],
  ]);
});

test('a failure without a cause has none', async () => {
  const { events: _events, ...result } = await run('Refused', single(task(), 'Ask'));
  expect(result).toEqual({ status: 'FAILED', error: 'Refused' });
});

test('calls are numbered through loops', async () => {
  const definition = machine({
    Ask: task({ Retry: [], Next: 'C' }),
    C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = "at last" %}', Next: 'E' }], Default: 'Ask' },
    E: pass(),
  });
  definition.States.Ask.Catch = [{ ErrorEquals: ['States.ALL'], Next: 'C', Output: 'again' }];
  const { events, output } = await run('Retried', definition);
  expect([output, events.filter(({ type }) => type === 'TaskScheduled').length]).toEqual(['at last', 4]);
});

test('where there are no more numbers, each stay in a state begins with the first answer again', async () => {
  const definition = machine({
    P: pass({ Assign: { n: 0 } }),
    Ask: task({ Assign: { n: '{% $n + 1 %}' }, Next: 'C' }),
    C: { Type: 'Choice', Choices: [{ Condition: '{% $n < 3 %}', Next: 'Ask' }], Default: 'E' },
    E: pass({ Output: '{% $n %}' }),
  });
  expect(await run('Happy', definition)).toMatchObject({ status: 'SUCCEEDED', output: 3 });
});

test('a try without an answer fails the execution', async () => {
  expect(await run('Empty', retrying)).toMatchObject({ status: 'FAILED', error: 'States.Runtime', cause: expect.stringContaining("state 'Ask' has no response for call 0, try 0") });
});

test('a state that the test case does not name is not mocked', async () => {
  expect(await run('Retried', single(task(), 'Other'))).toMatchObject({ error: 'States.Runtime', cause: expect.stringContaining('lambda:invoke is not supported') });
});

test.each([
  ['Refused', 'batch:submitJob.sync', ['TaskSubmitFailed']],
  ['Refused', 'sqs:sendMessage.waitForTaskToken', ['TaskSubmitted', 'TaskFailed']],
  ['Failed', 'batch:submitJob.sync', ['TaskSubmitted', 'TaskFailed']],
  ['Refused', 'batch:submitJob', ['TaskFailed']],
])('%s of %s is told as %j', async (testCase, name, expected) => {
  const { events } = await run(testCase, single(task({ Resource: `arn:aws:states:::${name}` }), 'Ask'));
  expect(events.map(({ type }) => type).slice(4, -1)).toEqual(expected);
});

test('a function called by its ARN gives what it gives, where the mock has the call\'s answer', async () => {
  const definition = single({ Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:000000000000:function:f' }, 'Ask');
  expect(await run('Happy', definition)).toMatchObject({ output: { body: 'hello' } });
});

test('a job is told as submitted', async () => {
  const { events } = await run('Happy', single(task({ Resource: 'arn:aws:states:::batch:submitJob.sync' }), 'Ask'));
  expect(events.map(({ type }) => type).slice(2, -2)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
});

test('another role is told in the history, and not taken by what does not know of it', async () => {
  const definition = single(task({ Credentials: { RoleArn: '{% "arn:" & $states.context.State.Name %}' } }), 'Ask');
  const { events } = await run('Happy', definition);
  expect(events.find(({ type }) => type === 'TaskScheduled')!.details).toMatchObject({ taskCredentials: { roleArn: 'arn:Ask' } });
  const refused = await runDefinition(definition, { tasks: { Ask: async () => 1 } });
  expect(refused).toMatchObject({ error: 'States.Runtime', cause: expect.stringContaining('Credentials is not supported') });
});

test.each([
  ['a state machine that there is not', FILE, 'Other', 'Happy', 'StateMachines has no "Other" with TestCases; it has: Orders'],
  ['a test case that there is not', FILE, 'Orders', 'Sad', 'StateMachines.Orders.TestCases has no "Sad"; it has: Happy, Retried, Refused, Failed, Empty'],
  ['no object', 3, 'Orders', 'Happy', 'StateMachines has no "Orders" with TestCases; it has: nothing'],
])('refuses %s', (_name, file, stateMachine, testCase, message) => {
  expect(() => mockedIntegrations(file, stateMachine, testCase)).toThrow(new MockError(message));
});

test('tells everything that is wrong with the responses', () => {
  const file = {
    StateMachines: { M: { TestCases: { C: { A: 'Missing', B: 'Bad' } } } },
    MockedResponses: { Bad: { 'first': { Return: 1 }, '2-1': { Return: 1 }, '0': {}, '1': { Return: 1, Throw: { Error: 'E' } }, '3': { Throw: {} } } },
  };
  expect(() => mockedIntegrations(file, 'M', 'C')).toThrow(new MockError([
    'state "A": MockedResponses has no "Missing"; it has: Bad',
    'MockedResponses.Bad.0: expected either Return or Throw',
    'MockedResponses.Bad.1: expected either Return or Throw',
    'MockedResponses.Bad.3.Throw: expected {"Error": NAME, "Cause": TEXT}',
    'MockedResponses.Bad: expected numbers of calls, for example "0" or "1-2", got "first"',
    'MockedResponses.Bad: expected numbers of calls, for example "0" or "1-2", got "2-1"',
  ].join('; ')));
});
