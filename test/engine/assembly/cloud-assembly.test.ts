import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, Stack, Stage } from 'aws-cdk-lib';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { readAssembly } from '../../../engine/assembly/cloud-assembly';
import { LoadError } from '../../../engine/assembly/load-error';
import { resolveStacks } from '../../../engine/assembly/stack-resources';
import { imageProgram } from '../../../engine/batch/executor/image-program';

let folder: string;

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'pavi-assembly-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('what the CDK wrote: stacks with their environments, a stage\'s too, with what they import of each other', () => {
  const app = new App({ outdir: join(folder, 'cdk.out') });
  const open = new Stack(app, 'Open');
  const bucket = new Bucket(open, 'Bucket');
  const closed = new Stack(app, 'Closed', { stackName: 'real-name' });
  new CfnOutput(closed, 'BucketArn', { value: bucket.bucketArn });
  const stage = new Stage(app, 'Test', { env: { account: '123456789012', region: 'eu-west-1' } });
  new Bucket(new Stack(stage, 'Staged'), 'Bucket');
  app.synth();
  const stacks = readAssembly(join(folder, 'cdk.out'));
  expect(stacks.map(({ name, account, region }) => ({ name, account, region }))).toEqual([
    { name: 'Test-Staged', account: '123456789012', region: 'eu-west-1' },
    { name: 'Open' },
    { name: 'real-name' },
  ]);
  const [, , resolved] = resolveStacks(stacks, 'us-east-1');
  expect(resolved.problems).toEqual([]);
  expect(Object.values(resolved.outputs)).toEqual([expect.stringMatching(/^arn:aws:s3:::open-bucket/)]);
  expect([...resolved.imports]).toEqual(['Open']);
});

test('an image that the app builds: the program, its environment and its files where they lie', () => {
  const context = join(folder, 'context');
  mkdirSync(context);
  writeFileSync(join(context, 'main.cjs'), '// the program');
  writeFileSync(join(context, 'Own.Dockerfile'), [
    'ARG BASE=debian', 'FROM ${BASE}', 'COPY main.cjs /opt/main.cjs', 'ENV A=1 B="two words"', 'ENTRYPOINT ["node", "/opt/main.cjs"]', 'CMD ["--help"]',
  ].join('\n'));
  const app = new App({ outdir: join(folder, 'cdk.out') });
  const asset = new DockerImageAsset(new Stack(app, 'Stack'), 'Image', { directory: context, file: 'Own.Dockerfile' });
  const uri = `000000000000.dkr.ecr.us-east-1.amazonaws.com/cdk-hnb659fds-container-assets-000000000000-us-east-1:${asset.assetHash}`;
  app.synth();
  const [{ images }] = readAssembly(join(folder, 'cdk.out'));
  const program = imageProgram(uri, images);
  expect(program).toMatchObject({ entryPoint: ['node', expect.stringMatching(/main\.cjs$/)], command: ['--help'], environment: { A: '1', B: 'two words' } });
  expect(readFileSync(program.entryPoint[1], 'utf8')).toBe('// the program');
  expect(() => imageProgram('public.ecr.aws/x/y:latest', images)).toThrow(/image public.ecr.aws\/x\/y:latest is not built by this app/);
});

test('what is no assembly says what to give', () => {
  expect(() => readAssembly(folder)).toThrow(LoadError);
  expect(() => readAssembly(folder)).toThrow(/manifest\.json cannot be read.*give --app the folder that cdk synth wrote/s);
  writeFileSync(join(folder, 'manifest.json'), '{"artifacts": {}}');
  expect(() => readAssembly(folder)).toThrow(/has no stack; run cdk synth on an app with one/);
  writeFileSync(join(folder, 'manifest.json'), '{"artifacts": {"S": {"type": "aws:cloudformation:stack"}}}');
  expect(() => readAssembly(folder)).toThrow(/S\.template\.json cannot be read/);
  writeFileSync(join(folder, 'manifest.json'), 'no json');
  expect(() => readAssembly(folder)).toThrow(/manifest\.json cannot be read/);
});
