import { HistoryError, parseHistory, ReportEvent } from '../../../cli/trail/history-event';
import { before, jobsOf, jobsOfLogs } from '../../../cli/trail/job-record';
import { parseWorkerLog } from '../../../cli/trail/worker-log';

/** A history as `aws stepfunctions get-execution-history` prints it: two iterations side by side, one retried by Batch, and a task after them. */
function awsHistory(): Record<string, unknown>[] {
  const batch = { resourceType: 'batch', resource: 'submitJob.sync' };
  const job = (id: string, stream: string) => JSON.stringify({
    Attempts: [
      { Container: { LogStreamName: `${stream}-0`, Reason: 'CannotPullContainerError' }, StatusReason: 'Task failed to start' },
      { Container: { LogStreamName: stream, ExitCode: 0 }, StartedAt: 1_000_000_005_000, StoppedAt: 1_000_000_009_000, StatusReason: 'Essential container in task exited' },
    ],
    Container: { Command: ['retrieve', '--from', '0', '--to', '9'], Image: 'image:tag', ResourceRequirements: [{ Type: 'VCPU', Value: '0.25' }, { Type: 'MEMORY', Value: '512' }] },
    CreatedAt: 1_000_000_001_000,
    StoppedAt: 1_000_000_009_000,
    JobId: id,
    JobName: `name-${id}`,
    JobDefinition: 'arn:definition:3',
    Status: 'SUCCEEDED',
  });
  const events: readonly [number, string, string?, Record<string, unknown>?][] = [
    [0, 'ExecutionStarted', 'executionStarted', { input: '{}' }],
    [1, 'MapStateEntered', 'stateEntered', { name: 'RetrieveSequences' }],
    [2, 'MapStateStarted', 'mapStateStarted', { length: 2 }],
    [3, 'MapIterationStarted', 'mapIterationStarted', { name: 'RetrieveSequences', index: 0 }],
    [3, 'MapIterationStarted', 'mapIterationStarted', { name: 'RetrieveSequences', index: 1 }],
    [4, 'TaskStateEntered', 'stateEntered', { name: 'RunJob' }],
    [5, 'TaskStateEntered', 'stateEntered', { name: 'RunJob' }],
    [6, 'TaskScheduled', 'taskScheduled', { ...batch, parameters: '{}' }],
    [7, 'TaskScheduled', 'taskScheduled', { ...batch, parameters: '{}' }],
    [9, 'TaskSubmitted', 'taskSubmitted', { ...batch, output: '{"JobId":"b","JobName":"name-b"}' }],
    [8, 'TaskSubmitted', 'taskSubmitted', { ...batch, output: '{"JobId":"a","JobName":"name-a"}' }],
    [11, 'TaskSucceeded', 'taskSucceeded', { ...batch, output: job('a', 'stream-a') }],
    [12, 'MapIterationSucceeded', 'mapIterationSucceeded', { name: 'RetrieveSequences', index: 0 }],
    [13, 'MapStateSucceeded'],
    [14, 'MapStateExited', 'stateExited', { name: 'RetrieveSequences' }],
    [15, 'TaskStateEntered', 'stateEntered', { name: 'AlignSequences' }],
    [16, 'TaskScheduled', 'taskScheduled', { ...batch, parameters: '{"ContainerOverrides":{"Command":["align"]}}' }],
    [17, 'TaskSubmitted', 'taskSubmitted', { ...batch, output: '{"JobId":"c","JobName":"name-c"}' }],
    [18, 'TaskStateEntered', 'stateEntered', { name: 'CountSequences' }],
    [19, 'TaskScheduled', 'taskScheduled', { resourceType: 'aws-sdk:s3', resource: 'getObject', parameters: '{}' }],
    [20, 'TaskSucceeded', 'taskSucceeded', { resourceType: 'aws-sdk:s3', resource: 'getObject', output: '{"Body":"x"}' }],
  ];
  return events.map(([previousEventId, type, field, details], index) => ({
    id: index + 1, previousEventId, timestamp: '2001-09-09T01:46:40.000000+00:00', type, ...field === undefined ? {} : { [`${field}EventDetails`]: details },
  }));
}

test('a history is read as the local engine writes it, and as the AWS CLI prints it, newest first too', () => {
  const own = [{ id: 1, previousEventId: 0, timestamp: '2001-09-09T01:46:40.000Z', type: 'ExecutionStarted', details: { input: '{}' } }];
  expect(parseHistory(JSON.stringify(own))).toEqual([{ id: 1, previousEventId: 0, time: 1e12, type: 'ExecutionStarted', details: { input: '{}' } }]);
  const forwards = parseHistory(JSON.stringify({ events: awsHistory() }));
  expect(forwards[1]).toEqual({ id: 2, previousEventId: 1, time: 1e12, type: 'MapStateEntered', details: { name: 'RetrieveSequences' } });
  expect(parseHistory(JSON.stringify({ events: awsHistory().reverse() }))).toEqual(forwards);
  expect(parseHistory(JSON.stringify([{ ...awsHistory()[0], timestamp: 1e9 }]))[0].time).toBe(1e12);
});

test.each([
  ['{', /it is not JSON/], ['{"events": 3}', /expected a list of events/], ['null', /expected a list of events/], ['[{"id": 1}]', /event 1 has no id, type or timestamp/],
])('what is no history is refused: %s', (text, problem) => {
  expect(() => parseHistory(text)).toThrow(HistoryError);
  expect(() => parseHistory(text)).toThrow(problem);
});

test('jobs have their state, iteration, size and attempts; one that has not ended has what its request says', () => {
  const log = parseWorkerLog('stream-a', '{"event":"started","command":"retrieve","time":"2001-09-09T01:46:46.000Z"}\n');
  const [b, a, c] = jobsOf(parseHistory(JSON.stringify(awsHistory())), (stream) => (stream === 'stream-a' ? log : undefined));
  expect(a).toMatchObject({
    id: 'a',
    name: 'name-a',
    state: 'RunJob',
    iteration: 0,
    status: 'SUCCEEDED',
    submittedAt: 1_000_000_001_000,
    endedAt: 1_000_000_009_000,
    command: ['retrieve', '--from', '0', '--to', '9'],
    image: 'image:tag',
    definition: 'arn:definition:3',
    memoryMiB: 512,
    vcpus: 0.25,
  });
  expect(a.attempts).toEqual([
    { startedAt: undefined, stoppedAt: undefined, exitCode: undefined, reason: 'CannotPullContainerError', logStream: 'stream-a-0', log: undefined },
    { startedAt: 1_000_000_005_000, stoppedAt: 1_000_000_009_000, exitCode: 0, reason: 'Essential container in task exited', logStream: 'stream-a', log },
  ]);
  expect(b).toMatchObject({ id: 'b', state: 'RunJob', iteration: 1, status: 'RUNNING', attempts: [] });
  // Neither is the last iteration's index its own, nor the next task's end.
  expect(c).toMatchObject({ id: 'c', state: 'AlignSequences', status: 'RUNNING', command: ['align'] });
  expect(c.iteration).toBeUndefined();
});

test('an Express workflow\'s jobs end as DescribeJobs last told', () => {
  const event = (id: number, type: string, details: ReportEvent['details']): ReportEvent =>
    ({ id, previousEventId: id - 1, time: id * 1000, type, details });
  const container = { Command: ['align'], ResourceRequirements: [{ Type: 'MEMORY', Value: '2048' }] };
  const described = (Status: string, StoppedAt?: number) => ({
    resourceType: 'aws-sdk:batch',
    resource: 'describeJobs',
    output: JSON.stringify({ Jobs: [{ JobId: 'x', Status, StoppedAt, Container: container, Attempts: [] }] }),
  });
  const events = [
    event(1, 'TaskStateEntered', { name: 'AlignSequences' }),
    event(2, 'TaskScheduled', { resourceType: 'batch', resource: 'submitJob', parameters: '{}' }),
    event(3, 'TaskSucceeded', { resourceType: 'batch', resource: 'submitJob', output: '{"JobId":"x","JobName":"name-x"}' }),
    event(4, 'TaskStateEntered', { name: 'AlignSequencesDescribe' }),
    event(5, 'TaskSucceeded', described('RUNNING')),
  ];
  expect(jobsOf(events, () => undefined)).toMatchObject([{ id: 'x', name: 'name-x', state: 'AlignSequences', status: 'RUNNING', memoryMiB: 2048 }]);
  const ended = [...events, event(6, 'TaskSucceeded', described('FAILED', 7000))];
  expect(jobsOf(ended, () => undefined)).toMatchObject([{ id: 'x', state: 'AlignSequences', status: 'FAILED', endedAt: 7000, command: ['align'] }]);
});

test('jobs of child executions are found by their logs alone, and none twice', () => {
  const line = (fields: object) => JSON.stringify({ time: '2001-09-09T01:46:46.000Z', ...fields });
  const logs = [
    parseWorkerLog('step/default/1', `${line({ event: 'started', command: 'retrieve' })}\n${line({ event: 'done', command: 'retrieve' })}\n`),
    parseWorkerLog('step/default/2', `${line({ event: 'failed', command: 'retrieve', error: 'Pavi.Internal', message: 'm', entry: 'e' })}\n`),
    parseWorkerLog('stream-a', line({ event: 'started' })),
    parseWorkerLog('empty', ''),
  ];
  const known = jobsOf(parseHistory(JSON.stringify(awsHistory())), (stream) => logs.find((log) => log.stream === stream));
  expect(jobsOfLogs(logs, known).map(({ name, status, state }) => [name, status, state])).toEqual([
    ['step/default/1', 'SUCCEEDED', 'retrieve'], ['step/default/2', 'FAILED', 'retrieve'],
  ]);
});

test('a history that leads in a circle does not hold the reader up', () => {
  const events: ReportEvent[] = [1, 2].map((id) => ({ id, previousEventId: 3 - id, time: 0, type: 'X', details: {} }));
  expect(before(events[0], new Map(events.map((event) => [event.id, event])), () => false)).toBeUndefined();
});

test('a log is read whatever else stands in it', () => {
  const log = parseWorkerLog('s', [
    'not JSON', '[1]', 'null', '',
    '{"time":"2001-09-09T01:46:40.000Z","level":"INFO","event":"started","command":"retrieve","node":"v22"}',
    '{"time":"2001-09-09T01:46:41.000Z","level":"INFO","event":"genome","name":"g.fa.gz","faiSha256":"aa","gziSha256":"bb"}',
    '{"time":"2001-09-09T01:46:42.000Z","level":"WARN","event":"entry-warning","command":"retrieve","entry":"e1","warning":"left out"}',
    '{"time":"2001-09-09T01:46:43.000Z","level":"INFO","event":"entry","entry":"e1","records":2,"seconds":0.5}',
    '{"time":"2001-09-09T01:46:44.000Z","level":"ERROR","event":"failed","error":"Pavi.GenomeUnavailable","entry":"e2","message":"m","expected":1}',
    '{"_aws":{"Timestamp":1},"Step":"retrieve","JobId":"j","GenomeBytes":7,"PeakMemory":70}',
  ].join('\n'));
  expect(log).toMatchObject({
    firstTime: 1e12,
    lastTime: 1e12 + 4000,
    command: 'retrieve',
    node: 'v22',
    jobId: 'j',
    metrics: { GenomeBytes: 7, PeakMemory: 70 },
    entries: [{ entry: 'e1', records: 2, seconds: 0.5 }],
    failures: [{ error: 'Pavi.GenomeUnavailable', entry: 'e2', message: 'm', expected: 1 }],
    warnings: [{ entry: 'e1', text: 'entry-warning: left out' }],
    genomes: [{ name: 'g.fa.gz', faiSha256: 'aa', gziSha256: 'bb' }],
  });
});
