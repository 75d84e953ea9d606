import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SmallAccount } from './support/small-account';
import { LOG_GROUP, QUEUE_ARN, runDefinition, runJob, STATES, TABLE } from './support/small-assembly';
import { parseFaults } from '../../../engine/faults/fault-plan';

let aws: SmallAccount;

beforeAll(async () => {
  aws = await SmallAccount.start({
    Job: {
      definition: { StartAt: 'Run', States: { Run: runDefinition({ JobDefinition: '${Definition}', ContainerOverrides: { Command: ['hello', '${Whom}'] } }) } },
      substitutions: { Whom: 'you', Definition: { Ref: 'JobDefinition' } },
    },
    Sleep: { definition: { StartAt: 'Run', States: { Run: runJob(['sleep', 'long']) } } },
    Update: {
      definition: {
        StartAt: 'Update',
        States: {
          Update: {
            Type: 'Task',
            Resource: 'arn:aws:states:::dynamodb:updateItem',
            Arguments: {
              TableName: TABLE,
              Key: { job_id: { S: '{% $states.context.Execution.Name %}' } },
              UpdateExpression: 'SET #s = :s ADD tries :one',
              ConditionExpression: 'attribute_exists(job_id)',
              ExpressionAttributeNames: { '#s': 'status' },
              ExpressionAttributeValues: { ':s': { S: 'RUNNING' }, ':one': { N: '1' } },
              ReturnValues: 'ALL_NEW',
            },
            Output: '{% $states.result.Attributes.tries.N %}',
            End: true,
          },
        },
      },
    },
    Delete: {
      definition: {
        StartAt: 'Delete',
        States: {
          Delete: { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:deleteItem', Arguments: { TableName: TABLE, Key: { job_id: { S: 'x' } } }, End: true },
        },
      },
    },
  });
}, 600_000);
afterAll(() => aws.stop());

const call = (service: string, operation: string, params: object = {}) => aws.client.call(service, operation, params);
const error = (service: string, operation: string, params: object = {}) => aws.client.error(service, operation, params);

describe('Batch', () => {
  test('a job is found by its queue and described; what it wrote is in its log stream', async () => {
    expect(await aws.ended(await aws.start('Job', 'one'))).toMatchObject({ status: 'SUCCEEDED' });
    const { jobSummaryList } = await call('batch', 'ListJobs', { jobQueue: 'Queue', jobStatus: 'SUCCEEDED' });
    const summary = jobSummaryList.find(({ jobName }: any) => jobName === 'job-one');
    expect(summary).toMatchObject({ status: 'SUCCEEDED', container: { exitCode: 0 } });
    const { jobs: [job] } = await call('batch', 'DescribeJobs', { jobs: [summary.jobId] });
    expect(job).toMatchObject({
      jobName: 'job-one', jobQueue: QUEUE_ARN, status: 'SUCCEEDED', container: { command: ['hello', 'you'], exitCode: 0 }, attempts: [{ container: { exitCode: 0 } }],
    });
    const { events } = await call('logs', 'GetLogEvents', { logGroupName: LOG_GROUP, logStreamName: job.container.logStreamName, startFromHead: true });
    expect(events.map(({ message }: any) => JSON.parse(message))).toEqual([{ command: 'hello', text: 'you' }]);
    expect((await call('batch', 'ListJobs', { jobQueue: QUEUE_ARN, filters: [{ name: 'JOB_NAME', values: ['JOB-O*'] }] })).jobSummaryList).toHaveLength(1);
  });

  test('TerminateJob ends it, and the execution fails with its reason', async () => {
    const arn = await aws.start('Sleep', 'sleeping');
    let running: any[] = [];
    while (running.length === 0) running = (await call('batch', 'ListJobs', { jobQueue: 'Queue' })).jobSummaryList;
    await call('batch', 'TerminateJob', { jobId: running[0].jobId, reason: 'no more of it' });
    const { status, cause } = await aws.ended(arn);
    expect(status).toBe('FAILED');
    expect(JSON.parse(cause)).toMatchObject({ Status: 'FAILED', StatusReason: 'no more of it' });
    // Nothing happens to a job that has ended.
    await call('batch', 'TerminateJob', { jobId: running[0].jobId, reason: 'again' });
  });

  test('CancelJob leaves alone what runs', async () => {
    const arn = await aws.start('Sleep', 'not-cancelled');
    let running: any[] = [];
    while (running.length === 0) running = (await call('batch', 'ListJobs', { jobQueue: 'Queue' })).jobSummaryList;
    await call('batch', 'CancelJob', { jobId: running[0].jobId, reason: 'too late' });
    const { jobs: [job] } = await call('batch', 'DescribeJobs', { jobs: [running[0].jobId] });
    expect(job).toMatchObject({ status: 'RUNNING', isCancelled: false, container: { logStreamName: expect.stringMatching(/^small\/job\/default\//) } });
    await call('batch', 'TerminateJob', { jobId: running[0].jobId, reason: 'enough' });
    expect(JSON.parse((await aws.ended(arn)).cause)).toMatchObject({ StatusReason: 'enough', IsTerminated: true });
  });

  test('DescribeJobQueues', async () => {
    const { jobQueues } = await call('batch', 'DescribeJobQueues', { jobQueues: ['Queue'] });
    expect(jobQueues).toMatchObject([{ jobQueueArn: QUEUE_ARN, state: 'ENABLED', status: 'VALID' }]);
    expect((await call('batch', 'DescribeJobQueues', { jobQueues: ['absent'] })).jobQueues).toEqual([]);
  });

  test('errors in the service\'s own shape', async () => {
    expect(await error('batch', 'ListJobs', { jobQueue: 'absent' })).toEqual({ code: 'ClientException', message: 'jobQueue absent does not exist', status: 400 });
    expect(await error('batch', 'ListJobs', { jobQueue: 'Queue', filters: [{ name: 'SHARE_IDENTIFIER', values: ['x'] }] })).toMatchObject({ code: 'ClientException' });
    expect(await error('batch', 'DescribeComputeEnvironments')).toEqual({
      code: 'UnknownOperationException', message: 'The operation POST /v1/describecomputeenvironments is not supported by the local endpoint', status: 400,
    });
  });

  test.each<[string, object, RegExp]>([
    ['ListJobs', { jobQueue: 'Queue', nextToken: 'made-up' }, /nextToken/],
    ['ListJobs', {}, /jobQueue is required/],
    ['ListJobs', { jobQueue: 'Queue', filters: [{ name: 'JOB_DEFINITION', values: ['job'] }] }, /the filter JOB_DEFINITION is not supported by the local endpoint; JOB_NAME is/],
    ['ListJobs', { jobQueue: 'Queue', filters: [{ name: 'constructor', values: ['x'] }] }, /the filter constructor is not supported/],
    ['DescribeJobQueues', { nextToken: 'made-up' }, /nextToken/],
  ])('%s with %j is the client\'s mistake', async (operation, params, message) => {
    const refused = await error('batch', operation, params);
    expect(refused).toMatchObject({ code: 'ClientException', status: 400 });
    expect(refused.message).toMatch(message);
  });

  test('jobs are there again in the next process', async () => {
    const before = (await call('batch', 'ListJobs', { jobQueue: 'Queue', jobStatus: 'SUCCEEDED' })).jobSummaryList;
    await aws.restart();
    expect((await call('batch', 'ListJobs', { jobQueue: 'Queue', jobStatus: 'SUCCEEDED' })).jobSummaryList).toEqual(before);
  });
});

test('a throttled Batch API is each client\'s to see, once a call, and a lookup of the engine\'s own is none', async () => {
  const faults = ['DescribeJobs', 'ListJobs', 'TerminateJob', 'CancelJob'].map((operation) => `batch-throttle:operation=${operation}`);
  const throttled = await SmallAccount.start({ Job: { definition: { StartAt: 'Run', States: { Run: runJob(['hello', 'you']) } } } }, {}, parseFaults(faults));
  try {
    const [params, refused] = [{ jobId: 'nobody', reason: 'x' }, { code: 'TooManyRequestsException', message: 'Too Many Requests', status: 429 }];
    for (const [operation, args] of [['TerminateJob', params], ['CancelJob', params], ['DescribeJobs', { jobs: ['a', 'b'] }], ['ListJobs', { jobQueue: 'Queue' }]] as const) {
      expect(await throttled.client.error('batch', operation, args)).toEqual(refused);
      await throttled.client.call('batch', operation, args);
    }
  } finally {
    await throttled.stop();
  }
});

describe('CloudWatch Logs', () => {
  test('a group or a stream that is not there, or is not below the folder', async () => {
    expect(await error('logs', 'GetLogEvents', { logGroupName: 'absent', logStreamName: 'x' })).toMatchObject({ code: 'ResourceNotFoundException', status: 400 });
    for (const logStreamName of ['small/job/default/absent', 'small/job/../../../../cdk.out/manifest', 'other/default/x']) {
      expect(await error('logs', 'GetLogEvents', { logGroupName: LOG_GROUP, logStreamName }))
        .toEqual({ code: 'ResourceNotFoundException', message: 'The specified log stream does not exist.', status: 400 });
    }
  });
});

test('GetLogEvents gives up to 10,000 events', async () => {
  const refused = await error('logs', 'GetLogEvents', { logGroupName: LOG_GROUP, logStreamName: await aStream(), limit: 10_001 });
  expect(refused).toMatchObject({ code: 'InvalidParameterException', message: expect.stringContaining('Value \'10001\' at \'limit\'') });
});

async function aStream(): Promise<string> {
  const { jobSummaryList: [{ jobId }] } = await call('batch', 'ListJobs', { jobQueue: 'Queue', filters: [{ name: 'JOB_NAME', values: ['job-one'] }] });
  return (await call('batch', 'DescribeJobs', { jobs: [jobId] })).jobs[0].container.logStreamName;
}

describe('CloudFormation', () => {
  test('a name that no document can hold is told in one', async () => {
    expect(await error('cloudformation', 'DescribeStacks', { StackName: 'a\u0001<b>' }))
      .toEqual({ code: 'ValidationError', message: 'Stack with id a\ufffd<b> does not exist', status: 400 });
  });

  test('DescribeStacks gives the outputs', async () => {
    const { Stacks: [stack] } = await call('cloudformation', 'DescribeStacks', { StackName: 'Small' });
    expect(stack).toMatchObject({ StackName: 'Small', StackStatus: 'CREATE_COMPLETE' });
    expect(stack.Outputs).toEqual([{ OutputKey: 'TableName', OutputValue: TABLE }, { OutputKey: 'Ampersand', OutputValue: 'a & <b>' }]);
    expect((await call('cloudformation', 'DescribeStacks')).Stacks).toHaveLength(1);
    expect((await call('cloudformation', 'DescribeStacks', { StackName: stack.StackId })).Stacks).toHaveLength(1);
  });

  test('errors in the query protocol\'s shape', async () => {
    expect(await error('cloudformation', 'DescribeStacks', { StackName: 'Absent' })).toEqual({ code: 'ValidationError', message: 'Stack with id Absent does not exist', status: 400 });
    expect(await error('cloudformation', 'ListStacks')).toMatchObject({ code: 'UnknownOperationException', status: 400 });
  });
});

describe('DynamoDB', () => {
  const get = async (id: string) => (await call('dynamodb', 'GetItem', { TableName: TABLE, Key: { job_id: { S: id } } })).Item;

  test('items of the template\'s table, by key and by index', async () => {
    await call('dynamodb', 'PutItem', { TableName: TABLE, Item: { job_id: { S: 'a' }, status: { S: 'NEW' }, n: { N: '1' } } });
    await call('dynamodb', 'UpdateItem', { TableName: TABLE, Key: { job_id: { S: 'a' } }, UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': { N: '2' } } });
    expect(await get('a')).toEqual({ job_id: { S: 'a' }, status: { S: 'NEW' }, n: { N: '3' } });
    const query = { TableName: TABLE, IndexName: 'by-status', KeyConditionExpression: '#s = :s', ExpressionAttributeNames: { '#s': 'status' } };
    expect(await call('dynamodb', 'Query', { ...query, ExpressionAttributeValues: { ':s': { S: 'NEW' } } })).toMatchObject({ Count: 1 });
    expect(await call('dynamodb', 'ListTables')).toEqual({ TableNames: [TABLE] });
    const { Table } = await call('dynamodb', 'DescribeTable', { TableName: TABLE });
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', TableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TABLE}` });
  });

  test('errors by their names', async () => {
    const put = { TableName: TABLE, Item: { job_id: { S: 'a' } }, ConditionExpression: 'attribute_not_exists(job_id)' };
    expect(await error('dynamodb', 'PutItem', put)).toMatchObject({ code: 'ConditionalCheckFailedException', status: 400 });
    expect(await error('dynamodb', 'GetItem', { TableName: 'Absent', Key: { job_id: { S: 'a' } } })).toMatchObject({ code: 'ResourceNotFoundException' });
    expect(await error('dynamodb', 'UpdateTable', { TableName: TABLE })).toEqual({
      code: 'UnknownOperationException', message: 'The operation DynamoDB UpdateTable is not supported by the local endpoint', status: 400,
    });
  });

  test('a state machine updates an item', async () => {
    expect(await aws.ended(await aws.start('Update', 'absent'))).toMatchObject({
      status: 'FAILED', error: 'DynamoDB.ConditionalCheckFailedException', cause: expect.stringMatching(/^The conditional request failed \(Service: AmazonDynamoDBv2; Status Code: 400/),
    });
    await call('dynamodb', 'PutItem', { TableName: TABLE, Item: { job_id: { S: 'mine' }, tries: { N: '1' } } });
    expect(await aws.ended(await aws.start('Update', 'mine'))).toMatchObject({ status: 'SUCCEEDED', output: '"2"' });
    expect(await get('mine')).toEqual({ job_id: { S: 'mine' }, tries: { N: '2' }, status: { S: 'RUNNING' } });
  });

  test('its role must allow it', async () => {
    const { error: name, cause } = await aws.ended(await aws.start('Delete', 'denied'));
    expect(name).toBe('DynamoDB.AmazonDynamoDBException');
    expect(cause).toMatch(/:assumed-role\/Small-Role\/denied is not authorized to perform: dynamodb:DeleteItem on resource: "?arn:aws:dynamodb:us-east-1:000000000000:table\/Jobs/);
  });

  test('a table that another app makes can be made here; the template\'s own stay', async () => {
    const make = {
      TableName: 'Elsewhere', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], BillingMode: 'PAY_PER_REQUEST',
    };
    await call('dynamodb', 'CreateTable', make);
    await call('dynamodb', 'CreateTable', { ...make, TableName: 'ForAMoment' });
    // A table that is still being made can be neither removed nor written to.
    while ((await aws.client.answer('dynamodb', 'DeleteTable', { TableName: 'ForAMoment' })).error?.code === 'ResourceInUseException');
    while ((await aws.client.answer('dynamodb', 'PutItem', { TableName: 'Elsewhere', Item: { id: { S: 'x' } } })).error !== undefined);
    expect(await error('dynamodb', 'DeleteTable', { TableName: TABLE })).toMatchObject({ code: 'ResourceInUseException' });
    await aws.restart();
    expect((await call('dynamodb', 'ListTables')).TableNames).toEqual(['Elsewhere', TABLE]);
    expect((await call('dynamodb', 'Scan', { TableName: 'Elsewhere' })).Items).toEqual([{ id: { S: 'x' } }]);
  });

  test('items are there again in the next process, however often they were written', async () => {
    const items = Array.from({ length: 250 }, (_, n) => ({ job_id: { S: `many-${n % 50}` }, n: { N: String(n) } }));
    for (const Item of items.slice(0, 225)) await call('dynamodb', 'PutItem', { TableName: TABLE, Item });
    await call('dynamodb', 'BatchWriteItem', { RequestItems: { [TABLE]: items.slice(225).map((Item) => ({ PutRequest: { Item } })) } });
    await call('dynamodb', 'DeleteItem', { TableName: TABLE, Key: { job_id: { S: 'a' } } });
    const journal = join(aws.folder, 'state/tables/tables.jsonl');
    const lines = () => readFileSync(journal, 'utf8').split('\n').length - 1;
    expect(lines()).toBeGreaterThan(225);
    for (let restarts = 0; restarts < 2; restarts++) {
      await aws.restart();
      expect(await get('a')).toBeUndefined();
      expect(await get('mine')).toMatchObject({ tries: { N: '2' } });
      expect(await get('many-49')).toMatchObject({ n: { N: '249' } });
      expect((await call('dynamodb', 'Scan', { TableName: 'Elsewhere' })).Items).toEqual([{ id: { S: 'x' } }]);
      // Only what they came to is kept.
      expect(lines()).toBeLessThan(60);
    }
  });
});

test('S3 is at the same address', async () => {
  await call('s3', 'PutObject', { Bucket: 'jobs-results', Key: 'a/b.txt', Body: 'text' });
  expect((await call('s3', 'GetObject', { Bucket: 'jobs-results', Key: 'a/b.txt' })).Body).toBe('text');
  await call('s3', 'HeadBucket', { Bucket: 'jobs-results' });
  expect(await error('s3', 'HeadBucket', { Bucket: 'absent-bucket' })).toMatchObject({ code: '404' });
});

test('SDKs that choose the form of addresses by themselves find the buckets', async () => {
  const client = new S3Client({ endpoint: aws.account.endpoint, region: 'us-east-1', credentials: aws.account.tokens.forOwner() });
  await client.send(new PutObjectCommand({ Bucket: 'jobs-results', Key: 'sdk', Body: 'for javascript' }));
  expect((await call('s3', 'GetObject', { Bucket: 'jobs-results', Key: 'sdk' })).Body).toBe('for javascript');
  client.destroy();
});

test('a service that there is not is refused by its name', async () => {
  expect(await error('sns', 'ListTopics')).toMatchObject({ status: 400 });
  expect((await error('secretsmanager', 'ListSecrets'))).toMatchObject({
    code: 'UnknownOperationException', message: 'the service secretsmanager is not supported by the local endpoint; these are: s3, states, batch, dynamodb, cloudformation, logs',
  });
});

test('an execution can be looked at while its job runs, by the job\'s role as far as its policies go', async () => {
  const arn = await aws.start('Sleep', 'watched');
  expect(arn).toBe(`${STATES}:execution:Sleep:watched`);
  while ((await call('batch', 'ListJobs', { jobQueue: 'Queue' })).jobSummaryList.length === 0);
  expect(await call('stepfunctions', 'DescribeExecution', { executionArn: arn })).toMatchObject({ status: 'RUNNING', redriveStatus: 'NOT_REDRIVABLE' });
  await call('stepfunctions', 'StopExecution', { executionArn: arn });
  const { jobSummaryList } = await call('batch', 'ListJobs', { jobQueue: 'Queue', jobStatus: 'FAILED' });
  expect(jobSummaryList.map(({ jobName }: any) => jobName)).toContain('job-watched');
});
