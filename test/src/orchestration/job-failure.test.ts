import { jobFailure, otherFailure } from '../../../src/orchestration/job-failure';
import { evaluate } from '../support/expressions';

const EXPRESSION = jobFailure('sequence retrieval', '$states.input.label', 2);
const INPUT = { from: 3, to: 4, label: 'entries 3 to 4 (a, b)', size: 0 };

const after = (errorOutput: unknown, input: unknown = INPUT): Promise<any> => evaluate(EXPRESSION, { states: { input, errorOutput } });
const failed = (job: unknown, input: unknown = INPUT) => after({ Error: 'States.TaskFailed', Cause: JSON.stringify(job) }, input);
const attempt = (container: unknown, StatusReason = 'Essential container in task exited') => ({
  JobId: 'j-1', StatusReason, Attempts: [{ Container: { ExitCode: 69, LogStreamName: 'old' } }, { Container: container }], Container: container,
});

describe('a failed job', () => {
  test('is told by its exit code, reason and log stream', async () => {
    expect((await failed(attempt({ ExitCode: 64, LogStreamName: 'sequence-retrieval/default/1' }))).failure).toEqual({
      error: 'Pavi.JobFailed',
      cause: 'sequence retrieval, entries 3 to 4 (a, b): exit code 64, Essential container in task exited; log stream sequence-retrieval/default/1',
    });
  });

  test('keeps what the state had, and is not tried again', async () => {
    expect(await failed(attempt({ ExitCode: 64 }))).toMatchObject({ ...INPUT, again: false, size: 0 });
  });

  test('that never started has no exit code or log stream', async () => {
    const job = { JobId: 'j-1', StatusReason: 'Task failed to start', Attempts: [], Container: { Reason: 'CannotPullContainerError: denied' } };
    expect((await failed(job)).failure.cause)
      .toBe('sequence retrieval, entries 3 to 4 (a, b): Task failed to start, CannotPullContainerError: denied');
  });

  test('with nothing known of it is still told', async () => {
    expect((await failed({ JobId: 'j-1' })).failure.cause).toBe('sequence retrieval, entries 3 to 4 (a, b): the job failed');
    expect((await failed({ JobId: 'j-1', Container: { LogStreamName: 'l/1' } })).failure.cause)
      .toBe('sequence retrieval, entries 3 to 4 (a, b): the job failed; log stream l/1');
    expect((await failed({})).failure.cause).toBe('sequence retrieval, entries 3 to 4 (a, b): States.TaskFailed: {}');
  });
});

describe('a job that ran out of memory', () => {
  const outOfMemory: [string, unknown][] = [
    ['by the kernel\'s hand', attempt({ ExitCode: 137 })],
    ['as ECS says', attempt({ ExitCode: 1, Reason: 'OutOfMemoryError: Container killed due to memory usage' })],
    ['as ECS says, without an exit code', attempt({ Reason: 'OutOfMemoryError: Container killed due to memory usage' })],
  ];

  test.each(outOfMemory)('%s runs again with the next size', async (_how, job) => {
    expect(await failed(job)).toMatchObject({ again: true, size: 1 });
    expect(await failed(job, { ...INPUT, size: 1 })).toMatchObject({ again: true, size: 2 });
  });

  test.each(outOfMemory)('%s fails at the last size, and says why', async (_how, job) => {
    const end = await failed(job, { ...INPUT, size: 2 });
    expect(end).toMatchObject({ again: false, size: 2 });
    expect(end.failure.cause).toContain('out of memory');
  });

  test.each([
    'Job attempt duration exceeded timeout', 'Host EC2 (instance i-1) terminated.', 'Your Spot Task was interrupted.', 'terminated by the user',
  ])('is not one that was killed for another reason: %s', async (reason) => {
    expect(await failed(attempt({ ExitCode: 137 }, reason))).toMatchObject({ again: false, size: 0 });
  });

  test('has no more than its definition\'s where there is one size', async () => {
    const expression = jobFailure('alignment', '"3 entries"', 0);
    expect(await evaluate(expression, { states: { input: { size: 0 }, errorOutput: { Error: 'States.TaskFailed', Cause: JSON.stringify(attempt({ ExitCode: 137 })) } } }))
      .toMatchObject({ again: false, size: 0 });
  });
});

describe('another failure', () => {
  test('of time is told as such', async () => {
    expect((await after({ Error: 'States.Timeout', Cause: '' })).failure.cause)
      .toBe('sequence retrieval, entries 3 to 4 (a, b): it did not end in time, waiting for a place to run included');
  });

  test.each([
    ['Batch.ClientException', 'no such queue', 'Batch.ClientException: no such queue'],
    ['Batch.ServerException', '', 'Batch.ServerException'],
    ['Batch.ServerException', undefined, 'Batch.ServerException'],
    ['Batch.AWSBatchException', '{"JobId":"x"}', 'Batch.AWSBatchException: {"JobId":"x"}'],
    ['States.TaskFailed', 'just text', 'States.TaskFailed: just text'],
    ['States.TaskFailed', '{"JobId":"x","Attempts":[{"Cont', 'States.TaskFailed: {"JobId":"x","Attempts":[{"Cont'],
    ['States.TaskFailed', '{"a":"}"', 'States.TaskFailed: {"a":"}"'],
    ['States.TaskFailed', '', 'States.TaskFailed'],
  ])('%s with the cause %s is told as it is', async (error, cause, expected) => {
    expect((await after({ Error: error, Cause: cause })).failure).toEqual({
      error: 'Pavi.JobFailed', cause: `sequence retrieval, entries 3 to 4 (a, b): ${expected}`,
    });
  });

  test('is cut where its cause is long', async () => {
    expect((await after({ Error: 'Batch.ClientException', Cause: 'x'.repeat(32_768) })).failure.cause.length).toBeLessThan(4200);
  });

  test('with braces and quotes in its texts is read as the JSON that it is', async () => {
    const job = { JobId: 'j"{1}', StatusReason: 'a "}" b \\', Container: { ExitCode: 70, Reason: '{' } };
    expect((await failed(job)).failure.cause).toContain('exit code 70, a "}" b \\, {');
  });

  test('of any other state is passed on', async () => {
    expect(await evaluate(otherFailure(), { states: { errorOutput: { Error: 'S3.S3Exception', Cause: 'denied' } } }))
      .toEqual({ failure: { error: 'S3.S3Exception', cause: 'denied' } });
  });
});
