import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { TaskContext } from '../../../engine/asl/visit/task-integration';
import { parseFaults } from '../../../engine/faults/fault-plan';
import { integrations } from '../../../engine/integrations/find-integration';
import { attempts, definition, LocalBatch, QUEUE } from '../batch/support/local-batch';
import { BUCKET, failureOf, LocalS3 } from '../s3/support/local-s3';

async function run(faults: string[], script: string, more: Parameters<LocalBatch['submit']>[1] = {}) {
  const batch = new LocalBatch({ faults: parseFaults(faults) });
  try {
    return await batch.run(script, more);
  } finally {
    batch.remove();
  }
}

const AGAIN_ON_LOST_HOSTS = definition(attempts(3, { Action: 'RETRY', OnStatusReason: 'Host EC2*' }, { Action: 'RETRY', OnStatusReason: 'Your Spot Task was interrupted*' },
  { Action: 'EXIT', OnReason: '*' }));

test.each<[string, object]>([
  ['job-killed', { exitCode: 137, statusReason: 'Essential container in task exited' }],
  ['out-of-memory', { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage', statusReason: 'Essential container in task exited' }],
])('%s: the job fails, and is not tried again', async (fault, end) => {
  const job = await run([fault], 'sleep 60', { definition: AGAIN_ON_LOST_HOSTS });
  expect(job.status).toBe('FAILED');
  expect(job.attempts).toMatchObject([end]);
});

test.each<[string, string, object]>([
  ['host-lost', 'sleep 60', { statusReason: expect.stringMatching(/^Host EC2 \(instance i-0[0-9a-f]{16}\) terminated\.$/) }],
  ['spot-interruption', 'trap "exit 143" TERM; while :; do sleep 0.02; done', { exitCode: 143, statusReason: 'Your Spot Task was interrupted.' }],
])('%s: the job is tried again, as its definition says', async (fault, script, end) => {
  const job = await run([fault], `test $AWS_BATCH_JOB_ATTEMPT = 2 || { ${script}; }`, { definition: AGAIN_ON_LOST_HOSTS });
  expect(job.status).toBe('SUCCEEDED');
  expect(job.attempts).toMatchObject([end, { exitCode: 0 }]);
  for (const known of ['exitCode', 'reason']) if (fault === 'host-lost') expect(job.attempts[0]).not.toHaveProperty(known);
});

test('the same seed gives jobs that run side by side the same ends, and another seed others', async () => {
  const ends = async (seed: number) => {
    const batch = new LocalBatch({ faults: parseFaults(['job-killed:attempt=all,rate=0.4,after=0', 'slow-start:rate=0.3,seconds=0.05'], seed) });
    try {
      const jobs = Array.from({ length: 12 }, (_, index) => batch.submit('sleep 0.4', { jobName: `job-${index}`, definition: definition(attempts(3)) }));
      const ended = await Promise.all(jobs.map((job) => job.ended));
      return ended.map((job) => [job.name, job.status, ...job.attempts.map(({ exitCode }) => exitCode)]);
    } finally {
      batch.remove();
    }
  };
  const first = await ends(3);
  expect(await ends(3)).toEqual(first);
  expect(new Set(first.map(([, , ...codes]) => codes.join())).size).toBeGreaterThan(1);
  expect(await ends(4)).not.toEqual(first);
});

test('a fault that comes after the end has done nothing', async () => {
  expect(await run(['job-killed:after=30'], 'true')).toMatchObject({ status: 'SUCCEEDED' });
});

test('slow-start: the job waits before it starts, and its time limit does not count it', async () => {
  // The limit is long for a job that does nothing, on however slow a machine.
  const job = await run(['slow-start:seconds=2.2'], 'true', { timeout: 2 });
  expect(job.status).toBe('SUCCEEDED');
  expect(job.startedAt! - job.createdAt).toBeGreaterThanOrEqual(2190);
});

test('a job that is terminated while it starts slowly never runs', async () => {
  const batch = new LocalBatch({ faults: parseFaults(['slow-start:seconds=60']) });
  const running = batch.submit('true');
  setTimeout(() => running.terminate('enough'), 50);
  expect(await running.ended).toMatchObject({ status: 'FAILED', statusReason: 'enough' });
  batch.remove();
});

test('batch-throttle: the call fails as Step Functions says it, and succeeds when it is made again', async () => {
  const batch = new LocalBatch({ faults: parseFaults(['batch-throttle', 'batch-throttle:operation=DescribeJobs']) });
  const find = integrations({
    batch: batch.service,
    definitions: new Map([['definition', definition({ command: ['true'] })]]),
    queueArns: new Set([QUEUE]),
    queuePolicies: new Map(),
    principal: { arn: 'arn:aws:iam::000000000000:root' },
    s3: undefined as never,
    tables: undefined as never,
  });
  const context = { signal: new AbortController().signal, record: () => undefined } as unknown as TaskContext;
  const call = (name: string, args: Record<string, unknown>) => find(`arn:aws:states:::${name}`, 'State')!(args, context);
  const submit = () => call('batch:submitJob.sync', { JobName: 'job', JobDefinition: 'definition', JobQueue: QUEUE });
  await expect(submit()).rejects.toMatchObject({
    errorName: 'Batch.AWSBatchException',
    errorCause: expect.stringMatching(/^Too Many Requests \(Service: AWSBatch; Status Code: 429; Error Code: TooManyRequestsException; /),
  });
  const { JobId } = await submit() as { JobId: string };
  const describeJobs = () => call('aws-sdk:batch:describeJobs', { Jobs: [JobId] });
  await expect(describeJobs()).rejects.toMatchObject({ errorName: 'Batch.BatchException', errorCause: expect.stringContaining('429') });
  expect(await describeJobs()).toMatchObject({ Jobs: [{ JobId, Status: 'SUCCEEDED' }] });
  batch.remove();
});

test('s3-error: clients see it, and get over it when they try again; the engine itself is spared', async () => {
  const plan = parseFaults(['s3-error:operation=GetObject,code=SlowDown,count=2', 's3-error:operation=GetObject,code=reset']);
  const s3 = await LocalS3.start({ fault: (request) => plan.ofS3Request(request) });
  try {
    await s3.owner().send(new PutObjectCommand({ Bucket: BUCKET, Key: 'key', Body: 'x'.repeat(100_000) }));
    const own = await s3.owner().send(new GetObjectCommand({ Bucket: BUCKET, Key: 'key' }));
    expect(await own.Body!.transformToString()).toHaveLength(100_000);
    const statements = [{ Effect: 'Allow' as const, Action: 's3:*', Resource: '*' }];
    // While it makes a checksum the client also tells of a connection's end by an event, before anybody can listen.
    const get = (maxAttempts: number) => s3.role(statements, { maxAttempts, responseChecksumValidation: 'WHEN_REQUIRED' })
      .send(new GetObjectCommand({ Bucket: BUCKET, Key: 'key' }));
    expect(await failureOf(get(1))).toMatchObject({ code: 'SlowDown', status: 503 });
    const broken = await get(2);
    await expect(broken.Body!.transformToString()).rejects.toThrow();
    expect(await (await get(1)).Body!.transformToString()).toHaveLength(100_000);
  } finally {
    await s3.stop();
  }
});
