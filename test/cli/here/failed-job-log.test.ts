import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failedJobLog } from '../../../cli/here/failed-job-log';
import type { HistoryEvent } from '../../../engine/asl/record/history';

const folder = mkdtempSync(join(tmpdir(), 'pavi-logs-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => {
  mkdirSync(join(folder, 'align'));
  for (const stream of ['a', 'b', 'c']) {
    writeFileSync(join(folder, `align/${stream}.log`), `${[1, 2, 3, 4, 5, 6].map((line) => `${stream} ${line}`).join('\n')}\n\n`);
  }
});

const job = (stream: string, StoppedAt: number, Status = 'FAILED') => {
  const Container = { LogStreamName: `align/${stream}` };
  return { JobId: stream, JobName: stream, Status, StoppedAt, CreatedAt: 1, Attempts: [{ Container }], Container };
};
const history = (...events: [type: string, details: object][]): HistoryEvent[] => events.map(([type, details], index) => ({
  id: index + 1, previousEventId: index, timestamp: new Date(index).toISOString(), type, details: { ...details },
}));
const NAMES = { resourceType: 'batch', resource: 'submitJob.sync' };
const submitted = (stream: string): [string, object] => ['TaskSubmitted', { ...NAMES, output: JSON.stringify({ JobId: stream, JobName: stream }) }];
const waitedFor = (stream: string, stoppedAt: number) => history(['TaskStateEntered', { name: 'Align' }], ['TaskScheduled', {}], submitted(stream),
  ['TaskFailed', { ...NAMES, error: 'States.TaskFailed', cause: JSON.stringify(job(stream, stoppedAt)) }]);
const five = (stream: string) => ({ file: join(folder, `align/${stream}.log`), lines: [2, 3, 4, 5, 6].map((line) => `${stream} ${line}`) });

test('of a job that a task waited for: its last five lines', () => {
  expect(failedJobLog([waitedFor('a', 5)], folder)).toEqual(five('a'));
});

test('of an Express workflow, which asks for its jobs', () => {
  const asked = { resourceType: 'aws-sdk:batch', resource: 'describeJobs' };
  expect(failedJobLog([history(
    ['TaskStateEntered', { name: 'Submit' }],
    ['TaskSucceeded', { resourceType: 'batch', resource: 'submitJob', output: JSON.stringify({ JobId: 'b', JobName: 'b' }) }],
    ['TaskStateEntered', { name: 'Look' }],
    ['TaskSucceeded', { ...asked, output: JSON.stringify({ Jobs: [job('b', 9)] }) }],
  )], folder)).toEqual(five('b'));
});

test('of child executions: the one that ended last', () => {
  expect(failedJobLog([history(['MapRunStarted', {}]), waitedFor('c', 20), waitedFor('a', 10)], folder)).toEqual(five('c'));
});

test('of nothing that failed, or that wrote', () => {
  expect(failedJobLog([history(['TaskFailed', { error: 'Lambda.Unknown', cause: 'not a job' }])], folder)).toBeUndefined();
  expect(failedJobLog([waitedFor('none', 5)], folder)).toBeUndefined();
});
