import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { runSample, SAMPLE, SAMPLE_INPUT, SampleRun, TestFolders } from './support/sample-run';

jest.setTimeout(120_000);

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
  const entered = (name: string) => run.history.filter(({ type, details }) => type === 'TaskStateEntered' && details.name === name);
  // Three waits of five seconds, one a step; a job that runs keeps time as it is.
  for (const name of ['RunRetrievalJobDescribe', 'AlignSequencesDescribe', 'CollectSeqInfoDescribe']) expect([name, entered(name).length]).toEqual([name, 1]);
  expect(told(run)).toBeGreaterThanOrEqual(15);
  expect(told(run) - seconds).toBeGreaterThan(5);
});

test('the pauses before retries pass at once, and no time limit is met by them', async () => {
  const faults = ['--inject', 'batch-throttle:operation=SubmitJob,count=6', '--seed', '1'];
  const start = Date.now();
  const run = await runSample(folders, folders.synthesize(), SAMPLE_INPUT, '--fast-forward', ...faults);
  const seconds = (Date.now() - start) / 1000;
  expectSample(run);
  expect(run.history.filter(({ type }) => type === 'TaskSubmitFailed')).toHaveLength(6);
  // Pauses of up to 2, 4, 8, 16, 32 and 60 seconds, each a chance of its own.
  expect(told(run) - seconds).toBeGreaterThan(5);
});
