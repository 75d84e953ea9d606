import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { AssertionFunction } from '../../integ/local/assertion-function';
import { BUCKET, LocalS3, OWNER, REGION } from '../engine/s3/support/local-s3';
import { CONTAINERS_HINT, testContainers } from '../support/containers';

const ROOT = resolve(__dirname, '../..');
const isLong = process.env.PAVI_LONG_TESTS === '1';

jest.setTimeout(900_000);

/** What scripts/integ-local runs when everything is set up. */
function integLocal(...args: string[]): Promise<{ code: number; output: string }> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  return new Promise((done) => {
    execFile(process.execPath, ['--import', 'tsx', 'integ/local/main.ts', ...args], { cwd: ROOT, env }, (error, output) => done({ code: Number(error?.code ?? 0), output }));
  });
}

// Without PAVI_LONG_TESTS=1, those that the engine has most to do for.
const APPS = isLong ? [] : ['all-options', 'existing-infrastructure'];

test('the integ apps start the sample and judge its results on this machine', async () => {
  const { code, output } = await integLocal(...APPS);
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^ok: all-options, jobs as processes, 4 calls as expected/) });
  expect(output).toContain('ok: existing-infrastructure, jobs as processes, 8 calls as expected');
  expect(output.match(/^ok: /gm)).toHaveLength(isLong ? 5 : 2);
});

// Without PAVI_LONG_TESTS=1, the smallest.
(testContainers === undefined ? test.skip : test)(`the same in containers${CONTAINERS_HINT}`, async () => {
  const { code, output } = await integLocal(
    '--wait', '600', ...isLong ? [] : ['minimal'], '--', '--containers', testContainers!.engine, '--build-arg', `BASE=${testContainers!.base}`,
  );
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output.match(/^ok: .*, jobs as containers/gm)).toHaveLength(isLong ? 5 : 1);
});

test('a run that fails fails its app, with the run\'s cause', async () => {
  const { code, output } = await integLocal('minimal', '--', '--inject', 'job-killed:job=pavi-align-*,attempt=all,count=9,after=0');
  expect(code).toBe(1);
  expect(output).toMatch(/^FAILED: minimal, jobs as processes: StepFunctions\.describeExecution: .*"error":"Pavi\.JobFailed","cause":"alignment, 3 entries: exit code 137/);
});

test('an app that there is not', async () => {
  expect(await integLocal('maximal')).toMatchObject({ code: 1 });
});

test('results that are not the expected ones fail the assertion', async () => {
  // The function finds the AWS SDK above the assembly.
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/assertions-'));
  const local = await LocalS3.start();
  const before = { ...process.env };
  try {
    spawnSync(process.execPath, ['--import', 'tsx', 'integ/integ.minimal.ts'], { cwd: ROOT, env: { ...process.env, CDK_OUTDIR: folder } });
    const code = readdirSync(folder).find((name) => /^asset\..*\.bundle$/.test(name))!;
    const bytes = readFileSync(join(ROOT, 'samples/worm-apl-1/expected/aligned_seq_info.json'));
    await local.owner().send(new PutObjectCommand({ Bucket: BUCKET, Key: 'result', Body: bytes }));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: local.server.endpoint, AWS_REGION: REGION, AWS_ACCESS_KEY_ID: OWNER.accessKeyId, AWS_SECRET_ACCESS_KEY: OWNER.secretAccessKey,
    });
    const [{ Resources }] = readdirSync(folder).filter((name) => /DeployAssert.*\.template\.json$/.test(name)).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
    const expected: string[] = Object.values<any>(Resources).filter(({ Type }) => Type === 'Custom::DeployAssert@SdkCallS3headObject').map(({ Properties }) => Properties.expected);
    const head = (text: string) => new AssertionFunction(join(folder, code)).create({
      id: 'Head',
      type: 'Custom::DeployAssert@SdkCallS3headObject',
      properties: { service: 'S3', api: 'headObject', expected: text, flattenResponse: 'false', parameters: { Bucket: `"${BUCKET}"`, Key: '"result"', ChecksumMode: '"ENABLED"' } },
    }, 1000);
    // What is expected of the second result is what lies there; of the first, it is not.
    await expect(head(expected[1])).resolves.toMatchObject({ assertion: '{"status":"success"}' });
    await expect(head(expected[0])).rejects.toThrow(/Expected 8472 but received 507/);
    await expect(head(expected[1].replace(/"ChecksumCRC32":"/, '$&x'))).rejects.toThrow(/ChecksumCRC32/);
  } finally {
    process.env = before;
    await local.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
