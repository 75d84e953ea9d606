import type { TaskContext } from '../../../engine/asl/visit/task-integration';
import { Capacity } from '../../../engine/batch/capacity';
import type { PolicyStatement, Principal } from '../../../engine/iam/policy';
import { integrations, isSupported } from '../../../engine/integrations/find-integration';
import { attempts, definition, LocalBatch, QUEUE } from '../batch/support/local-batch';

const ARN = 'arn:aws:batch:us-east-1:000000000000';
const RULE = 'arn:aws:events:us-east-1:000000000000:rule/StepFunctionsGetEventsForBatchJobsRule';
const DEFINITION = definition({ command: ['true'], ...attempts(1) });
const FARGATE = definition({ command: ['true'], platformCapabilities: ['FARGATE'], memoryMiB: 512, vcpus: 0.25 });

/** All that `.sync` takes, as the documents of AWS have it. */
const NEEDED: readonly PolicyStatement[] = [
  { Effect: 'Allow', Action: ['events:PutRule'], Resource: RULE },
  { Effect: 'Allow', Action: ['events:PutTargets'], Resource: RULE },
  { Effect: 'Allow', Action: ['events:DescribeRule'], Resource: RULE },
  { Effect: 'Allow', Action: ['batch:SubmitJob'], Resource: [`${ARN}:job-definition/definition:*`, QUEUE] },
  { Effect: 'Allow', Action: ['batch:DescribeJobs'], Resource: '*' },
  { Effect: 'Allow', Action: ['batch:TerminateJob'], Resource: `${ARN}:job/*` },
];
const TAGGING: PolicyStatement = { Effect: 'Allow', Action: 'batch:TagResource', Resource: [`${ARN}:job/*`, `${ARN}:job-definition/definition:*`] };

let batch: LocalBatch;
let recorded: [string, Readonly<Record<string, unknown>>][];

beforeEach(() => {
  batch = new LocalBatch({ capacity: new Capacity({ vcpus: 2, memoryMiB: 1024 }) });
  recorded = [];
});
afterEach(() => batch.remove());

function principal(statements: readonly PolicyStatement[]): Principal {
  return { arn: 'arn:aws:sts::000000000000:assumed-role/Machine/run', roleArn: 'arn:aws:iam::000000000000:role/Machine', policies: [{ Statement: statements }] };
}

function call(resource: string, args: Record<string, unknown>, {
  statements = NEEDED, signal = new AbortController().signal, queuePolicies = new Map<string, boolean>(),
} = {}): Promise<any> {
  const find = integrations({
    batch: batch.service,
    principal: principal(statements),
    definitions: new Map([[DEFINITION.arn, DEFINITION], ['fargate', FARGATE]]),
    queueArns: new Set([QUEUE]),
    queuePolicies,
    s3: undefined as never,
    tables: undefined as never,
  });
  const context: TaskContext = {
    signal,
    executionArn: 'arn',
    executionName: 'run',
    stateName: 'State',
    retryCount: 0,
    record: (type, details) => { recorded.push([type, details]); },
    heartbeat: () => undefined,
  };
  return find(`arn:aws:states:::${resource}`, 'State')!(args, context);
}

const submission = (more: object = {}) => ({ JobName: 'job', JobDefinition: DEFINITION.arn, JobQueue: QUEUE, ...more });
const command = (script: string) => ({ ContainerOverrides: { Command: ['sh', '-c', script] } });

async function failureOf(promise: Promise<unknown>): Promise<{ errorName: string; errorCause: string }> {
  try {
    await promise;
  } catch (error) {
    return error as { errorName: string; errorCause: string };
  }
  throw new Error('it succeeded');
}

test('what there is, and what there is not', () => {
  for (const name of ['batch:submitJob', 'batch:submitJob.sync', 'aws-sdk:batch:submitJob', 'aws-sdk:batch:describeJobs', 'aws-sdk:batch:terminateJob',
    'aws-sdk:s3:getObject', 'aws-sdk:s3:putObject', 'dynamodb:updateItem']) expect(isSupported(`arn:aws:states:::${name}`)).toBe(true);
  for (const name of ['batch:submitJob.waitForTaskToken', 'aws-sdk:batch:listJobs', 'aws-sdk:s3:constructor', 'lambda:invoke', '']) {
    expect(isSupported(`arn:aws:states:::${name}`)).toBe(false);
  }
  expect(isSupported('arn:aws:lambda:us-east-1:000000000000:function:x')).toBe(false);
});

describe('batch:submitJob.sync', () => {
  test('gives the job\'s description, and tells of its submission', async () => {
    const result = await call('batch:submitJob.sync', submission(command('true')));
    expect(result).toMatchObject({ Status: 'SUCCEEDED', JobName: 'job', JobDefinition: DEFINITION.arn, JobQueue: QUEUE, Container: { ExitCode: 0 } });
    expect(recorded).toEqual([['TaskSubmitted', {
      resourceType: 'batch', resource: 'submitJob.sync', output: JSON.stringify({ JobArn: result.JobArn, JobId: result.JobId, JobName: 'job' }),
    }]]);
  });

  test('a failed job is States.TaskFailed, with its description as a JSON cause', async () => {
    const { errorName, errorCause } = await failureOf(call('batch:submitJob.sync', submission(command('exit 3'))));
    expect(errorName).toBe('States.TaskFailed');
    expect(JSON.parse(errorCause)).toMatchObject({
      Status: 'FAILED', StatusReason: 'Essential container in task exited', Container: { ExitCode: 3 }, Attempts: [{ Container: { ExitCode: 3 } }],
    });
  });

  test('a stopped state terminates its job', async () => {
    const stop = new AbortController();
    const running = failureOf(call('batch:submitJob.sync', submission(command('sleep 60')), { signal: stop.signal }));
    setTimeout(() => stop.abort(), 200);
    expect(JSON.parse((await running).errorCause)).toMatchObject({
      Status: 'FAILED', StatusReason: 'The Task state in AWS Step Functions execution [arn] which was managing this resource was aborted',
    });
  });

  test('its job is marked as one that Step Functions manages, and the mark counts among the overrides', async () => {
    const check = 'test "$MANAGED_BY_AWS" = STARTED_BY_STEP_FUNCTIONS && test "$A" = 1';
    const overrides = (size: number) => ({
      ContainerOverrides: { Command: ['sh', '-c', check, 'x'.repeat(size)], Environment: [{ Name: 'A', Value: '1' }] },
    });
    const result = await call('batch:submitJob.sync', submission(overrides(1)));
    expect(result).toMatchObject({
      Status: 'SUCCEEDED', Container: { Environment: [{ Name: 'A', Value: '1' }, { Name: 'MANAGED_BY_AWS', Value: 'STARTED_BY_STEP_FUNCTIONS' }] },
    });
    const mark = ',{"Name":"MANAGED_BY_AWS","Value":"STARTED_BY_STEP_FUNCTIONS"}';
    const most = 8192 - JSON.stringify(overrides(0).ContainerOverrides).length;
    await call('batch:submitJob.sync', submission(overrides(most - mark.length)));
    expect((await failureOf(call('batch:submitJob.sync', submission(overrides(most - mark.length + 1))))).errorCause).toContain('at most 8192');
  });

  test('overrides, parameters, a queue and a definition by name', async () => {
    const result = await call('batch:submitJob.sync', submission({
      JobDefinition: 'definition',
      JobQueue: 'queue',
      ContainerOverrides: {
        Command: ['sh', '-c', 'test "$A" = 1 && test "$0" = x', 'Ref::p'],
        Environment: [{ Name: 'A', Value: '1' }],
        ResourceRequirements: [{ Type: 'MEMORY', Value: '300' }, { Type: 'VCPU', Value: '0.5' }],
      },
      Parameters: { p: 'x' },
      RetryStrategy: { Attempts: 2 },
      Timeout: { AttemptDurationSeconds: 60 },
    }));
    expect(result).toMatchObject({
      Status: 'SUCCEEDED',
      JobDefinition: DEFINITION.arn,
      Parameters: { p: 'x' },
      Timeout: { AttemptDurationSeconds: 60 },
      RetryStrategy: { Attempts: 2 },
      Container: { ResourceRequirements: [{ Type: 'MEMORY', Value: '300' }, { Type: 'VCPU', Value: '0.5' }] },
    });
  });

  test('a queue that the app imports is stood in for', async () => {
    const imported = 'arn:aws:batch:us-east-1:123456789012:job-queue/existing';
    const statements: PolicyStatement[] = [...NEEDED, { Effect: 'Allow', Action: 'batch:SubmitJob', Resource: imported }];
    expect(await call('batch:submitJob.sync', submission({ JobQueue: imported }), { statements })).toMatchObject({ JobQueue: imported, Status: 'SUCCEEDED' });
    expect((await failureOf(call('batch:submitJob.sync', submission({ JobQueue: imported })))).errorCause).toContain(imported);
  });

  test.each(NEEDED.map(({ Action }) => (Action as string[])[0]))('without %s nothing is submitted, and the denial names it', async (action) => {
    const statements = NEEDED.filter(({ Action }) => (Action as string[])[0] !== action);
    const { errorName, errorCause } = await failureOf(call('batch:submitJob.sync', submission(), { statements }));
    expect(errorName).toBe('Batch.AWSBatchException');
    expect(errorCause).toMatch(new RegExp(`^User: arn:aws:sts::000000000000:assumed-role/Machine/run is not authorized to perform: ${action} on resource: `
      + `"[^"]+" because no identity-based policy allows the ${action} action `
      + '\\(Service: AWSBatch; Status Code: 403; Error Code: AccessDeniedException; .*\\)$'));
    expect(recorded).toEqual([]);
  });

  test('a definition or a queue that the role may not use', async () => {
    const statements = NEEDED.map((statement) => (statement.Action as string[])[0] === 'batch:SubmitJob'
      ? { ...statement, Resource: [`${ARN}:job-definition/other:*`, QUEUE] } : statement);
    expect((await failureOf(call('batch:submitJob.sync', submission(), { statements }))).errorCause).toContain(`"${DEFINITION.arn}"`);
  });

  test('tags want TagResource, on the job and on its definition, and conditions may ask for them', async () => {
    const tagged = submission({ Tags: { Product: 'PAVI' } });
    expect((await failureOf(call('batch:submitJob.sync', tagged))).errorCause).toContain('batch:TagResource');
    expect((await failureOf(call('batch:submitJob.sync', submission({ PropagateTags: true })))).errorCause).toContain('batch:TagResource');
    expect(await call('batch:submitJob.sync', tagged, { statements: [...NEEDED, TAGGING] })).toMatchObject({ Tags: { Product: 'PAVI' } });
    const onlyPavi = { ...TAGGING, Condition: { 'StringEquals': { 'aws:RequestTag/Product': 'PAVI' }, 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Product'] } } };
    await call('batch:submitJob.sync', tagged, { statements: [...NEEDED, onlyPavi] });
    for (const Tags of [{ Product: 'other' }, { Product: 'PAVI', More: 'x' }] as Record<string, string>[]) {
      expect((await failureOf(call('batch:submitJob.sync', submission({ Tags }), { statements: [...NEEDED, onlyPavi] }))).errorCause).toContain('batch:TagResource');
    }
  });
});

test.each<[string, object, RegExp]>([
  ['no name', { JobName: undefined }, /JobName must have up to 128 letters, digits, - and _.*got undefined/],
  ['a name with a dot', { JobName: 'a.b' }, /JobName .*got "a\.b"/],
  ['a name of 129 characters', { JobName: 'x'.repeat(129) }, /JobName/],
  ['an unknown definition', { JobDefinition: 'nobody' }, /JobDefinition "nobody" does not exist/],
  ['an unknown queue', { JobQueue: 'nobody' }, /JobQueue "nobody" does not exist/],
  ['overrides of more than 8,192 characters', command('x'.repeat(8192)), /Container Overrides length must be at most 8192/],
  ['a request of more than 30 KiB', { Parameters: { a: 'x'.repeat(31_000) } }, /more than 30 KiB/],
  ['an environment variable of Batch\'s own', { ContainerOverrides: { Environment: [{ Name: 'AWS_BATCH_JOB_ID', Value: 'x' }] } }, /cannot start with AWS_BATCH/],
  ['memory that is no number', { ContainerOverrides: { ResourceRequirements: [{ Type: 'MEMORY', Value: 'much' }] } }, /MEMORY must be a whole number of MiB, got "much"/],
  ['no memory', { ContainerOverrides: { ResourceRequirements: [{ Type: 'MEMORY', Value: '0' }] } }, /MEMORY/],
  ['a size that Fargate has not', { JobDefinition: 'fargate', ContainerOverrides: { ResourceRequirements: [{ Type: 'MEMORY', Value: '3072' }] } },
    /Fargate has 512, 1024, 2048 MiB for 0\.25 vCPU, got 3072/],
  ['a time limit of a second', { Timeout: { AttemptDurationSeconds: 1 } }, /at least 60, got 1/],
  ['eleven attempts', { RetryStrategy: { Attempts: 11 } }, /RetryStrategy: Attempts must be 1 to 10, got 11/],
  ['an unknown dependency', { DependsOn: [{ JobId: 'nobody' }] }, /Job dependency nobody does not exist/],
  ['too many dependencies', { DependsOn: Array(21).fill({ JobId: 'x' }) }, /depend on 20 jobs, got 21/],
  ['a tag of AWS', { Tags: { 'aws:x': 'y' } }, /the tag "aws:x"/],
])('Batch refuses %s', async (_name, more, words) => {
  const statements = [...NEEDED, TAGGING];
  const { errorName, errorCause } = await failureOf(call('batch:submitJob.sync', submission(more), { statements }));
  expect(errorName).toBe('Batch.ClientException');
  expect(errorCause).toMatch(words);
  expect(errorCause).toMatch(/\(Service: AWSBatch; Status Code: 400; Error Code: ClientException; Request ID: \S+; Proxy: null\)$/);
});

test.each<[object, RegExp]>([
  [{ ArrayProperties: { Size: 2 } }, /SubmitJob with ArrayProperties is not supported by the local engine/],
  [{ ContainerOverrides: { InstanceType: 'm5.large' } }, /with ContainerOverrides.InstanceType/],
  [{ ContainerOverrides: { ResourceRequirements: [{ Type: 'GPU', Value: '1' }] } }, /the resource requirement GPU/],
  [{ DependsOn: [{ JobId: 'x', Type: 'N_TO_N' }] }, /a dependency of type N_TO_N/],
  [{ EcsPropertiesOverride: {} }, /SubmitJob with EcsPropertiesOverride/],
])('what the engine does not have is refused by its name: %j', async (more, words) => {
  const { errorName, errorCause } = await failureOf(call('batch:submitJob', submission(more)));
  expect(errorName).toBe('States.Runtime');
  expect(errorCause).toMatch(words);
});

describe('without waiting', () => {
  test('submitJob gives the ids, describeJobs tells of them, terminateJob ends one', async () => {
    for (const submit of ['batch:submitJob', 'aws-sdk:batch:submitJob']) {
      const submitted = await call(submit, submission(command('sleep 60')));
      expect(submitted).toEqual({ JobArn: expect.stringMatching(`^${ARN}:job/`), JobId: expect.any(String), JobName: 'job' });
      expect(await call('aws-sdk:batch:describeJobs', { Jobs: [submitted.JobId, 'nobody'] })).toMatchObject({ Jobs: [{ JobId: submitted.JobId }] });
      expect(await call('aws-sdk:batch:terminateJob', { JobId: submitted.JobId, Reason: 'enough' })).toEqual({});
      let job = { Status: '', StatusReason: '' };
      while (job.Status !== 'FAILED') {
        await new Promise((resolve) => setTimeout(resolve, 10));
        [job] = (await call('aws-sdk:batch:describeJobs', { Jobs: [submitted.JobId] })).Jobs;
      }
      expect(job.StatusReason).toBe('enough');
    }
    expect(await call('aws-sdk:batch:describeJobs', { Jobs: [] })).toEqual({ Jobs: [] });
    expect(await call('aws-sdk:batch:terminateJob', { JobId: 'nobody', Reason: 'x' })).toEqual({});
  });

  test('each wants its own permission, and only that', async () => {
    const only = (action: string) => NEEDED.filter(({ Action }) => (Action as string[])[0] === action);
    const { JobId } = await call('batch:submitJob', submission(), { statements: only('batch:SubmitJob') });
    await call('aws-sdk:batch:describeJobs', { Jobs: [JobId] }, { statements: only('batch:DescribeJobs') });
    await call('aws-sdk:batch:terminateJob', { JobId, Reason: 'x' }, { statements: only('batch:TerminateJob') });
    for (const [name, args] of [['describeJobs', { Jobs: [JobId] }], ['terminateJob', { JobId, Reason: 'x' }], ['submitJob', submission()]] as [string, object][]) {
      const { errorName, errorCause } = await failureOf(call(`aws-sdk:batch:${name}`, args as Record<string, unknown>, { statements: [] }));
      expect(errorName).toBe('Batch.BatchException');
      expect(errorCause).toMatch(/is not authorized to perform: batch:\w+ on resource: .* \(Service: Batch, Status Code: 403, Request ID: \S+\)$/);
    }
  });

  test('what is wrong with a call', async () => {
    expect(await failureOf(call('aws-sdk:batch:describeJobs', { Jobs: 'x' }))).toMatchObject({ errorName: 'Batch.ClientException' });
    expect(await failureOf(call('aws-sdk:batch:terminateJob', { JobId: 'x' }))).toMatchObject({ errorName: 'Batch.ClientException' });
    expect(await failureOf(call('aws-sdk:batch:describeJobs', { Jobs: [], More: 1 }))).toMatchObject({ errorName: 'States.Runtime' });
  });
});

describe('a share of the queue', () => {
  const submit = (more: object, hasPolicy?: boolean) => call('batch:submitJob', submission({ ...command('true'), ...more }),
    { queuePolicies: new Map(hasPolicy === undefined ? [] : [[QUEUE, hasPolicy]]) });
  const SHARED = { ShareIdentifier: 'pavi', SchedulingPriorityOverride: 0 };

  test.each<[string, object, boolean | undefined, RegExp]>([
    ['is wanted where there is a policy', {}, true, /^shareIdentifier must be specified\. \(Service: AWSBatch; Status Code: 400; Error Code: ClientException;/],
    ['wants a priority', { ShareIdentifier: 'pavi' }, true, /^Either schedulingPriority in job definition or schedulingPriorityOverride should be specified\./],
    ['is not wanted where there is none', SHARED, false, /^shareIdentifier must not be specified/],
    ['has letters and digits', { ...SHARED, ShareIdentifier: 'my-share' }, true, /^shareIdentifier must be 1 to 255 letters or digits, got "my-share"/],
    ['is a text', { ...SHARED, ShareIdentifier: null }, undefined, /^shareIdentifier must be 1 to 255 letters or digits, got null/],
    ['goes with a priority up to 9999', { ...SHARED, SchedulingPriorityOverride: 10_000 }, true, /^schedulingPriorityOverride must be a whole number from 0 to 9999, got 10000/],
  ])('%s', async (_what, more, hasPolicy, cause) => {
    const { errorName, errorCause } = await failureOf(submit(more, hasPolicy));
    expect(errorName).toBe('Batch.ClientException');
    expect(errorCause).toMatch(cause);
  });

  test.each([[SHARED, true], [SHARED, undefined], [{}, false], [{}, undefined]])('%j to a queue of which a policy is known to be there: %s', async (more, hasPolicy) => {
    expect(await submit(more, hasPolicy)).toMatchObject({ JobName: 'job' });
  });
});

test.each([['a;b'], ['a%']])('no tag of a job is %j', async (value) => {
  const { errorName, errorCause } = await failureOf(call('batch:submitJob', submission({ ...command('true'), Tags: { 'pavi:run': value } }),
    { statements: [...NEEDED, TAGGING] }));
  expect([errorName, errorCause.includes('of letters, digits, spaces and')]).toEqual(['Batch.ClientException', true]);
});
