import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EXPECTED_ALIGNMENT, EXPECTED_SEQ_INFO, pipelineApp, sampleInput } from './support/pipeline-app';
import { processesWith } from './support/processes';
import { sampleEntries, TestFolders } from './support/sample-run';
import { ServeProcess } from './support/serve-process';
import { AWS_CLI, clientEnvironment, installPythonClients, PYTHON } from '../../engine/endpoint/support/python-clients';

const run = promisify(execFile);
const folders = new TestFolders();
/** A developer's environment, as it is for AWS. */
const DEVELOPER = { AWS_ACCESS_KEY_ID: 'AKIADEVELOPER', AWS_SECRET_ACCESS_KEY: 'the-developer-s-secret', AWS_DEFAULT_REGION: 'us-east-1' };
let app: string;
let state: string;
let serve: ServeProcess;

beforeAll(async () => {
  await installPythonClients();
  app = pipelineApp(folders);
  state = folders.path('state');
  serve = await ServeProcess.start(app, state, DEVELOPER);
}, 600_000);
afterAll(async () => {
  await serve.kill('SIGTERM');
  folders.remove();
});

const webApi = async (environment: Readonly<Record<string, string>>, jobId: string) =>
  JSON.parse((await run(PYTHON, [join(__dirname, 'support/web_api.py'), 'Stack', jobId, folders.json(sampleEntries())], { env: clientEnvironment(environment) })).stdout);

test('a web API that is written for AWS runs against this machine with AWS_ENDPOINT_URL as its only change', async () => {
  const { output, alignment } = await webApi({ ...DEVELOPER, AWS_ENDPOINT_URL: serve.endpoint }, 'job-of-the-web-api');
  expect(alignment).toBe(readFileSync(EXPECTED_ALIGNMENT, 'utf8'));
  expect(output).toMatchObject({ job_id: 'job-of-the-web-api', status: 'COMPLETED', input_count: 3 });
});

test('the AWS CLI runs a whole execution, with what serve wrote for its clients', async () => {
  const env = clientEnvironment(serve.credentials);
  const aws = async (...args: string[]) => (await run(AWS_CLI, args, { env, maxBuffer: 64 * 1024 * 1024 })).stdout;
  const json = async (...args: string[]) => JSON.parse(await aws(...args, '--output', 'json'));
  const { Stacks: [{ Outputs }] } = await json('cloudformation', 'describe-stacks', '--stack-name', 'Stack');
  const outputs = Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }: any) => [OutputKey, OutputValue]));
  const input = folders.json(sampleInput());
  const start = ['--state-machine-arn', outputs.StateMachineArn, '--name', 'of-the-cli', '--input', `file://${input}`];
  const { executionArn } = await json('stepfunctions', 'start-execution', ...start);
  let description;
  do {
    description = await json('stepfunctions', 'describe-execution', '--execution-arn', executionArn);
  } while (description.status === 'RUNNING');
  expect(description).toMatchObject({ status: 'SUCCEEDED', name: 'of-the-cli' });
  const { aligned_seq_info_s3_uri: uri } = JSON.parse(description.output);
  expect(await aws('s3', 'cp', uri, '-')).toBe(readFileSync(EXPECTED_SEQ_INFO, 'utf8'));
  const { events } = await json('stepfunctions', 'get-execution-history', '--execution-arn', executionArn);
  expect(events.at(-1)).toMatchObject({ type: 'ExecutionSucceeded' });
  // Its jobs, and what the last of them wrote.
  const { jobSummaryList } = await json('batch', 'list-jobs', '--job-queue', outputs.JobQueueArn, '--job-status', 'SUCCEEDED');
  const { jobs: [job] } = await json('batch', 'describe-jobs', '--jobs', jobSummaryList[0].jobId);
  const { logStreamName } = job.container;
  const log = await json('logs', 'get-log-events', '--log-group-name', logGroupOf(), '--log-stream-name', logStreamName, '--start-from-head');
  expect(JSON.parse(log.events[0].message)).toEqual(expect.any(Object));
}, 300_000);

test('nobody else on this machine may read the keys, the inputs or the results, and nobody else on the network may connect', () => {
  expect((statSync(join(state, 'credentials.env')).mode % 0o1000).toString(8)).toBe('600');
  expect((statSync(state).mode % 0o1000).toString(8)).toBe('700');
  expect(serve.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('a second one on the same state folder is refused', async () => {
  await expect(ServeProcess.start(app, state)).rejects.toThrow(new RegExp(`is in use by process ${serve.pid}; stop that one or choose another folder with --state DIR`));
});

test('stopped and started again, it has the same address and keys, and all that was', async () => {
  const before = serve.credentials;
  expect(await serve.kill('SIGTERM')).toBe(0);
  expect(processesWith(state).filter((pid) => pid === serve.pid)).toEqual([]);
  serve = await ServeProcess.start(app, state, DEVELOPER);
  expect(serve.credentials).toEqual(before);
  const { stdout } = await run(AWS_CLI, ['s3', 'ls', '--recursive', `s3://${bucketOf()}/results/`], { env: clientEnvironment(before) });
  expect(stdout).toMatch(/results\/job-of-the-web-api\/alignment-output\.aln/);
});

test.each<[string, string[], RegExp]>([
  ['no app', [], /error: --app is missing/],
  ['a port that is none', ['--app', 'x', '--port', '99999'], /error: --port must be from 1 to 65535, got "99999"/],
  ['a folder that is no assembly', ['--app', '/nonexistent'], /cannot be run on this machine/],
])('%s is refused', async (_what, args, told) => {
  const cli = join(__dirname, '../../../lib/cli/pavi-pipeline.js');
  await expect(run(process.execPath, [cli, 'serve', ...args, '--state', folders.path('state')])).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(told) });
});

function logGroupOf(): string {
  const { Resources } = JSON.parse(readFileSync(join(app, 'Stack.template.json'), 'utf8'));
  const [logicalId] = Object.entries<any>(Resources).find(([id, { Type }]) => Type === 'AWS::Logs::LogGroup' && /Job/.test(id))!;
  return Resources[logicalId].Properties.LogGroupName ?? `Stack-${logicalId}`;
}

function bucketOf(): string {
  const { Outputs } = JSON.parse(readFileSync(join(app, 'Stack.template.json'), 'utf8'));
  return `stack-${String(Outputs.WorkBucketName.Value.Ref)}`.toLowerCase();
}
