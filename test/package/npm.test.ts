import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expectLinted, expectSampleResults } from './support/example-checks';
import { CDK_CLI, CDK_MINIMUM, packageFile, readmeBlock, ROOT, ScratchApp } from './support/scratch-app';
import { SAMPLE_INPUT } from '../cli/here/support/sample-run';

jest.setTimeout(600_000);

const tarball = packageFile('js', '.tgz');
const SIZE_BUDGET_BYTES = 1_000_000;

describe('the tarball', () => {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n').map((name) => name.replace(/^package\//, ''));

  test('has the constructs, the worker with its Dockerfile, and the command, these two with the licences of what is bundled', () => {
    for (const name of ['.jsii', 'lib/index.js', 'lib/index.d.ts', 'assets/worker/index.cjs', 'assets/worker/Dockerfile', 'assets/worker/THIRD_PARTY_LICENSES',
      'lib/cli/pavi-pipeline.js', 'lib/cli/main.js', 'lib/cli/THIRD_PARTY_LICENSES', 'README.md', 'API.md', 'CHANGELOG.md', 'LICENSE', 'package.json']) {
      expect(files).toContain(name);
    }
  });

  test('has nothing else: no tests, no sources of the programs, no development files', () => {
    const known = /^(\.jsii|package\.json|[A-Z]+\.md|LICENSE|assets\/worker\/(index\.cjs|Dockerfile|THIRD_PARTY_LICENSES)|lib\/cli\/THIRD_PARTY_LICENSES|lib\/.+\.(js|d\.ts))$/;
    expect(files.filter((name) => !known.test(name))).toEqual([]);
    expect(files.filter((name) => /(^|\/)(test|worker\/|formats\/|engine\/|samples|integ|node_modules)/.test(name.replace(/^assets\/worker\//, 'assets/')))).toEqual([]);
    expect(files.filter((name) => /(^|\/)cli\//.test(name)).sort()).toEqual(['main.js', 'pavi-pipeline.js', 'THIRD_PARTY_LICENSES'].map((name) => `lib/cli/${name}`).sort());
  });

  test('has the types of every file, and no reference to a source map that it lacks', () => {
    const sources = files.filter((name) => /^lib\/(?!cli\/).*\.js$/.test(name));
    expect(sources.filter((name) => !files.includes(name.replace(/\.js$/, '.d.ts')))).toEqual([]);
    for (const name of sources) {
      const text = execFileSync('tar', ['-xzOf', tarball, `package/${name}`], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
      const map = /^\/\/# sourceMappingURL=(.*)$/m.exec(text)?.[1];
      if (map !== undefined && !map.startsWith('data:')) expect(files).toContain(join(name, '..', map));
    }
  });

  test('is under 1 MB', () => {
    expect(statSync(tarball).size).toBeLessThan(SIZE_BUDGET_BYTES);
  });

  test('has no run-time dependencies beside its peers', () => {
    const { dependencies = {}, peerDependencies } = JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }));
    expect(dependencies).toEqual({});
    expect(peerDependencies).toEqual({ 'aws-cdk-lib': `^${CDK_MINIMUM.lib}`, 'constructs': `^${CDK_MINIMUM.constructs}` });
  });

  test('can be published', () => {
    const output = execFileSync('npm', ['publish', '--dry-run', '--tag', 'test', tarball], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(output).toContain('cdk-pavi-alignment-pipeline');
  });
});

describe.each([
  ['the least CDK that it takes', CDK_MINIMUM],
  ['the newest CDK', { lib: '2', constructs: '10' }],
])('in an empty folder, with %s', (_what, cdk) => {
  const scratch = new ScratchApp();
  afterAll(() => scratch.remove());

  test('the README\'s app is installed, synthesized without Docker, and runs the sample', () => {
    scratch.write('package.json', JSON.stringify({ name: 'scratch', private: true }));
    scratch.run('npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', tarball, `aws-cdk-lib@${cdk.lib}`, `constructs@${cdk.constructs}`,
      `aws-cdk@${CDK_CLI}`, 'tsx@4', 'typescript@6.0']);
    scratch.write('app.ts', readmeBlock('ts'));
    scratch.write('tsconfig.json', JSON.stringify({ compilerOptions: { strict: true, noEmit: true, module: 'nodenext', skipLibCheck: true }, files: ['app.ts'] }));
    scratch.run('npx', ['--no-install', 'tsc', '-p', '.']);
    scratch.write('cdk.json', JSON.stringify({ app: 'npx tsx app.ts' }));
    scratch.run('npx', ['--no-install', 'cdk', 'synth', '--quiet'], { DOCKER_HOST: 'unix:///nowhere.sock', CDK_DOCKER: 'false' });
    const output = scratch.run('npx', ['--no-install', 'pavi-pipeline', 'run', '--app', 'cdk.out', '--input', SAMPLE_INPUT, '--output', 'results',
      '--allow-local-genomes']);
    expect(output).toContain('alignment-output.aln');
    expectSampleResults(join(scratch.folder, 'results'));
  });

  test('the stand-alone example is synthesized from the package, found clean by the linters, and runs the sample', async () => {
    for (const file of ['app.ts', 'cdk.json']) scratch.write(file, readFileSync(join(ROOT, 'examples/typescript', file), 'utf8'));
    scratch.run('npx', ['--no-install', 'tsc', '-p', '.']);
    scratch.run('npx', ['--no-install', 'cdk', 'synth', '--quiet', '--output', 'example.out']);
    await expectLinted(join(scratch.folder, 'example.out'), [
      { id: 'AwsSolutions-VPC7', reason: 'a network of its own for a proof of concept, that lets nothing in: flow logs would be most of what it costs' },
    ]);
    scratch.run('npx', ['--no-install', 'pavi-pipeline', 'run', '--app', 'example.out', '--input', SAMPLE_INPUT, '--output', 'example-results',
      '--allow-local-genomes']);
    expectSampleResults(join(scratch.folder, 'example-results'));
  });
});

test('the stand-alone example asks for what the package takes', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'examples/typescript/package.json'), 'utf8'));
  expect(dependencies).toEqual({
    'aws-cdk-lib': `^${CDK_MINIMUM.lib}`, 'constructs': `^${CDK_MINIMUM.constructs}`, 'cdk-pavi-alignment-pipeline': '*',
  });
});

test('the least CDK is what this repository develops with', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/aws-cdk-lib/package.json'), 'utf8'));
  expect(version).toBe(CDK_MINIMUM.lib);
});
