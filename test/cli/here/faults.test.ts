import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paviPipeline } from './support/pavi-pipeline';
import { jobsOf, runSample, SAMPLE, SAMPLE_INPUT, TestFolders } from './support/sample-run';

const folders = new TestFolders();
let app: string;

beforeAll(() => { app = folders.synthesize({ regionsPerJob: 1 }); });
afterAll(() => folders.remove());

function expectSampleResults(output: string): void {
  const file = 'alignment-output.aln';
  expect(readFileSync(join(output, file), 'utf8')).toBe(readFileSync(join(SAMPLE, 'expected', file), 'utf8'));
}

/** How the attempts of a step's jobs ended, most of them first. */
function attemptsOf(jobs: any[], prefix: string): string[] {
  return jobs.filter(({ JobName }) => JobName.startsWith(prefix)).flatMap(({ Attempts }) => Attempts.map(({ StatusReason }: any) => StatusReason));
}

test('a lost host and a reclaimed Spot task are tried again by Batch, and the results are the same', async () => {
  const run = await runSample(folders, app, SAMPLE_INPUT, '--inject', 'spot-interruption:job=pavi-retrieve-*,count=2,after=0');
  expect({ code: run.code, stderr: run.code === 0 ? '' : run.stderr }).toEqual({ code: 0, stderr: '' });
  const reasons = attemptsOf(jobsOf(run.history), 'pavi-retrieve-');
  expect(reasons.filter((reason) => /^Your Spot Task was interrupted/.test(reason))).toHaveLength(2);
  expect(reasons).toHaveLength(5);
  expectSampleResults(run.output);
});

test('a job out of memory runs again with twice as much', async () => {
  const run = await runSample(folders, app, SAMPLE_INPUT, '--inject', 'out-of-memory:job=pavi-align-*,after=0');
  expect({ code: run.code, stderr: run.code === 0 ? '' : run.stderr }).toEqual({ code: 0, stderr: '' });
  const sizes = jobsOf(run.history).filter(({ JobName }) => JobName.startsWith('pavi-align-'))
    .map(({ Container }) => Container.ResourceRequirements.find(({ Type }: any) => Type === 'MEMORY').Value);
  expect(sizes).toEqual(['2048', '4096']);
  expectSampleResults(run.output);
});

test('S3\'s errors and a throttled Batch API are waited out', async () => {
  const run = await runSample(folders, app, SAMPLE_INPUT, '--inject', 's3-error:code=SlowDown,count=3', '--inject', 'batch-throttle', '--seed', '7');
  expect({ code: run.code, stderr: run.code === 0 ? '' : run.stderr }).toEqual({ code: 0, stderr: '' });
  expectSampleResults(run.output);
});

test('a connection that breaks off in the middle of an object is read again', async () => {
  const run = await runSample(folders, app, SAMPLE_INPUT, '--inject', 's3-error:operation=GetObject,code=reset,count=4');
  expect({ code: run.code, stderr: run.code === 0 ? '' : run.stderr }).toEqual({ code: 0, stderr: '' });
  expectSampleResults(run.output);
});

test('what happens at every attempt ends the run, with a cause that names the job', async () => {
  const run = await runSample(folders, app, SAMPLE_INPUT, '--inject', 'job-killed:job=pavi-collect-*,attempt=all,count=9,after=0');
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('FAILED: Pavi.JobFailed');
  expect(run.stderr).toContain('seq info collection, 3 entries: exit code 137');
});

test.each([
  [['--inject', 'job-lost'], 'job-lost'],
  [['--inject', 'job-killed:when=now'], 'when'],
  [['--seed', 'x'], '--seed must be a whole number, got "x"'],
  [['--containers', 'nerdctl'], '--containers must be podman or docker, or a path to one of them, got "nerdctl"'],
  [['--readable', '/no/such/folder'], '--readable must be a folder, got "/no/such/folder"'],
  [['--readable', __filename], `--readable must be a folder, got "${__filename}"`],
  [['--build-arg', 'BASE'], '--build-arg must be NAME=VALUE, got "BASE"'],
])('%j is refused before anything runs', async (args, told) => {
  const { code, stderr } = await paviPipeline('run', '--app', app, '--input', SAMPLE_INPUT, ...args);
  expect(code).toBe(1);
  expect(stderr).toContain('error: ');
  expect(stderr).toContain(told);
});

test('as containers, an image that is not there fails its job by name', async () => {
  const output = folders.path('output');
  const { code, stderr } = await paviPipeline('run', '--app', app, '--input', SAMPLE_INPUT, '--output', output, '--allow-local-genomes',
    '--containers', '/nowhere/podman');
  expect(code).toBe(1);
  expect(stderr).toContain('CannotPullContainerError');
});
