import { SmallAccount } from './support/small-account';
import { ACCOUNT, BUCKET, STATES, TABLE } from './support/small-assembly';

const S3_GET = 'arn:aws:states:::aws-sdk:s3:getObject';
const SYNC = 'arn:aws:states:::batch:submitJob.sync';
let aws: SmallAccount;

beforeAll(async () => {
  aws = await SmallAccount.start({ Any: { definition: { StartAt: 'End', States: { End: { Type: 'Succeed' } } } } });
}, 600_000);
afterAll(() => aws.stop());

const params = (state: object, more: object) => ({ definition: JSON.stringify({ QueryLanguage: 'JSONata', ...state }), inspectionLevel: 'DEBUG', ...more });
const tested = async (state: object, more: object = {}) => {
  const { output, inspectionData: { input, afterArguments, result, variables, afterItemSelector, afterItemBatcher, ...figures }, ...answer } = await aws.client.call('stepfunctions', 'TestState', params(state, more));
  const texts = { output, afterArguments, result, variables, afterItemSelector, afterItemBatcher };
  const parsed = Object.entries(texts).filter(([, value]) => value !== undefined).map(([name, value]) => [name, JSON.parse(value)]);
  return { ...answer, ...figures, ...Object.fromEntries(parsed) };
};
const refused = (state: object, more: object = {}) => aws.client.error('stepfunctions', 'TestState', params(state, more));
const mock = (result: unknown) => ({ mock: { result: JSON.stringify(result) } });
const failed = (error: string, cause = 'so it is') => ({ mock: { errorOutput: { error, cause } } });

describe('TestState', () => {
  test('a Pass with variables, and the context of an Express execution', async () => {
    const state = { Type: 'Pass', Assign: { next: '{% $n + 1 %}' }, Output: { twice: '{% $states.input.a * $n %}', context: '{% $states.context %}' }, Next: 'Later' };
    expect(await tested(state, { input: '{"a":21}', variables: '{"n":2}' })).toEqual({
      status: 'SUCCEEDED',
      nextState: 'Later',
      variables: { n: 2, next: 3 },
      output: {
        twice: 42,
        context: {
          Execution: { Id: expect.stringContaining(`${STATES}:express:`), Input: { a: 21 }, Name: expect.any(String), RoleArn: null, StartTime: expect.any(String) },
          StateMachine: { Id: expect.stringContaining(`${STATES}:stateMachine:`), Name: expect.any(String) },
          State: { Name: 'StateName', EnteredTime: expect.any(String) },
        },
      },
    });
  });

  test('INFO, the default, inspects nothing', async () => {
    const answer = await aws.client.call('stepfunctions', 'TestState', { definition: '{"QueryLanguage":"JSONata","Type":"Pass","Output":1,"End":true}' });
    expect(answer).toEqual({ status: 'SUCCEEDED', output: '1' });
  });

  test('an expression that goes too far fails as in AWS', async () => {
    expect(await tested({ Type: 'Pass', Output: '{% $count([1..873783]) %}', End: true })).toEqual({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: expect.stringMatching(/^An error occurred while executing the state 'StateName' \(entered at the event id #2\)\. .*Expression evaluation memory limit exceeded/),
    });
  });

  test('Choice, Fail and Succeed', async () => {
    const choice = { Type: 'Choice', Choices: [{ Condition: '{% $states.input.n > 1 %}', Next: 'More' }], Default: 'Less' };
    expect(await tested(choice, { input: '{"n":2}' })).toMatchObject({ status: 'SUCCEEDED', nextState: 'More', output: { n: 2 } });
    expect(await tested(choice, { input: '{"n":1}' })).toMatchObject({ nextState: 'Less' });
    expect(await tested({ Type: 'Fail', Error: 'Not.Today', Cause: '{% $states.input.why %}' }, { input: '{"why":"rain"}' }))
      .toEqual({ status: 'FAILED', error: 'Not.Today', cause: 'rain' });
    expect(await tested({ Type: 'Succeed' })).toEqual({ status: 'SUCCEEDED', output: {} });
  });

  const task = {
    Type: 'Task',
    Resource: SYNC,
    Arguments: { JobName: '{% $states.input.name %}', JobQueue: 'q', JobDefinition: 'd' },
    Output: '{% $states.result.JobId %}',
    Retry: [{ ErrorEquals: ['Batch.Busy'], IntervalSeconds: 3, BackoffRate: 2, MaxAttempts: 2 }],
    Catch: [{ ErrorEquals: ['Other'], Next: 'Other' }, { ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'Mend' }],
    Next: 'Later',
  };
  const job = { JobName: 'j', JobId: '1', JobQueue: 'q', JobDefinition: 'd', Status: 'SUCCEEDED', StartedAt: 1 };
  const input = '{"name":"j"}';
  const afterArguments = { JobName: 'j', JobQueue: 'q', JobDefinition: 'd' };

  test('a mocked result of a Task that waits for its job', async () => {
    expect(await tested(task, { input, ...mock(job) })).toEqual({ status: 'SUCCEEDED', nextState: 'Later', output: '1', result: job, afterArguments });
  });

  test('a mocked error is retried, and then caught', async () => {
    const retried = (retrierRetryCount: number) => tested(task, { input, ...failed('Batch.Busy'), stateConfiguration: { retrierRetryCount } });
    const error = { error: 'Batch.Busy', cause: 'so it is', afterArguments };
    expect(await retried(0)).toEqual({ ...error, status: 'RETRIABLE', errorDetails: { retryIndex: 0, retryBackoffIntervalSeconds: 3 } });
    expect(await retried(1)).toMatchObject({ status: 'RETRIABLE', errorDetails: { retryBackoffIntervalSeconds: 6 } });
    expect(await retried(2)).toEqual({
      ...error, status: 'CAUGHT_ERROR', nextState: 'Mend', output: { Error: 'Batch.Busy', Cause: 'so it is' }, errorDetails: { catchIndex: 1 },
    });
    expect(await tested({ ...task, Catch: undefined }, { input, ...failed('Batch.Odd') })).toMatchObject({ status: 'FAILED', error: 'Batch.Odd' });
  });

  test('a Map: its items, its tolerance, and how many iterations failed', async () => {
    const map = {
      Type: 'Map',
      Items: '{% $states.input.items %}',
      ItemSelector: { at: '{% $states.context.Map.Item.Index %}' },
      MaxConcurrency: 2,
      ToleratedFailureCount: 1,
      ItemProcessor: { StartAt: 'One', States: { One: { Type: 'Pass', End: true } } },
      End: true,
    };
    const run = (mapIterationFailureCount: number) => tested(map, { input: '{"items":[5,6]}', ...mock([1, 2]), stateConfiguration: { mapIterationFailureCount } });
    const figures = { maxConcurrency: 2, toleratedFailureCount: 1, afterItemSelector: [{ at: 0 }, { at: 1 }] };
    expect(await run(1)).toEqual({ status: 'SUCCEEDED', output: [1, 2], ...figures });
    expect(await run(2)).toEqual({
      status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold', cause: 'The specified tolerated failure threshold was exceeded', ...figures,
    });
    expect(await tested(map, { input: '{"items":{}}', ...mock([]) })).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  test('what the ItemReader of a Map reads', async () => {
    const map = {
      Type: 'Map',
      ItemReader: { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType: 'JSON' }, Arguments: { Bucket: 'b', Key: 'k' } },
      ItemBatcher: { MaxItemsPerBatch: 2 },
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt: 'One', States: { One: { Type: 'Pass', End: true } } },
      End: true,
    };
    expect(await tested(map, { ...mock([[1]]), stateConfiguration: { mapItemReaderData: '[1,2,3]' } }))
      .toMatchObject({ status: 'SUCCEEDED', afterItemBatcher: [{ Items: [1, 2] }, { Items: [3] }] });
    expect(await tested(map, { ...mock([[1]]), stateConfiguration: { mapItemReaderData: '{}' } })).toMatchObject({ error: 'States.ItemReaderFailed' });
  });

  test('a Parallel, and a state of one of its branches by its name', async () => {
    const parallel = {
      Type: 'Parallel', Branches: [{ StartAt: 'Inner', States: { Inner: { QueryLanguage: 'JSONata', Type: 'Pass', Output: 'from within', End: true } } }], Arguments: { a: 1 }, End: true,
    };
    expect(await tested(parallel, mock(['x']))).toEqual({ status: 'SUCCEEDED', output: ['x'], result: ['x'], afterArguments: { a: 1 } });
    const machine = { StartAt: 'Both', States: { Both: parallel } };
    expect(await tested(machine, { stateName: 'Inner' })).toEqual({ status: 'SUCCEEDED', output: 'from within' });
    expect(await refused(machine, { stateName: 'Outer' })).toMatchObject({ code: 'ValidationException', message: 'The definition has no state Outer' });
  });

  test('a context in place of AWS\'s own', async () => {
    const state = { Type: 'Task', Resource: S3_GET, Arguments: {}, Output: '{% $states.context %}', End: true };
    const context = { Execution: { RedriveCount: 2 }, State: {} };
    expect(await tested(state, { ...mock({ Body: 'x' }), context: JSON.stringify(context) })).toMatchObject({ output: context });
    const message = async (given: object) => (await refused(state, { ...mock({}), context: JSON.stringify(given) })).message;
    expect(await message({ Map: {} })).toBe("Invalid Context object provided: 'Map' field is not supported when mocking a Context object");
    expect(await message({ Execution: { Id: 1 } })).toBe('Invalid Context object provided: Execution.Id must be a string');
    expect(await message({ Pokedex: 1 })).toBe("Invalid Context object provided: Field 'Pokedex' is not allowed");
    expect(await message({ Task: { Token: 'x' } })).toMatch(/contains 'Task' when state is not a Task state/);
  });

  test('a Task without a mock runs as its role, with the role\'s permissions', async () => {
    const put = {
      Type: 'Task',
      Resource: 'arn:aws:states:::dynamodb:updateItem',
      Arguments: {
        TableName: TABLE, Key: { job_id: { S: 'tested' } }, UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': { S: 'b' } }, ReturnValues: 'ALL_NEW',
      },
      Output: '{% $states.result.Attributes.a.S %}',
      End: true,
    };
    const roleArn = (await aws.client.call('stepfunctions', 'DescribeStateMachine', { stateMachineArn: `${STATES}:stateMachine:Any` })).roleArn;
    expect(await tested(put, { roleArn })).toMatchObject({ status: 'SUCCEEDED', output: 'b', result: { Attributes: { a: { S: 'b' } } } });
    const get = { Type: 'Task', Resource: S3_GET, Arguments: { Bucket: BUCKET, Key: 'k' }, End: true };
    expect(await tested(get, { roleArn })).toMatchObject({ status: 'FAILED', error: 'S3.S3Exception' });
    expect(await refused(put)).toMatchObject({ code: 'ValidationException', message: 'RoleArn must be specified when testing a Task state' });
    expect(await refused(put, { roleArn: `arn:aws:iam::${ACCOUNT}:role/nobody` })).toMatchObject({ code: 'ValidationException' });
    expect(await refused(task, { roleArn, input })).toMatchObject({ code: 'InvalidDefinition', message: expect.stringContaining('needs a mock') });
  });

  test.each<[string, object, object, string, RegExp]>([
    ['a mock of a Pass', { Type: 'Pass', End: true }, mock(1), 'ValidationException', /^State type 'Pass' is not supported when a mock is specified$/],
    ['a Parallel without one', { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: { Type: 'Succeed' } } }], End: true }, {}, 'InvalidDefinition', /^TestState API does not support Map or Parallel states\./],
    ['a Parallel\'s of another length', { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: { Type: 'Succeed' } } }], End: true }, mock([1, 2]), 'ValidationException', /same number of items/],
    ['a mock of both', task, { mock: { result: '{}', errorOutput: { error: 'E' } } }, 'ValidationException', /only one of the following fields: \[result, errorOutput\]/],
    ['a mock of a Map that is no list', { Type: 'Map', ItemProcessor: { StartAt: 'A', States: { A: { Type: 'Succeed' } } }, End: true }, mock({}), 'ValidationException', /^Mocked result must be an array\.$/],
    ['secrets of a mock', task, { ...mock(job), revealSecrets: true }, 'ValidationException', /does not support RevealSecrets/],
    ['a context without a mock', { Type: 'Pass', End: true }, { context: '{}' }, 'ValidationException', /only be specified when a mock/],
    ['a result without a required field', task, mock({ JobName: 'j' }), 'ValidationException', /^Mock result schema validation error: Required field 'JobId' is missing$/],
    ['a result of another type', task, { mock: { result: '{"JobId":1}', fieldValidationMode: 'PRESENT' } }, 'ValidationException', /Field 'JobId' must be a string$/],
    ['a call that is not known here', { ...task, Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f' } }, mock({}), 'ValidationException', /set fieldValidationMode to NONE/],
    ['JSONPath', { QueryLanguage: 'JSONPath', Type: 'Pass', End: true, InputPath: '$' }, {}, 'InvalidDefinition', /JSONPath is not supported by the local engine/],
    ['a state that is wrong', { Type: 'Pass' }, {}, 'InvalidDefinition', /SCHEMA_VALIDATION_FAILED/],
    ['an input that is no JSON', { Type: 'Pass', End: true }, { input: '{' }, 'InvalidExecutionInput', /^Invalid State Machine Execution Input/],
    ['iterations of a Task', task, { ...mock(job), stateConfiguration: { mapIterationFailureCount: 1 } }, 'ValidationException', /only for Map states/],
  ])('refuses %s', async (_what, state, more, code, message) => {
    expect(await refused(state, more)).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('ValidateStateMachineDefinition', () => {
  const validate = (definition: unknown, more: object = {}) => aws.client.call('stepfunctions', 'ValidateStateMachineDefinition', {
    definition: typeof definition === 'string' ? definition : JSON.stringify(definition), ...more,
  });
  const good = { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };

  test('a good definition', async () => {
    expect(await validate(good, { severity: 'WARNING' })).toEqual({ result: 'OK', diagnostics: [], truncated: false });
  });

  test('each problem with its code and place, as many as are wanted', async () => {
    const wrong = { ...good, States: { A: { Type: 'Pass', Output: '{% ( %}', Next: 'B' } } };
    const { result, diagnostics, truncated } = await validate(wrong);
    expect({ result, truncated }).toEqual({ result: 'FAIL', truncated: false });
    expect(diagnostics).toContainEqual({ severity: 'ERROR', code: 'MISSING_TRANSITION_TARGET', message: "Missing 'Next' target: B", location: '/States/A/Next' });
    expect(diagnostics).toContainEqual(expect.objectContaining({ code: 'INVALID_JSONATA_EXPRESSION', location: '/States/A/Output' }));
    expect(await validate(wrong, { maxResults: 1 })).toMatchObject({ diagnostics: [diagnostics[0]], truncated: true });
  });

  test('no JSON, and a distributed Map in an Express state machine', async () => {
    expect(await validate('{')).toMatchObject({ result: 'FAIL', diagnostics: [{ code: 'INVALID_JSON_DESCRIPTION' }] });
    const map = {
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt: 'One', States: { One: { Type: 'Pass', End: true } } },
      End: true,
    };
    const machine = { ...good, States: { A: map } };
    expect(await validate(machine)).toMatchObject({ result: 'OK' });
    expect(await validate(machine, { type: 'EXPRESS' })).toMatchObject({ result: 'FAIL' });
  });
});
