import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectLinted, expectSampleResults, templates } from './support/example-checks';
import { CDK_CLI, CDK_MINIMUM, packageFile, readmeBlock, ROOT, ScratchApp } from './support/scratch-app';
import { SAMPLE_INPUT } from '../cli/here/support/sample-run';
import { acceptedResource } from '../src/support/linters';

jest.setTimeout(900_000);

const wheel = packageFile('python', '.whl');
const SIZE_BUDGET_BYTES = 1_000_000;
/** Lists what is in the npm package that the wheel named by the first argument holds. */
const NPM_PACKAGE_FILES = `
import io, sys, tarfile, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
[package] = [wheel.read(name) for name in wheel.namelist() if name.endswith('.jsii.tgz')]
print('\\n'.join(tarfile.open(fileobj=io.BytesIO(package)).getnames()))
`;
/** No AWS account can be asked for anything, and no Docker runs. */
const OFFLINE = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  AWS_CONFIG_FILE: '/nonexistent',
  DOCKER_HOST: 'unix:///nowhere.sock',
  CDK_DOCKER: 'false',
};

test('the wheel has the module with its types, the npm package with the licences of what is bundled, and the command', () => {
  const files = execFileSync('python3', ['-m', 'zipfile', '-l', wheel], { encoding: 'utf8' });
  for (const name of ['cdk_pavi_alignment_pipeline/__init__.py', 'cdk_pavi_alignment_pipeline/py.typed', 'scripts/pavi-pipeline', '.jsii.tgz']) {
    expect(files).toContain(name);
  }
  expect(readFileSync(wheel).length).toBeLessThan(SIZE_BUDGET_BYTES);
  const inNpmPackage = execFileSync('python3', ['-c', NPM_PACKAGE_FILES, wheel], { encoding: 'utf8' }).split('\n');
  for (const name of ['assets/worker/THIRD_PARTY_LICENSES', 'lib/cli/THIRD_PARTY_LICENSES']) expect(inNpmPackage).toContain(`package/${name}`);
});

describe('in an empty folder, with the least CDK that it takes', () => {
  const scratch = new ScratchApp();
  const venv = { PATH: `${join(scratch.folder, '.venv/bin')}:${process.env.PATH}`, VIRTUAL_ENV: join(scratch.folder, '.venv') };
  const inVenv = (program: string, ...args: string[]) => scratch.run(program, args, { ...OFFLINE, ...venv });
  const runSample = (assembly: string, output: string, ...options: string[]) =>
    inVenv('pavi-pipeline', 'run', '--app', assembly, '--input', SAMPLE_INPUT, '--output', output, '--allow-local-genomes', ...options);
  afterAll(() => scratch.remove());

  test('the README\'s app is installed, synthesized without Docker, and runs the sample', () => {
    scratch.run('python3', ['-m', 'venv', '.venv']);
    inVenv('pip', 'install', '--quiet', '--no-compile', wheel, `aws-cdk-lib==${CDK_MINIMUM.lib}`, `constructs==${CDK_MINIMUM.constructs}`);
    scratch.run('npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', `aws-cdk@${CDK_CLI}`]);
    scratch.write('app.py', readmeBlock('python'));
    scratch.write('cdk.json', JSON.stringify({ app: 'python3 app.py' }));
    inVenv('npx', '--no-install', 'cdk', 'synth', '--quiet');
    expect(runSample('cdk.out', 'results')).toContain('alignment-output.aln');
    expectSampleResults(join(scratch.folder, 'results'));
  });

  describe('the example', () => {
    const assembly = join(scratch.folder, 'example.out');
    const ofType = (template: any, type: string) =>
      Object.values<any>(template.Resources).filter(({ Type }) => Type === type).map(({ Properties }) => Properties);

    test('is synthesized without credentials', () => {
      cpSync(join(ROOT, 'examples/python'), scratch.folder, { recursive: true });
      inVenv('pip', 'install', '--quiet', '--requirement', 'requirements.txt');
      expect(inVenv('pip', 'list')).toMatch(new RegExp(`^aws-cdk-lib +${CDK_MINIMUM.lib}$`, 'm'));
      inVenv('npx', '--no-install', 'cdk', 'synth', '--quiet', '--output', 'example.out');
      expect(Object.keys(templates(assembly)).sort()).toEqual(['PaviAlignment', 'PaviAlignment-dev', 'PaviAlignment-trial']);
    });

    test('takes what is there: the queue by its name, the network, the log group, the image by its tag', () => {
      const { 'PaviAlignment': main, 'PaviAlignment-dev': dev, 'PaviAlignment-trial': trial } = templates(assembly);
      expect(JSON.stringify(main)).toContain(':batch:us-east-1:123456789012:job-queue/pavi_pipeline\\');
      expect(JSON.stringify(dev)).toContain(':batch:us-east-1:123456789012:job-queue/pavi_pipeline_dev\\');
      expect([main, dev].flatMap((template) => ofType(template, 'AWS::Batch::JobQueue'))).toEqual([]);
      expect(ofType(trial, 'AWS::Batch::ComputeEnvironment').map(({ ComputeResources: { Type, Subnets } }) => [Type, Subnets])).toEqual(
        ['FARGATE_SPOT', 'FARGATE'].map((type) => [type, ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1']]));
      for (const template of [main, dev, trial]) {
        const containers = ofType(template, 'AWS::Batch::JobDefinition').map(({ ContainerProperties }) => ContainerProperties);
        expect(containers).toHaveLength(3);
        for (const { Image, LogConfiguration } of containers) {
          expect(JSON.stringify(Image)).toContain('/agr_pavi/pipeline_worker:1.0.0');
          expect(LogConfiguration.Options['awslogs-group']).toBe('pavi/pipeline-batch-jobs');
        }
      }
    });

    test('names and tags by environment, tells a topic of every alarm, and lets the API start runs and read results', () => {
      for (const [suffix, environment] of [['', 'production'], ['-dev', 'dev'], ['-trial', 'trial']]) {
        const template = templates(assembly)[`PaviAlignment${suffix}`];
        expect(ofType(template, 'AWS::IAM::ManagedPolicy').map(({ ManagedPolicyName }) => ManagedPolicyName)).toEqual([`agr-pavi-pipeline-execution-policy${suffix}`]);
        expect(ofType(template, 'AWS::SNS::Topic')).toEqual([expect.objectContaining({
          TopicName: `pavi-pipeline-alarms${suffix}`,
          Tags: expect.arrayContaining([
            { Key: 'Product', Value: 'PAVI' }, { Key: 'CreatedBy', Value: 'PAVI' }, { Key: 'AppComponent', Value: 'pipeline' }, { Key: 'Environment', Value: environment },
          ]),
        })]);
        const [topic] = Object.keys(template.Resources).filter((id) => template.Resources[id].Type === 'AWS::SNS::Topic');
        const alarms = ofType(template, 'AWS::CloudWatch::Alarm');
        expect(alarms).toHaveLength(6);
        for (const { AlarmActions } of alarms) expect(AlarmActions).toEqual([{ Ref: topic }]);
        const [api] = Object.keys(template.Resources).filter((id) => id.startsWith('Api') && template.Resources[id].Type === 'AWS::IAM::Policy');
        expect(template.Resources[api].Properties.PolicyDocument.Statement.flatMap(({ Action }: any) => Action).sort())
          .toEqual(['s3:GetObject', 's3:PutObject', 'states:DescribeExecution', 'states:StartExecution', 'states:StopExecution']);
      }
    });

    test('is found clean by the linters', () => expectLinted(assembly, [
      acceptedResource('arn:<AWS::Partition>:logs:[^:]+:[^:]+:log-group:pavi\\/pipeline-batch-jobs:\\*$', 'the streams of the log group that is there'),
    ]));

    test('runs the sample, with this machine in the place of the queue', () => {
      inVenv('npx', '--no-install', 'cdk', 'synth', '--quiet', '--output', 'local.out', '-c', 'worker_image=bundled');
      runSample('local.out', 'example-results', '--state-machine', 'PaviAlignment-dev');
      expectSampleResults(join(scratch.folder, 'example-results'));
    });
  });
});
