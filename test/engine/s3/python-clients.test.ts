import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUCKET, LocalS3, OWNER, REGION, someBytes } from './support/local-s3';
import { AWS_CLI, clientEnvironment, installPythonClients, PYTHON } from '../endpoint/support/python-clients';

const run = promisify(execFile);
// PAVI_LONG_TESTS=1: some 20 seconds.
const longTest = process.env.PAVI_LONG_TESTS === '1' ? test : test.skip;

describe('clients from PyPI', () => {
  let s3: LocalS3;
  let scratch: string;

  beforeAll(async () => {
    await installPythonClients();
    s3 = await LocalS3.start();
    scratch = mkdtempSync(join(tmpdir(), 'pavi-clients-'));
  }, 600_000);
  afterAll(async () => {
    await s3.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  const environment = () => clientEnvironment({
    AWS_ENDPOINT_URL: s3.server.endpoint,
    AWS_ACCESS_KEY_ID: OWNER.accessKeyId,
    AWS_SECRET_ACCESS_KEY: OWNER.secretAccessKey,
    AWS_DEFAULT_REGION: REGION,
    AWS_MAX_ATTEMPTS: '1',
  });
  const aws = async (...args: string[]) => (await run(AWS_CLI, args, { env: environment(), cwd: scratch })).stdout;

  test('boto3', async () => {
    const { stdout } = await run(PYTHON, [join(__dirname, 'support/boto3_client.py'), BUCKET], { env: environment() });
    expect(stdout.trim().split('\n')).toEqual(['keys', 'ranges_and_conditions', 'digests', 'uploads', 'objects', 'listing', 'transfers', 'urls', 'deleting']);
  }, 300_000);

  longTest('the AWS CLI', async () => {
    await aws('s3', 'rm', '--recursive', `s3://${BUCKET}/`);
    const large = someBytes(20 * 1024 * 1024 + 1);
    writeFileSync(join(scratch, 'large.bin'), large);
    await aws('s3', 'cp', 'large.bin', `s3://${BUCKET}/cli/large.bin`, '--no-progress');
    await aws('s3', 'cp', `s3://${BUCKET}/cli/large.bin`, 'back.bin', '--no-progress');
    expect(readFileSync(join(scratch, 'back.bin')).equals(large)).toBe(true);
    // More than the CLI copies at once: by parts, on the server.
    await aws('s3', 'cp', `s3://${BUCKET}/cli/large.bin`, `s3://${BUCKET}/cli/copy.bin`, '--no-progress');
    await aws('s3', 'mv', `s3://${BUCKET}/cli/copy.bin`, 'moved.bin', '--no-progress');
    expect(readFileSync(join(scratch, 'moved.bin')).equals(large)).toBe(true);
    writeFileSync(join(scratch, 'small ü+.txt'), 'small');
    await aws('s3', 'cp', 'small ü+.txt', `s3://${BUCKET}/cli/`, '--no-progress');
    await aws('s3', 'mv', `s3://${BUCKET}/cli/small ü+.txt`, `s3://${BUCKET}/moved/small.txt`, '--no-progress');
    expect(await aws('s3', 'ls', `s3://${BUCKET}/`)).toMatch(/PRE cli\/\s+PRE moved\//);
    expect(await aws('s3', 'ls', '--recursive', `s3://${BUCKET}/`)).toMatch(/ 20971521 cli\/large\.bin\n.* 5 moved\/small\.txt\n$/);
    await aws('s3', 'sync', `s3://${BUCKET}/moved`, 'synced', '--no-progress');
    expect(readFileSync(join(scratch, 'synced/small.txt'), 'utf8')).toBe('small');
    const head = JSON.parse(await aws('s3api', 'head-object', '--bucket', BUCKET, '--key', 'moved/small.txt')) as { ContentLength: number };
    expect(head.ContentLength).toBe(5);
    await expect(aws('s3api', 'get-object', '--bucket', BUCKET, '--key', 'absent', 'out')).rejects.toThrow(/NoSuchKey/);
    await aws('s3', 'rm', '--recursive', `s3://${BUCKET}/`);
    expect(await aws('s3', 'ls', '--recursive', `s3://${BUCKET}/`).catch(() => '')).toBe('');
  }, 300_000);
});
