import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { runSample, SAMPLE, SAMPLE_INPUT, SampleRun, TestFolders } from './support/sample-run';

const folders = new TestFolders();
const EXPECTED = readFileSync(join(SAMPLE, 'expected/alignment-output.aln'), 'utf8');

afterAll(() => folders.remove());

function expectSample({ code, stderr, output }: SampleRun): void {
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(readFileSync(join(output, 'alignment-output.aln'), 'utf8')).toBe(EXPECTED);
}

/** What the history says that the run took, in seconds. */
function told({ history }: SampleRun): number {
  const [first, last] = [history[0], history.at(-1)!].map(({ timestamp }) => Date.parse(timestamp));
  return (last - first) / 1000;
}

test('an Express run does not wait between looks at a job that has ended, and looks at none more often than it would', async () => {
  const start = Date.now();
  const run = await runSample(folders, folders.synthesize({ workflowType: StateMachineType.EXPRESS }), SAMPLE_INPUT, '--fast-forward');
  const seconds = (Date.now() - start) / 1000;
  expectSample(run);
  const looks = run.history.filter(({ type, details }) => type === 'TaskSucceeded' && details.resource === 'describeJobs')
    .map(({ details }) => JSON.parse(details.output).Jobs[0]);
  for (const command of ['retrieve', 'align', 'collect']) {
    const own = looks.filter(({ Container }) => Container.Command[0] === command);
    const { CreatedAt, StoppedAt } = own.at(-1)!;
    // A job that runs keeps time as it is: only one that takes five seconds is looked at before it has ended.
    expect(own.length).toBeLessThanOrEqual(1 + Math.floor((StoppedAt - CreatedAt) / 5000));
  }
  // A wait of five seconds in each of the three steps.
  expect(told(run)).toBeGreaterThanOrEqual(15);
  // Time as it is would have taken longer than the whole command did.
  expect(told(run)).toBeGreaterThan(seconds);
});

test('the pauses before retries pass at once, and no time limit is met by them', async () => {
  const faults = ['--inject', 'batch-throttle:operation=SubmitJob,count=6', '--seed', '1'];
  const app = folders.synthesize();
  let saved = 0;
  // Pauses of up to 2, 4, 8, 16, 32 and 60 seconds, each a chance of its own: once in some thousand runs they are shorter than all of the rest.
  for (let tried = 0; tried < 3 && saved <= 0; tried++) {
    const start = Date.now();
    const run = await runSample(folders, app, SAMPLE_INPUT, '--fast-forward', ...faults);
    saved = told(run) - (Date.now() - start) / 1000;
    expectSample(run);
    expect(run.history.filter(({ type }) => type === 'TaskSubmitFailed')).toHaveLength(6);
  }
  expect(saved).toBeGreaterThan(0);
});
