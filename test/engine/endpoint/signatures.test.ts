import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { Boto3 } from './support/python-clients';
import { SmallAccount } from './support/small-account';
import { STATES } from './support/small-assembly';

let aws: SmallAccount;
const clients: Boto3[] = [];

beforeAll(async () => {
  aws = await SmallAccount.start({ Pass: { definition: { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } } } });
}, 600_000);
afterAll(async () => {
  for (const client of clients) await client.stop();
  await aws.stop();
});

/** boto3 with another environment than the owner's. */
function clientWith(change: Readonly<Record<string, string>>): Boto3 {
  const client = new Boto3({ ...aws.environment(aws.account.tokens.forOwner()), ...change });
  clients.push(client);
  return client;
}

const CALLS: [string, string, object][] = [
  ['stepfunctions', 'ListStateMachines', {}],
  ['batch', 'DescribeJobQueues', {}],
  ['dynamodb', 'ListTables', {}],
  ['cloudformation', 'DescribeStacks', {}],
  ['logs', 'GetLogEvents', { logGroupName: 'jobs/logs', logStreamName: 'small/job/x' }],
];

test.each(CALLS)('%s refuses an unknown key', async (service, operation, params) => {
  expect(await clientWith({ AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN' }).error(service, operation, params)).toMatchObject({
    code: 'UnrecognizedClientException', status: 403, message: expect.stringContaining('credentials.env'),
  });
});

test.each(CALLS)('%s refuses a wrong secret', async (service, operation, params) => {
  expect(await clientWith({ AWS_SECRET_ACCESS_KEY: 'wrong' }).error(service, operation, params)).toMatchObject({ code: 'InvalidSignatureException', status: 403 });
});

test('a wrong session token and a wrong region', async () => {
  expect(await clientWith({ AWS_SESSION_TOKEN: 'wrong' }).error('batch', 'DescribeJobQueues')).toMatchObject({ code: 'UnrecognizedClientException' });
  const { code, message } = await clientWith({ AWS_DEFAULT_REGION: 'eu-west-1' }).error('stepfunctions', 'ListStateMachines');
  expect(code).toBe('IncompleteSignatureException');
  expect(message).toContain('the region \'eu-west-1\' is wrong; expecting \'us-east-1\'');
});

test('a request whose body was changed on its way', async () => {
  const { hostname, port } = new URL(aws.account.endpoint);
  const request = {
    method: 'POST',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: '/',
    query: {},
    headers: { 'host': `${hostname}:${port}`, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AWSStepFunctions.ListStateMachines' },
    body: '{}',
  };
  const signer = new SignatureV4({ credentials: aws.account.tokens.forOwner(), region: 'us-east-1', service: 'states', sha256: Sha256 });
  const { headers } = await signer.sign(request);
  const send = async (body: string) => {
    const response = await fetch(aws.account.endpoint, { method: 'POST', headers, body });
    return [response.status, await response.json()];
  };
  expect(await send('{}')).toMatchObject([200, { stateMachines: [{ name: 'Pass' }] }]);
  expect(await send('{ }')).toMatchObject([403, { __type: 'InvalidSignatureException' }]);
});

test('a role may do what its policies allow, and nothing else', async () => {
  const role = {
    arn: 'arn:aws:iam::000000000000:role/Web',
    name: 'Web',
    policies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow' as const, Action: 'states:StartExecution', Resource: `${STATES}:stateMachine:Pass` }] }],
  };
  const client = clientWith(aws.environment(aws.account.tokens.forRole(role, 'session')));
  const { executionArn } = await client.call('stepfunctions', 'StartExecution', { stateMachineArn: `${STATES}:stateMachine:Pass` });
  expect(await client.error('stepfunctions', 'DescribeExecution', { executionArn })).toEqual({
    code: 'AccessDeniedException',
    status: 400,
    message: expect.stringMatching(/^User: arn:aws:sts::000000000000:assumed-role\/Web\/session is not authorized to perform: states:DescribeExecution on resource: "?arn:aws:states/),
  });
  const denied = [
    ['batch', 'DescribeJobQueues', 'AccessDeniedException', 403],
    ['dynamodb', 'ListTables', 'AccessDeniedException', 400],
    ['cloudformation', 'DescribeStacks', 'AccessDenied', 403],
  ] as const;
  for (const [service, operation, code, status] of denied) expect(await client.error(service, operation)).toMatchObject({ code, status });
});

test('what is not signed is refused', async () => {
  const response = await fetch(aws.account.endpoint, { method: 'POST', headers: { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' }, body: '{}' });
  expect(response.status).toBeGreaterThanOrEqual(400);
});
