import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketDeployment as Construct, BucketDeploymentProps, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { unzipSync, zipSync } from 'fflate';
import { readAssembly } from '../../../engine/assembly/cloud-assembly';
import { resolveStacks } from '../../../engine/assembly/stack-resources';
import { bucketDeployment } from '../../../engine/deployment/bucket-deployment';
import { deployFiles } from '../../../engine/deployment/deploy-files';
import { BUCKET, LocalS3 } from '../s3/support/local-s3';

const root = mkdtempSync(join(tmpdir(), 'pavi-deployment-'));
let count = 0;
let local: LocalS3;
let client: S3Client;

beforeEach(async () => {
  local = await LocalS3.start();
  client = local.owner();
});
afterEach(() => local.stop());
afterAll(() => rmSync(root, { recursive: true, force: true }));

const newPath = (name: string) => join(root, `${count += 1}-${name}`);

function folderWith(files: Record<string, string>): string {
  const folder = newPath('files');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** What the engine makes of an app with one deployment to the test's bucket. */
function loaded(props: (bucket: s3.Bucket, stack: Stack) => Omit<BucketDeploymentProps, 'destinationBucket'>, change: (resource: CfnResource) => void = () => undefined) {
  const app = new App({ outdir: newPath('cdk.out') });
  const stack = new Stack(app, 'Stack');
  const destinationBucket = new s3.Bucket(stack, 'Bucket', { bucketName: BUCKET });
  const construct = new Construct(stack, 'Files', { destinationBucket, ...props(destinationBucket, stack) });
  change(construct.node.children.find(({ node }) => /^CustomResource(-|$)/.test(node.id))!.node.defaultChild as CfnResource);
  const stacks = readAssembly(app.synth().directory);
  const [{ resources, problems }] = resolveStacks(stacks, 'us-east-1');
  expect(problems).toEqual([]);
  return bucketDeployment(resources.find(({ type }) => type === 'Custom::CDKBucketDeployment')!, stacks[0].files);
}

async function deploy(...args: Parameters<typeof loaded>): Promise<void> {
  const { deployment, problems } = loaded(...args);
  expect(problems).toEqual([]);
  await deployFiles([deployment!], join(local.folder, 'deployments.json'), client);
}

const put = (Key: string, Body: string) => client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
const textOf = async (Key: string) => (await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body!.transformToString();

async function content(): Promise<Record<string, string>> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  return Object.fromEntries(await Promise.all(Contents.map(async ({ Key }) => [Key!, await textOf(Key!)])));
}

test('folders and texts, the later over the earlier, below a prefix; what only the deployment knows is in the texts', async () => {
  const a = folderWith({ 'one.txt': '1', 'deep/er/two.txt': '2' });
  await deploy((bucket) => ({
    destinationKeyPrefix: 'site/v1',
    sources: [Source.asset(a), Source.data('one.txt', `from ${bucket.bucketName}: $&`), Source.jsonData('c.json', { bucket: bucket.bucketArn })],
  }));
  expect(await content()).toEqual({
    'site/v1/one.txt': `from ${BUCKET}: $&`, 'site/v1/deep/er/two.txt': '2', 'site/v1/c.json': `{"bucket":"arn:aws:s3:::${BUCKET}"}`,
  });
});

test('the bytes of a file that is no text stay as they are', async () => {
  const folder = folderWith({});
  mkdirSync(folder, { recursive: true });
  const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
  writeFileSync(join(folder, 'x.bin'), bytes);
  await deploy((bucket) => ({ sources: [Source.asset(folder), Source.data('y', bucket.bucketName)] }));
  const body = (await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'x.bin' }))).Body!;
  expect(Buffer.from(await body.transformToByteArray()).equals(bytes)).toBe(true);
});

test('an archive is unpacked, or put there as it is', async () => {
  const archive = newPath('files.zip');
  writeFileSync(archive, zipSync({ 'a/b.txt': Buffer.from('b'), 'c.txt': Buffer.from('c') }));
  await deploy(() => ({ sources: [Source.asset(archive)], destinationKeyPrefix: 'unpacked' }));
  expect(await content()).toEqual({ 'unpacked/a/b.txt': 'b', 'unpacked/c.txt': 'c' });
  await deploy(() => ({ sources: [Source.asset(archive)], extract: false }));
  const [key] = Object.keys(await content());
  expect(key).toMatch(/^[0-9a-f]{64}\.zip$/);
  const bytes = await (await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }))).Body!.transformToByteArray();
  expect(Object.keys(unzipSync(bytes))).toEqual(['a/b.txt', 'c.txt']);
});

test('what else lies below the prefix is removed, but for what the filters leave out', async () => {
  for (const key of ['in/old.txt', 'in/old.log', 'in/kept.log', 'out/old.txt']) await put(key, 'old');
  const folder = folderWith({ 'new.txt': 'new', 'new.log': 'new', 'kept.log': 'new' });
  await deploy(() => ({ sources: [Source.asset(folder)], destinationKeyPrefix: 'in/', exclude: ['*.log'], include: ['new.*'] }));
  expect(await content()).toEqual({ 'in/new.txt': 'new', 'in/new.log': 'new', 'in/old.log': 'old', 'in/kept.log': 'old', 'out/old.txt': 'old' });
});

test('nothing is removed without prune', async () => {
  await put('old.txt', 'old');
  await deploy(() => ({ sources: [Source.asset(folderWith({ 'new.txt': 'new' }))], prune: false }));
  expect(await content()).toEqual({ 'new.txt': 'new', 'old.txt': 'old' });
});

test('the headers and metadata of the files', async () => {
  await deploy(() => ({
    sources: [Source.asset(folderWith({ 'new.txt': 'new' }))], contentType: 'text/x', cacheControl: [CacheControl.noCache()], metadata: { Owner: 'PAVI' },
  }));
  expect(await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'new.txt' })))
    .toMatchObject({ ContentType: 'text/x', CacheControl: 'no-cache', Metadata: { owner: 'PAVI' } });
});

test('it is done once; a changed one is done again', async () => {
  const first = folderWith({ 'a.txt': '1' });
  await deploy(() => ({ sources: [Source.asset(first)], prune: false }));
  await put('a.txt', 'changed by a run');
  await deploy(() => ({ sources: [Source.asset(first)], prune: false }));
  expect(await content()).toEqual({ 'a.txt': 'changed by a run' });
  await deploy(() => ({ sources: [Source.asset(folderWith({ 'a.txt': '2' }))], prune: false }));
  expect(await content()).toEqual({ 'a.txt': '2' });
});

test('what it could not do is refused when the app is loaded', () => {
  const source = () => Source.asset(folderWith({ 'a.txt': '1' }));
  expect(loaded(() => ({ sources: [source()], exclude: ['[ab].txt'] })).problems).toEqual([expect.stringMatching(/the filter "\[ab\]\.txt" is not supported/)]);
  expect(loaded(() => ({ sources: [source()], extract: false })).problems).toEqual([expect.stringMatching(/without "extract", a source must be a file/)]);
  expect(loaded(() => ({ sources: [source()] }), (resource) => resource.addPropertyOverride('Whatever', 1)).problems)
    .toEqual([expect.stringMatching(/the property Whatever of a bucket deployment is not supported/)]);
  expect(loaded(() => ({ sources: [source()] }), (resource) => resource.addPropertyOverride('SourceObjectKeys', ['x.zip'])).problems)
    .toEqual([expect.stringMatching(/x\.zip is no asset of the app/)]);
});

test('a file that is to be unpacked and is no archive', async () => {
  const file = newPath('no.zip');
  writeFileSync(file, readFileSync(__filename));
  await expect(deploy(() => ({ sources: [Source.asset(file)] }))).rejects.toThrow(/is to extract it, and it is no zip archive/);
});
