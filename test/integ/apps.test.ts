import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Crc32 } from '@aws-sdk/checksums/crc';
import { documentedProps } from '../src/support/documented-props';

const ROOT = resolve(__dirname, '../..');
const EXPECTED = join(ROOT, 'samples/worm-apl-1/expected');
const APPS = readdirSync(join(ROOT, 'integ')).flatMap((file) => /^integ\.(.+)\.ts$/.exec(file)?.[1] ?? []);
const root = mkdtempSync(join(tmpdir(), 'pavi-integ-'));

beforeAll(() => {
  for (const app of APPS) {
    execFileSync(process.execPath, ['--import', 'tsx', `integ/integ.${app}.ts`], { cwd: ROOT, env: { ...process.env, CDK_OUTDIR: join(root, app) }, stdio: 'pipe' });
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function templates(app: string, name: RegExp): any[] {
  return readdirSync(join(root, app)).filter((file) => file.endsWith('.template.json') && name.test(file))
    .map((file) => JSON.parse(readFileSync(join(root, app, file), 'utf8')));
}

/** The calls of the assertion stack, with what is expected of each. */
function calls(app: string): [string, any][] {
  const [{ Resources }] = templates(app, /DeployAssert/);
  return Object.values<any>(Resources).filter(({ Type }) => /^Custom::DeployAssert@SdkCall/.test(Type))
    .map(({ Properties: { service, api, expected } }) => [`${service}.${api}`, expected === undefined ? undefined : JSON.parse(expected).$ObjectLike]);
}

async function crc32(path: string): Promise<string> {
  const checksum = new Crc32();
  checksum.update(readFileSync(path));
  return Buffer.from(await checksum.digest()).toString('base64');
}

const SUCCEEDED = ['StepFunctions.describeExecution', { status: 'SUCCEEDED' }];
const COMPLETED = ['DynamoDB.getItem', { Item: { status: { S: 'COMPLETED' } } }];

test('there are the five apps', () => {
  expect(APPS.sort()).toEqual(['all-options', 'existing-infrastructure', 'express', 'minimal', 'spot-fargate']);
});

test.each<[string, unknown[], number]>([
  ['minimal', SUCCEEDED, 1],
  ['all-options', SUCCEEDED, 1],
  ['existing-infrastructure', SUCCEEDED, 2],
  ['express', COMPLETED, 1],
  ['spot-fargate', SUCCEEDED, 1],
])('%s starts the sample, waits for its success, and compares size and checksum of both results', async (app, success, runs) => {
  const result = async (file: string) =>
    ['S3.headObject', { ContentLength: statSync(join(EXPECTED, file)).size, ChecksumCRC32: await crc32(join(EXPECTED, file)) }];
  const run = [['StepFunctions.startExecution', undefined], success, await result('alignment-output.aln'), await result('aligned_seq_info.json')];
  expect(calls(app)).toEqual(Array.from({ length: runs }, () => run).flat());
});

test.each(APPS)('%s deploys the sample\'s genome with its indexes, and nothing else of the sample', (app) => {
  const folders = readdirSync(join(root, app)).filter((name) => /^asset\.\w+$/.test(name)).map((name) => readdirSync(join(root, app, name)).sort());
  expect(folders).toContainEqual(['WBcel235-sparse.fna.gz', 'WBcel235-sparse.fna.gz.fai', 'WBcel235-sparse.fna.gz.gzi']);
});

test.each(APPS)('everything of %s goes when its stacks go', (app) => {
  for (const { Resources } of templates(app, /./)) {
    const kept = Object.entries<any>(Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete');
    expect(kept.map(([id]) => id)).toEqual([]);
    // A bucket with something in it cannot be deleted.
    const buckets = Object.keys(Resources).filter((id) => Resources[id].Type === 'AWS::S3::Bucket');
    const emptied = Object.values<any>(Resources).filter(({ Type }) => Type === 'Custom::S3AutoDeleteObjects').map(({ Properties }) => Properties.BucketName.Ref);
    expect(emptied.sort()).toEqual(buckets.sort());
  }
});

test('an option of the pipeline that all-options leaves out stands against another, and is given in existing-infrastructure', () => {
  const given = (app: string) => {
    const text = readFileSync(join(ROOT, 'integ', `integ.${app}.ts`), 'utf8');
    return (name: string) => new RegExp(`\\b${name}(?::|,$)`, 'm').test(text);
  };
  const interfaces = /^(?:PaviAlignmentPipelineProps|PipelineStepProps|PipelineNames|PipelineMonitoringProps|Ec2ComputeOptions)\./;
  const names = documentedProps().filter(({ name }) => interfaces.test(name)).map(({ name }) => name.split('.')[1]);
  expect(names.length).toBeGreaterThan(50);
  const missing = names.filter((name) => !given('all-options')(name));
  expect(missing).toEqual(['workBucket', 'jobLogGroup', 'executionLogGroup']);
  expect(missing.filter((name) => !given('existing-infrastructure')(name))).toEqual([]);
});

test('the pipelines on existing infrastructure make no queue, bucket, role or log group that is there', () => {
  const types = (file: RegExp) => templates('existing-infrastructure', file).flatMap(({ Resources }) => Object.entries<any>(Resources))
    .filter(([id]) => !/^Custom|SampleGenome/.test(id)).map(([id, { Type }]) => `${Type} ${basename(id).replace(/[0-9A-F]{8}$/, '')}`);
  const made = types(/^PaviIntegExisting\.template/).filter((text) => /AWS::(?:Batch::JobQueue|S3::Bucket|Logs::LogGroup|EC2::VPC|IAM::Role) /.test(text));
  // Of the second pipeline alone, and what EventBridge puts events with.
  expect(made.filter((text) => !/ InVpc/.test(text))).toEqual([]);
  expect(made).toContain('AWS::Batch::JobQueue InVpcJobQueue');
  expect(types(/^PaviIntegExistingThere\.template/).filter((text) => /IAM::Role/.test(text))).toHaveLength(5);
});
