import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'pavi-integ-'));

jest.setTimeout(120_000);

beforeAll(() => {
  execFileSync(process.execPath, ['--import', 'tsx', 'integ/integ.minimal.ts'], { cwd: ROOT, env: { ...process.env, CDK_OUTDIR: folder }, stdio: 'pipe' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function calls(): { service: string; api: string; expected: any }[] {
  const name = readdirSync(folder).find((file) => /DeployAssert.*\.template\.json$/.test(file))!;
  const { Resources } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return Object.values<any>(Resources).filter(({ Type }) => /^Custom::DeployAssert@SdkCall/.test(Type))
    .map(({ Properties: { service, api, expected } }) => ({ service, api, expected: expected === undefined ? undefined : JSON.parse(expected) }));
}

test('the minimal app starts the sample, waits for its success, and compares the checksums of both results', () => {
  const md5 = (file: string) => createHash('md5').update(readFileSync(join(ROOT, 'samples/worm-apl-1/expected', file))).digest('hex');
  const summary = calls().map(({ service, api, expected }) => [service, api, expected?.$ObjectLike]);
  expect(summary).toEqual([
    ['StepFunctions', 'startExecution', undefined],
    ['StepFunctions', 'describeExecution', { status: 'SUCCEEDED' }],
    ['S3', 'headObject', { ETag: `"${md5('alignment-output.aln')}"` }],
    ['S3', 'headObject', { ETag: `"${md5('aligned_seq_info.json')}"` }],
  ]);
});

test('the sample\'s genome is deployed with its indexes, and nothing else of the sample', () => {
  const folders = readdirSync(folder).filter((name) => /^asset\.\w+$/.test(name)).map((name) => readdirSync(join(folder, name)).sort());
  expect(folders).toContainEqual(['WBcel235-sparse.fna.gz', 'WBcel235-sparse.fna.gz.fai', 'WBcel235-sparse.fna.gz.gzi']);
});

test('everything goes when the stack goes', () => {
  const { Resources } = JSON.parse(readFileSync(join(folder, 'PaviIntegMinimal.template.json'), 'utf8'));
  const kept = Object.entries<any>(Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete');
  expect(kept.map(([id]) => id)).toEqual([]);
});
