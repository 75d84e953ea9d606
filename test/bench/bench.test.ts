import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Times and targets are for a quiet machine: here only what is measured counts, and that the ways come to the same. */
function bench(name: string, args: readonly string[], environment: NodeJS.ProcessEnv = process.env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', join('bench', name), ...args], {
    cwd: ROOT, encoding: 'utf8', env: environment,
  });
  return { status, stdout, stderr };
}

function row(stdout: string, name: string): string[] {
  return stdout.split('\n').find((line) => line.trim().startsWith(name))?.trim().slice(name.length).trim().split(/ {2,}/) ?? [];
}

test('orchestration: a run of more than a hundred jobs beside a small one', () => {
  const { status, stdout, stderr } = bench('orchestration.ts', ['--jobs', '1,120', '--rounds', '1']);
  expect({ stderr, ended: [0, 1].includes(status!) }).toEqual({ stderr: '', ended: true });
  expect(row(stdout, 'jobs of the run, all')).toEqual(['3', '122']);
  expect(row(stdout, 'states entered')).toEqual(['15', '134']);
  for (const name of ['a: the same programs, bare (ms)', 'b: the state machine, no jobs (ms)', 'c: the whole run (ms)']) {
    expect(row(stdout, name).map(Number).filter((milliseconds) => milliseconds > 0)).toHaveLength(2);
  }
  expect(stdout).toContain('Not measured, for there is no AWS account here');
});

test('sample run: the same bytes with the engine and without it, where there is no Nextflow', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pavi-test-bench-'));
  try {
    // All that it needs, and nothing else.
    for (const program of ['bash', 'node', 'clustalo', 'seq', 'xargs']) symlinkSync(whereIs(program), join(folder, program));
    const { status, stdout, stderr } = bench('sample-run.ts', ['--entries', '3', '--rounds', '1'], { ...process.env, PATH: folder });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('without Nextflow: there is neither a nextflow command nor Java');
    expect(stdout).toContain('all came to the same bytes');
    expect(row(stdout, 'pavi-pipeline run, ten entries a job')).toHaveLength(4);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([['orchestration.ts', '--jobs', '0'], ['sample-run.ts', '--entries', 'x'], ['report.ts', '--sequences', '-1']])('%s refuses %s %s', (name, option, value) => {
  const { status, stderr } = bench(name, [`${option}=${value}`]);
  expect(status).not.toBe(0);
  expect(stderr).toMatch(new RegExp(`must be whole numbers from 1 to 10+, got ${value}`));
});

function whereIs(program: string): string {
  return spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
}
