import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const { tasks } = JSON.parse(readFileSync(join(ROOT, '.projen/tasks.json'), 'utf8'));
const COMMAND: string = tasks['integ:verify'].steps.at(-1).exec;

jest.setTimeout(600_000);

/** The command of the task `integ:verify`, with nothing of an AWS account in its environment. */
function verify(folder: string): { code: number | null; output: string } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  const { status, stdout, stderr } = spawnSync('sh', ['-c', COMMAND], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' },
  });
  return { code: status, output: stdout + stderr };
}

/** A folder like the repository, with the integ app minimal alone. */
function copyWithMinimal(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pavi-integ-copy-'));
  for (const name of ['src', 'assets', 'samples', 'node_modules', 'package.json']) symlinkSync(join(ROOT, name), join(folder, name));
  mkdirSync(join(folder, 'integ'));
  for (const name of ['integ.minimal.ts', 'integ.minimal.ts.snapshot', 'sample-run.ts']) cpSync(join(ROOT, 'integ', name), join(folder, 'integ', name), { recursive: true });
  return folder;
}

test('without credentials, all integ apps are as their snapshots', () => {
  const { code, output } = verify(ROOT);
  const apps = readdirSync(join(ROOT, 'integ')).filter((file) => /^integ\..*\.ts$/.test(file));
  expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
  expect(output.match(/UNCHANGED/g)).toHaveLength(apps.length);
});

test('an app whose template is another than its snapshot fails', () => {
  const folder = copyWithMinimal();
  try {
    const app = join(folder, 'integ/integ.minimal.ts');
    const text = readFileSync(app, 'utf8');
    writeFileSync(app, text.replace('removalPolicy:', 'regionsPerJob: 3,\n  removalPolicy:'));
    const { code, output } = verify(folder);
    expect(code).not.toBe(0);
    expect(output).toMatch(/CHANGED +integ\.minimal/);
    // And for no other reason.
    expect(output.match(/^ *\[[-+~]\] AWS::\S+/gm)).toEqual([expect.stringContaining('[~] AWS::StepFunctions::StateMachine')]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
