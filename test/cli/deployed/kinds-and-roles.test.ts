import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployedApp } from './support/deployed-app';
import { Operator } from './support/operator';
import { PRODUCT, workerEnvironment } from '../../../cli/here/product';
import { loadAssembly } from '../../../engine/deployment/load-assembly';
import { LocalAccount } from '../../../engine/local-account';
import { newAccessKey } from '../../../engine/signing/security-tokens';
import { EXPECTED_ALIGNMENT } from '../here/support/pipeline-app';
import { SAMPLE_INPUT, sampleEntries, TestFolders } from '../here/support/sample-run';

const folders = new TestFolders();
let account: LocalAccount;
let owner: Operator;

/** Of the account, with keys. */
function operatorWith(key: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }): Operator {
  const home = folders.path('home');
  mkdirSync(home);
  return new Operator({
    AWS_ENDPOINT_URL: account.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    ...key.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: key.sessionToken },
  }, home);
}

beforeAll(async () => {
  const folder = folders.path('state');
  const assembly = loadAssembly(deployedApp(folders));
  account = await LocalAccount.start({
    assembly,
    folder,
    logFolder: join(folder, 'logs'),
    notificationsFile: join(folder, 'n.jsonl'),
    jobEnvironment: workerEnvironment(true),
    product: PRODUCT,
    port: 0,
    jobs: { buildArgs: {} },
  });
  const key = newAccessKey();
  account.tokens.addOwner(key);
  owner = operatorWith(key);
  roleOf = (name) => operatorWith(account.tokens.forRole([...assembly.roles.values()].find((role) => role.name === name)!, 'test'));
});
afterAll(async () => {
  await account.close();
  folders.remove();
});

let roleOf: (name: string) => Operator;

describe('of an Express workflow', () => {
  test('a run is followed by its jobs and results, and has its logs and results', async () => {
    const run = await owner.tells('submit', '--stack', 'Express', '--input', SAMPLE_INPUT, '--name', 'fast', '--watch');
    expect(run.stdout).toMatch(/^fast: seems SUCCEEDED; Step Functions keeps no record of an Express run: this is told from its jobs and results/);
    expect(run.stdout).toMatch(/^ {2}job pavi-retrieve-fast-0: SUCCEEDED/m);
    expect(run.code).toBe(0);
    const output = folders.path('results');
    const [status, logs] = await Promise.all([
      owner.does('status', '--stack', 'Express', 'fast', '--json'),
      owner.does('logs', '--stack', 'Express', 'fast', '--step', 'align'),
      owner.does('results', '--stack', 'Express', 'fast', '--output', output),
    ]);
    expect(status.json[0]).toMatchObject({ run: 'fast', express: true, status: 'SUCCEEDED', results: true });
    expect(status.json[0].jobs.map(({ step, status: job }: any) => [step, job])).toEqual([['retrieve', 'SUCCEEDED'], ['align', 'SUCCEEDED'], ['collect', 'SUCCEEDED']]);
    expect(logs.stdout).toContain('4 sequences aligned');
    expect(readFileSync(join(output, 'alignment-output.aln'), 'utf8')).toBe(readFileSync(EXPECTED_ALIGNMENT, 'utf8'));
  });

  test('a run that fails is told of with its job\'s failure', async () => {
    const entries = sampleEntries();
    entries[1].seq_id = 'none';
    await owner.does('submit', '--stack', 'Express', '--input', folders.json(entries), '--name', 'broken');
    let status = await owner.does('status', '--stack', 'Express', 'broken', '--json');
    for (let tries = 0; tries < 30 && status.json[0].status !== 'FAILED'; tries += 1) status = await owner.does('status', '--stack', 'Express', 'broken', '--json');
    expect(status.json[0]).toMatchObject({
      status: 'FAILED', results: false, failure: { error: 'Pavi.JobFailed', cause: expect.stringContaining('exit code 64'), entry: '003_apl-1_C42D8.8b.1' },
    });
    expect(await owner.tells('results', '--stack', 'Express', 'broken')).toMatchObject({ code: 3, stderr: expect.stringContaining('it has not succeeded (yet), or these may not be read') });
  });

  test('what Step Functions cannot do is said plainly', async () => {
    const [list, stop, redrive, report, none] = await Promise.all([
      owner.tells('status', '--stack', 'Express'), owner.tells('stop', '--stack', 'Express', 'fast'), owner.tells('redrive', '--stack', 'Express', 'fast'),
      owner.tells('results', '--stack', 'Express', 'fast', '--report'), owner.tells('status', '--stack', 'Express', 'none'),
    ]);
    expect(list).toMatchObject({ code: 6, stderr: expect.stringContaining('error: the pipeline is an Express workflow, of whose runs Step Functions keeps no list') });
    expect(stop).toMatchObject({ code: 6, stderr: expect.stringContaining('cannot be stopped; it ends by itself within five minutes') });
    expect(redrive).toMatchObject({ code: 6, stderr: expect.stringContaining('cannot be redriven; submit the same input again') });
    expect(report).toMatchObject({ code: 6, stderr: expect.stringContaining('--report needs a run\'s history') });
    expect(none).toMatchObject({ code: 0, stdout: expect.stringMatching(/^none: no job and no result of it is known;/) });
  });
});

describe('of a distributed Map', () => {
  test('a run\'s jobs are counted, and their logs found', async () => {
    await owner.does('submit', '--stack', 'Distributed', '--input', SAMPLE_INPUT, '--name', 'wide', '--watch');
    const [status, logs] = await Promise.all([
      owner.does('status', '--stack', 'Distributed', 'wide', '--json'), owner.does('logs', '--stack', 'Distributed', 'wide', '--entry', '004_mgl-1_ZC506.4a.1'),
    ]);
    expect(status.json[0].steps.find(({ name }: any) => name === 'RetrieveSequences').jobs).toEqual({ total: 3, done: 3, failed: 0 });
    expect(logs.stdout).toMatch(/^pavi-retrieve-wide-2, retrieve, entry 2: SUCCEEDED, log stream .*\n {2}004_mgl-1_ZC506\.4a\.1: 1 record/);
  });

  test('a run that fails has the failed job\'s log', async () => {
    const entries = sampleEntries();
    entries[1].seq_id = 'none';
    const { code, stderr } = await owner.tells('submit', '--stack', 'Distributed', '--input', folders.json(entries), '--name', 'bad', '--watch');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ {2}entry: 003_apl-1_C42D8\.8b\.1$/m);
    expect(stderr).toMatch(/its last lines:\n {4}\{/);
  });
});

test('of two pipelines in a stack, each has its own runs', async () => {
  await owner.does('submit', '--stack', 'Two', '--pipeline', 'Dev', '--input', SAMPLE_INPUT, '--name', 'one', '--watch');
  expect((await owner.does('status', '--stack', 'Two', '--pipeline', 'Stage')).stdout).toBe('no runs\n');
});

describe('the policy for people', () => {
  test('is enough for every command, with an input over 256 KiB as well', async () => {
    const operator = roleOf('operator');
    const large = sampleEntries().map((entry) => ({ ...entry, note: 'x'.repeat(120_000) }));
    expect(await operator.tells('submit', '--stack', 'Pavi', '--input', folders.json(large), '--name', 'mine', '--watch')).toMatchObject({ code: 0 });
    const output = folders.path('results');
    await Promise.all([
      operator.does('status', '--stack', 'Pavi'),
      operator.does('status', '--stack', 'Pavi', 'mine'),
      operator.does('stop', '--stack', 'Pavi', 'mine'),
      operator.does('logs', '--stack', 'Pavi', 'mine', '--step', 'retrieve'),
      operator.does('results', '--stack', 'Pavi', 'mine', '--output', output, '--report'),
    ]);
    expect(readFileSync(join(output, 'seq_regions.json'), 'utf8')).toBe(JSON.stringify(large));
    expect(await operator.tells('redrive', '--stack', 'Pavi', 'mine')).toMatchObject({ code: 6 });
    const entries = sampleEntries();
    entries[1].seq_id = 'none';
    const failed = await operator.tells('submit', '--stack', 'Pavi', '--input', folders.json(entries), '--watch');
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringMatching(/its last lines:\n {4}\{/) });
  });

  test('is for its own pipeline alone', async () => {
    expect(await roleOf('operator').tells('status', '--stack', 'Distributed')).toMatchObject({
      code: 4, stderr: expect.stringMatching(/^error: reading the stack's outputs \(cloudformation:DescribeStacks\) is not allowed: AccessDenied: .*operator.*; docs\/operating\.md lists what each command needs/),
    });
  });

  test.each(['caller', 'nobody'])('without it, a role (%s) is told what it may not do', async (role) => {
    expect(await roleOf(role).tells('status', '--stack', 'Pavi', '--json')).toMatchObject({ code: 4, json: [{ error: { code: 'NotAllowed', message: expect.stringContaining('cloudformation:DescribeStacks') } }] });
  });
});
