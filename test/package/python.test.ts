import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CDK_MINIMUM, packageFile, readmeBlock, ScratchApp } from './support/scratch-app';
import { SAMPLE, SAMPLE_INPUT } from '../local/run/support/sample-run';

jest.setTimeout(900_000);

const wheel = packageFile('python', '.whl');
const SIZE_BUDGET_BYTES = 3 * 1024 * 1024;

test('the wheel has the module with its types, the npm package, and the command', () => {
  const files = execFileSync('python3', ['-m', 'zipfile', '-l', wheel], { encoding: 'utf8' });
  for (const name of ['cdk_pavi_alignment_pipeline/__init__.py', 'cdk_pavi_alignment_pipeline/py.typed', 'scripts/pavi-pipeline', '.jsii.tgz']) {
    expect(files).toContain(name);
  }
  expect(readFileSync(wheel).length).toBeLessThan(SIZE_BUDGET_BYTES);
});

describe('in an empty folder, with the least CDK that it takes', () => {
  const scratch = new ScratchApp();
  const bin = (program: string) => join(scratch.folder, 'venv/bin', program);
  afterAll(() => scratch.remove());

  test('the README\'s app is installed, type-checked, synthesized, and runs the sample', () => {
    scratch.run('python3', ['-m', 'venv', 'venv']);
    scratch.run(bin('pip'), ['install', '--quiet', wheel, `aws-cdk-lib==${CDK_MINIMUM.lib}`, `constructs==${CDK_MINIMUM.constructs}`, 'mypy==1.*']);
    scratch.write('app.py', readmeBlock('python'));
    scratch.run(bin('mypy'), ['--strict', '--ignore-missing-imports', 'app.py']);
    scratch.run(bin('python'), ['app.py'], { CDK_OUTDIR: join(scratch.folder, 'cdk.out') });
    const output = scratch.run(bin('pavi-pipeline'), ['run', '--app', 'cdk.out', '--input', SAMPLE_INPUT, '--output', 'results', '--allow-local-genomes']);
    expect(output).toContain('alignment-output.aln');
    for (const file of ['alignment-output.aln', 'aligned_seq_info.json']) {
      expect(readFileSync(join(scratch.folder, 'results', file), 'utf8')).toBe(readFileSync(join(SAMPLE, 'expected', file), 'utf8'));
    }
  });
});
