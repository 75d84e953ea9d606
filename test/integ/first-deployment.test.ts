import { ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { markdownTable } from '../../integ/first-deployment/observation';
import { differences } from '../../integ/first-deployment/replay';
import { ROOT } from '../cli/here/support/pavi-pipeline';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAINTEGLOCAL', AWS_SECRET_ACCESS_KEY: 'integ-local', AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' };
const env = { ...process.env, ...KEYS, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

jest.setTimeout(600_000);

/** What scripts/first-deployment runs when everything is set up. */
function firstDeployment(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  return new Promise((done) => {
    const program = ['--import', 'tsx', 'integ/first-deployment/main.ts', ...args];
    const child = execFile(process.execPath, program, { cwd: ROOT, env }, (error, output, errors) => {
      done({ code: Number(error?.code ?? 0), output, errors });
    });
    child.stdin!.end();
  });
}

let folder: string;
let serve: ChildProcess;
let endpoint: string;
let ours: string;
let run: { code: number; output: string; errors: string };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'first-deployment-'));
  const app = join(folder, 'cdk.out');
  const synth = spawn(process.execPath, ['--import', 'tsx', 'integ/first-deployment/app.ts'], { cwd: ROOT, env: { ...env, CDK_OUTDIR: app }, stdio: 'ignore' });
  await once(synth, 'close');
  // The probe's job must not have begun when its state times out, or when it is cancelled.
  serve = spawn(process.execPath, [
    join(ROOT, 'lib/cli/pavi-pipeline.js'), 'serve', '--app', app, '--state', join(folder, 'state'), '--inject', 'slow-start:job=pavi-probe*,seconds=120',
  ], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.race([once(createInterface(serve.stdout!), 'line'), once(serve, 'close').then(() => ['it ended'])]);
  if (!String(line).startsWith('serving ')) throw new Error(`pavi-pipeline serve: ${line}`);
  endpoint = String(line).replace(/^serving /, '');
  ours = join(folder, 'ours');
  run = await firstDeployment('--yes', '--endpoint', endpoint, '--app', app, '--folder', ours, '--wait', '300');
}, 600_000);

afterAll(async () => {
  if (serve?.exitCode === null) {
    const ended = once(serve, 'close');
    serve.kill('SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** The rows of the table, by step and what was looked at. */
function rows(): Record<string, { seen: string; verdict: string }> {
  const cells = run.output.split('\n').filter((line) => /^\| (?!step|---)/.test(line)).map((line) => line.slice(2, -2).split(/ \| /));
  return Object.fromEntries(cells.map(([step, what, _expected, seen, verdict]) => [`${step}: ${what}`, { seen, verdict }]));
}

test('against serve, what is expected of AWS is seen', () => {
  const seen = rows();
  const open = Object.entries(seen).filter(([, { verdict }]) => verdict === 'open').map(([row]) => row);
  expect(Object.entries(seen).filter(([, { verdict }]) => verdict === 'DIFFERENT')).toEqual([]);
  expect(Object.keys(seen).filter((row) => !open.includes(row))).toEqual([
    'expressions: the definition', 'expressions: 3 entries', 'expressions: 10 entries', 'expressions: 190 entries', 'expressions: 8 KiB of {}',
    'sample: the run', "sample: the jobs' environment", 'sample: alignment-output.aln', 'sample: aligned_seq_info.json',
    'failure: the run', 'failure: the redriven run', 'failure: jobs',
    'timeout: the execution', 'timeout: its job', 'cancel: the state', 'cancel: the job',
  ]);
  // What serve cannot do is said so.
  expect(seen['job-definitions: PaviAlignmentJobDefinition']).toMatchObject({ verdict: 'open', seen: expect.stringContaining('not supported by the local endpoint') });
  expect(seen['deploy: PaviFirstDeployment']).toMatchObject({ verdict: 'open', seen: expect.stringContaining('serve has loaded the app') });
  expect(open).toHaveLength(4);
  expect(run.code).toBe(0);
});

test('each state has seen what grows, and not the small input of the state before it', () => {
  const calls = JSON.parse(readFileSync(join(ours, 'states-190-entries.json'), 'utf8')) as { response: { output: string } }[];
  expect(JSON.parse(calls.at(-1)!.response.output)).toMatchObject({ status: 'COMPLETED', input_count: 190, sequence_count: 190 });
});

test('each step has a title, a price and what it leaves, and the answers are kept', () => {
  expect(run.errors).toMatch(/==> timeout: .*\n {4}price: nothing on this machine\n {4}leaves: /);
  expect(readdirSync(ours)).toEqual(expect.arrayContaining([
    'cancel-jobs.json', 'failure-redriven-history.json', 'sample-execution.json', 'states-190-entries.json', 'states-empty-entries.json', 'table.md', 'timeout-jobs.json',
  ]));
  expect(readFileSync(join(ours, 'table.md'), 'utf8')).toContain('| cancel | the job |');
});

test('a folder that a run left judges the engine', async () => {
  expect(await firstDeployment('--replay', ours, '--against', ours, '--endpoint', endpoint)).toMatchObject({ code: 0, output: 'no difference\n' });
  const theirs = join(folder, 'theirs');
  cpSync(ours, theirs, { recursive: true });
  const edit = (name: string, from: RegExp, to: string) => writeFileSync(join(theirs, name), readFileSync(join(theirs, name), 'utf8').replace(from, to));
  edit('states-3-entries.json', /"status": "SUCCEEDED"/, '"status": "FAILED"');
  edit('timeout-jobs.json', /was managing this resource was aborted/g, 'was managing this resource timed out');
  edit('failure-history.json', /"type": "TaskSubmitted"/g, '"type": "TaskPostponed"');
  edit('cancel-execution.json', /"redriveStatus": /, '"redriveLimit": 1,\n  "redriveStatus": ');
  const { code, output } = await firstDeployment('--replay', theirs, '--against', ours, '--endpoint', endpoint);
  expect(code).toBe(1);
  expect(output).toMatch(/^states-3-entries\.json: only in AWS: call 1, \w+: FAILED, then \w+$/m);
  expect(output).toMatch(/^timeout-jobs\.json: only in AWS: \[\]\.statusReason ".* \[ARN\] which was managing this resource timed out"$/m);
  expect(output).toMatch(/^failure-history\.json: only in AWS: \d+ times TaskPostponed$/m);
  expect(output).toMatch(/^cancel-execution\.json: only in AWS: \.redriveLimit number$/m);
  expect(differences(theirs, ours).length).toBeGreaterThan(3);
});

test.each([
  [['--yes', '--only', 'lunch'], 'error: there is no step lunch; there are: expressions, job-definitions, deploy, sample, failure, timeout, cancel'],
  [[], 'error: nobody can be asked here before each step; give --yes to run them all'],
  [['--replay', 'somewhere'], 'error: --replay wants the --endpoint of "pavi-pipeline serve"'],
  [['--yes', '--folder', ROOT], `error: ${ROOT} exists; name a new folder with --folder DIR`],
  [['--yes', '--wait', 'long'], 'error: --wait must be a number of seconds, got "long"'],
])('refuses %j before anything is spent', async (args, message) => {
  const { code, errors } = await firstDeployment(...args);
  expect({ code, line: errors.split('\n')[0] }).toEqual({ code: 1, line: message });
});

test('a table can be pasted: no cell breaks it', () => {
  const row = { step: 's', what: 'w', expected: 'a|b', seen: `two\nlines ${'x'.repeat(500)}`, verdict: 'DIFFERENT' } as const;
  const [, , line] = markdownTable([row]).split('\n');
  expect(line).toMatch(/^\| s \| w \| a\\\|b \| two lines x+\.\.\. \| DIFFERENT \|$/);
});
