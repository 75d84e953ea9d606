import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { permissions } from './support/permissions';
import { fargate, newPipeline, newStack, resourcesOf } from './support/pipeline-stack';
import { plain } from './support/plain-text';
import { PipelineImages } from '../../src';

const containers = (stack: Stack): any[] => Object.values(resourcesOf(Template.fromStack(stack), 'AWS::Batch::JobDefinition'))
  .map(({ Properties }) => plain(Properties.ContainerProperties));
const executionRole = (stack: Stack) => permissions(Template.fromStack(stack)).PaviExecutionRole;

describe('the bundled image', () => {
  test.each([[ecs.CpuArchitecture.X86_64, 'linux/amd64'], [ecs.CpuArchitecture.ARM64, 'linux/arm64']])('is built once for %j', (cpuArchitecture, platform) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    newPipeline(stack, { compute: fargate(stack, { cpuArchitecture }) });
    const [asset, ...others] = imagesOf(app);
    expect(others).toEqual([]);
    expect(asset.source.platform).toBe(platform);
    expect(asset.source.directory).toBeDefined();
  });
});

/** The image assets of an app's one stack, from its assets file. */
function imagesOf(app: App): any[] {
  const manifest = app.synth().artifacts.find((artifact) => artifact.manifest.type === 'cdk:asset-manifest') as any;
  return Object.values(manifest.contents.dockerImages);
}

describe('an image in ECR', () => {
  const inStack = (tagOrDigest: string) => {
    const stack = newStack();
    const repository = ecr.Repository.fromRepositoryName(stack, 'Repository', 'agr_pavi/worker');
    newPipeline(stack, { images: PipelineImages.fromImages({ worker: ecs.ContainerImage.fromEcrRepository(repository, tagOrDigest) }) });
    return stack;
  };

  test.each([['1.2.0', ':1.2.0'], [`sha256:${'0'.repeat(64)}`, `@sha256:${'0'.repeat(64)}`]])('by %s', (tagOrDigest, end) => {
    for (const { Image } of containers(inStack(tagOrDigest))) expect(Image).toMatch(new RegExp(`/agr_pavi/worker${end}$`));
  });

  test('may be pulled, and no other', () => {
    const ecrLines = executionRole(inStack('1.2.0')).filter((line) => line.startsWith('ecr:') && !line.endsWith('on *'));
    expect(ecrLines.map((line) => line.split(' on ')[1])).toEqual(Array(3).fill('arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/agr_pavi/worker'));
  });

  test('needs no image to be built', () => {
    expect(JSON.stringify(containers(inStack('1.2.0')))).not.toContain('cdk-hnb659fds');
  });
});

describe('an image of another registry', () => {
  test('with credentials, which the execution role may read', () => {
    const stack = newStack();
    const credentials = secretsmanager.Secret.fromSecretCompleteArn(stack, 'Secret', 'arn:aws:secretsmanager:us-east-1:123456789012:secret:registry-AbCdEf');
    newPipeline(stack, { images: PipelineImages.fromImages({ worker: ecs.ContainerImage.fromRegistry('registry.example.org/pavi/worker:1', { credentials }) }) });
    for (const container of containers(stack)) {
      expect(container.Image).toBe('registry.example.org/pavi/worker:1');
      expect(container.RepositoryCredentials).toEqual({ CredentialsParameter: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:registry-AbCdEf' });
    }
    expect(executionRole(stack)).toContain('secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:123456789012:secret:registry-AbCdEf');
  });

  test('without credentials', () => {
    const stack = newStack();
    newPipeline(stack, { images: PipelineImages.fromImages({ worker: ecs.ContainerImage.fromRegistry('public.ecr.aws/pavi/worker:1') }) });
    for (const container of containers(stack)) expect(container).not.toHaveProperty('RepositoryCredentials');
    expect(executionRole(stack).filter((line) => /^(ecr|secretsmanager):/.test(line))).toEqual([]);
  });
});
