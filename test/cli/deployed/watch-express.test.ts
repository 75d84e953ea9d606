import type { Connection } from '../../../cli/runs/aws/connection';
import { ExpressRun } from '../../../cli/runs/runs';
import { watchExpressRun } from '../../../cli/runs/watch-run';

const PIPELINE = {
  stack: 'Stack',
  stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:Pavi',
  resultsUri: 's3://bucket/results/',
  jobQueueArn: 'arn:aws:batch:us-east-1:000000000000:job-queue/q',
};
const RUN = new ExpressRun({ name: 'one', arn: 'arn:aws:states:us-east-1:000000000000:express:Pavi:one:x' });

afterEach(() => jest.restoreAllMocks());

/** A run without results, of these jobs; waiting takes no time but the clock's. */
async function watched(jobs: readonly object[]): Promise<{ status: string; seconds: number }> {
  const start = 1_800_000_000_000;
  let now = start;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  const missing = Object.assign(new Error('not there'), { name: 'NotFound' });
  const batch = {
    send: async ({ input }: { input: { jobs?: string[]; filters?: { values: string[] }[] } }) => (
      input.jobs !== undefined ? { jobs } : { jobSummaryList: input.filters![0].values[0] === 'pavi-align-one' ? jobs : [] }),
  };
  const connection = {
    clients: { batch, s3: { send: async () => { throw missing; } } },
    ask: (_what: string, request: (signal: AbortSignal) => Promise<unknown>) => request(new AbortController().signal),
    pause: async (milliseconds: number) => { now += milliseconds; },
  } as unknown as Connection;
  const { status } = await watchExpressRun(connection, PIPELINE, RUN, () => undefined);
  return { status, seconds: (now - start) / 1000 };
}

const job = (status: string) => ({ jobId: '1', jobName: 'pavi-align-one', status, createdAt: 1_800_000_000_000, container: {} });

test('an Express run of which nothing is known is given up when it can last no longer', async () => {
  const { status, seconds } = await watched([]);
  expect(status).toBe('UNKNOWN');
  expect(seconds).toBeGreaterThan(315);
  expect(seconds).toBeLessThan(325);
});

test('one whose job does not end is given up then as well', async () => {
  const { status, seconds } = await watched([job('RUNNING')]);
  expect(status).toBe('RUNNING');
  expect(seconds).toBeGreaterThan(315);
});

test('one whose last job has failed, and is followed by no other, has failed after half a minute', async () => {
  const { status, seconds } = await watched([job('FAILED')]);
  expect(status).toBe('FAILED');
  expect(seconds).toBeGreaterThan(30);
  expect(seconds).toBeLessThan(40);
});
