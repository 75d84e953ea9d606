import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempts, definition, LocalBatch, processesWith, QUEUE, until } from './support/local-batch';
import { BatchServiceOptions } from '../../../engine/batch/batch-service';
import { Capacity } from '../../../engine/batch/capacity';
import { processExecutor } from '../../../engine/batch/executor/process-executor';
import { jobDescription } from '../../../engine/batch/job';

let batch: LocalBatch;
let scratch: string;

beforeEach(() => {
  batch = new LocalBatch();
  scratch = mkdtempSync(join(tmpdir(), 'pavi-batch-scratch-'));
});
afterEach(() => {
  batch.remove();
  rmSync(scratch, { recursive: true, force: true });
});

function withOptions(options: Partial<BatchServiceOptions>): LocalBatch {
  batch.remove();
  batch = new LocalBatch(options);
  return batch;
}

test('a job that succeeds: states, times, log', async () => {
  const before = Date.now();
  const { job, ended } = batch.submit('echo out; echo err >&2; echo end');
  expect(job.status).toBe('RUNNABLE');
  await until('the start', () => job.status === 'RUNNING' || job.status === 'SUCCEEDED');
  expect(await ended).toBe(job);
  expect(job).toMatchObject({ status: 'SUCCEEDED', statusReason: 'Essential container in task exited' });
  expect(job.attempts).toMatchObject([{ exitCode: 0, statusReason: 'Essential container in task exited', logStreamName: expect.stringMatching(/^prefix\/default\/[0-9a-f]{32}$/) }]);
  const times = [before, job.createdAt, job.startedAt!, job.attempts[0].startedAt, job.attempts[0].stoppedAt, job.stoppedAt!];
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(batch.logsOf(job)).toEqual(['out\nerr\nend\n']);
});

test.each<[string, string, object]>([
  ['an exit code', 'exit 3', { exitCode: 3, statusReason: 'Essential container in task exited' }],
  ['a signal', 'kill -KILL $$', { exitCode: 137 }],
  ['SIGTERM', 'kill -TERM $$', { exitCode: 143 }],
  ['SIGSEGV', 'kill -SEGV $$', { exitCode: 139 }],
])('a job that fails by %s', async (_name, script, end) => {
  const job = await batch.run(script);
  expect(job.status).toBe('FAILED');
  expect(job.attempts).toMatchObject([end]);
  expect(job.attempts[0].reason).toBeUndefined();
});

test('a program that is not there', async () => {
  const job = await batch.service.submit({ jobName: 'job', definition: definition({ command: ['/no/such/program'] }), queueArn: QUEUE }).ended;
  expect(job).toMatchObject({ status: 'FAILED', statusReason: 'Task failed to start' });
  expect(job.attempts).toMatchObject([{ statusReason: 'Task failed to start', reason: expect.stringMatching(/^CannotStartContainerError: .*no\/such\/program/) }]);
  expect(job.attempts[0].exitCode).toBeUndefined();
});

describe('the environment', () => {
  test('is the image\'s, the definition\'s, the submission\'s and Batch\'s, and nothing of the caller\'s', async () => {
    withOptions({
      programOf: () => ({ entryPoint: [], command: [], environment: { A: 'image', B: 'image', C: 'image', PATH: '/only/in/the/image' } }),
      environmentOf: (job) => ({ AWS_ENDPOINT_URL_S3: `http://for/${job.name}` }),
    });
    process.env.PAVI_TEST_SECRET = 'secret';
    const job = await batch.run('env', { definition: definition({ environment: { B: 'definition', C: 'definition' } }), environment: { C: 'submission' } });
    delete process.env.PAVI_TEST_SECRET;
    const [log] = batch.logsOf(job);
    const found = Object.fromEntries(log.trim().split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    expect(found).toMatchObject({
      A: 'image',
      B: 'definition',
      C: 'submission',
      PATH: process.env.PATH,
      // Set for all tests: test/support/temporary-folder.ts.
      NODE_COMPILE_CACHE: expect.stringContaining(tmpdir()),
      AWS_ENDPOINT_URL_S3: 'http://for/job',
      AWS_BATCH_JOB_ID: job.id,
      AWS_BATCH_JOB_ATTEMPT: '1',
      AWS_BATCH_JQ_NAME: 'queue',
      AWS_BATCH_CE_NAME: expect.any(String),
    });
    const known = ['A', 'B', 'C', 'PATH', 'NODE_COMPILE_CACHE', 'AWS_ENDPOINT_URL_S3', 'LANG', 'HOME', 'TMPDIR', 'PWD', 'OLDPWD', 'SHLVL', '_', 'LOCAL_BATCH_CONTAINER'];
    expect(Object.keys(found).filter((name) => !known.includes(name) && !name.startsWith('AWS_BATCH_'))).toEqual([]);
  });

  test('has a scratch folder that is empty, and gone afterwards', async () => {
    const job = await batch.run('pwd; ls -A | wc -l; test "$PWD" = "$TMPDIR" && test "$PWD" = "$HOME" && echo same; echo x > file; mkdir -p d/e');
    const [folder, count, same] = batch.logsOf(job)[0].split('\n');
    expect(count.trim()).toBe('0');
    expect(same).toBe('same');
    expect(existsSync(folder)).toBe(false);
  });

  test('parameters stand in for the Ref:: words of the command', async () => {
    const job = await batch.service.submit({
      jobName: 'job',
      definition: definition({ command: ['echo', 'Ref::a', 'Ref::b', 'Ref::none', 'xRef::a', 'Ref::constructor'], parameters: { a: 'default', b: 'default' } }),
      queueArn: QUEUE,
      parameters: { b: 'given; $HOME' },
    }).ended;
    expect(batch.logsOf(job)).toEqual(['default given; $HOME Ref::none xRef::a Ref::constructor\n']);
    expect(jobDescription(job)).toMatchObject({ Parameters: { a: 'default', b: 'given; $HOME' } });
  });
});

describe('attempts', () => {
  const failsUntil = (attempt: number) => `test $AWS_BATCH_JOB_ATTEMPT -ge ${attempt}`;

  test('are made until one succeeds', async () => {
    const job = await batch.run(failsUntil(3), { definition: definition(attempts(5)) });
    expect(job.status).toBe('SUCCEEDED');
    expect(job.attempts.map(({ exitCode }) => exitCode)).toEqual([1, 1, 0]);
    expect(new Set(job.attempts.map(({ logStreamName }) => logStreamName)).size).toBe(3);
  });

  test('come to an end', async () => {
    const job = await batch.run('exit 1', { definition: definition(attempts(3)) });
    expect(job.status).toBe('FAILED');
    expect(job.attempts).toHaveLength(3);
  });

  test('obey the rules, and the submission\'s take the place of the definition\'s', async () => {
    const exitOnTwo = attempts(3, { Action: 'RETRY', OnExitCode: '1' }, { Action: 'EXIT', OnReason: '*' });
    expect((await batch.run('exit $((AWS_BATCH_JOB_ATTEMPT))', { definition: definition(exitOnTwo) })).attempts).toHaveLength(2);
    expect((await batch.run('exit 2', { definition: definition(exitOnTwo), retry: { attempts: 2, rules: [] } })).attempts).toHaveLength(2);
  });
});

describe('time limits', () => {
  test('of an attempt: it is stopped, and not tried again', async () => {
    const job = await batch.run('echo started; sleep 60', { definition: definition({ ...attempts(3), timeout: 0.3 }) });
    expect(job).toMatchObject({ status: 'FAILED', statusReason: 'Job attempt duration exceeded timeout' });
    expect(job.attempts).toMatchObject([{ exitCode: 143, statusReason: 'Job attempt duration exceeded timeout' }]);
  });

  test('of the submission take the place of the definition\'s', async () => {
    expect((await batch.run('sleep 60', { definition: definition({ timeout: 3600 }), timeout: 0.2 })).statusReason).toMatch(/timeout/);
  });

  test('do not count the time before the start', async () => {
    withOptions({ capacity: new Capacity({ vcpus: 1, memoryMiB: 1024 }) });
    // The limit is long for a job that does nothing, on however slow a machine, and over before that one starts.
    const first = batch.submit('sleep 2.2');
    const second = batch.submit('true', { definition: definition({ timeout: 2 }) });
    expect((await first.ended).status).toBe('SUCCEEDED');
    expect((await second.ended).status).toBe('SUCCEEDED');
  });
});

describe('the machine', () => {
  test('never runs more jobs at once than it has room for', async () => {
    withOptions({ capacity: new Capacity({ vcpus: 2, memoryMiB: 1024 }) });
    const file = join(scratch, 'running');
    // Until a second one runs, none goes on.
    const script = `echo + >> ${file}; until [ $(grep -c + ${file}) -ge 2 ]; do sleep 0.02; done; sleep 0.05; echo - >> ${file}`;
    const jobs = await Promise.all(Array.from({ length: 8 }, () => batch.run(script, { vcpus: 0.25 })));
    expect(jobs.every(({ status }) => status === 'SUCCEEDED')).toBe(true);
    let running = 0;
    const seen = readFileSync(file, 'utf8').trim().split('\n').map((line) => { running += line === '+' ? 1 : -1; return running; });
    expect(Math.max(...seen)).toBe(2);
  });

  test('refuses what it never could hold, by name and at once', async () => {
    const job = await batch.run('true', { memoryMiB: 8192 });
    expect(job.status).toBe('FAILED');
    expect(job.statusReason).toBe('MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - the job wants 1 vCPU and 8192 MiB, and this machine has 4 vCPU and 4096 MiB');
    expect(job.attempts).toEqual([]);
    expect((await batch.run('true', { vcpus: 8 })).statusReason).toMatch(/8 vCPU/);
  });
});

describe('terminating', () => {
  test('a job that waits: it never starts', async () => {
    withOptions({ capacity: new Capacity({ vcpus: 1, memoryMiB: 1024 }) });
    const first = batch.submit('sleep 30');
    const second = batch.submit('true');
    second.terminate('no longer wanted');
    expect(await second.ended).toMatchObject({ status: 'FAILED', statusReason: 'no longer wanted', attempts: [] });
    first.terminate('nor this');
    expect(await first.ended).toMatchObject({ status: 'FAILED', statusReason: 'nor this' });
  });

  test('a job that runs: gently first, and not again', async () => {
    const file = join(scratch, 'ready');
    const running = batch.submit(`trap 'echo stopping; exit 9' TERM; touch ${file}; while :; do sleep 0.05; done`, { definition: definition(attempts(3)) });
    await until('the trap', () => existsSync(file));
    running.terminate('enough');
    const job = await running.ended;
    expect(job).toMatchObject({ status: 'FAILED', statusReason: 'enough' });
    expect(job.attempts).toMatchObject([{ exitCode: 9, statusReason: 'enough' }]);
    expect(batch.logsOf(job)).toEqual(['stopping\n']);
  });

  test('a job that does not listen is killed after a while', async () => {
    withOptions({ executor: processExecutor(() => ({ entryPoint: [], command: [], environment: {} }), { stopGraceMs: 300 }) });
    const file = join(scratch, 'ready');
    const running = batch.submit(`trap '' TERM; touch ${file}; while :; do sleep 0.05; done`);
    await until('the trap', () => existsSync(file));
    const stopped = Date.now();
    running.terminate('enough');
    expect((await running.ended).attempts).toMatchObject([{ exitCode: 137 }]);
    // A timer may be early by a fraction of a millisecond.
    expect(Date.now() - stopped).toBeGreaterThanOrEqual(299);
  });

  test('by id; what is not known is left alone', async () => {
    const running = batch.submit('sleep 30');
    batch.service.terminateJob('nobody', 'x');
    batch.service.terminateJob(running.job.id, 'by id');
    expect(await running.ended).toMatchObject({ statusReason: 'by id' });
    expect(batch.service.describeJobs([running.job.id, 'nobody'])).toMatchObject([
      { Status: 'FAILED', StatusReason: 'by id', IsTerminated: true, IsCancelled: false },
    ]);
    batch.service.terminateJob(running.job.id, 'again');
    expect(running.job.statusReason).toBe('by id');
  });

  test('cancelling ends a job that waits, and leaves alone one that has started', async () => {
    withOptions({ capacity: new Capacity({ vcpus: 1, memoryMiB: 1024 }) });
    const file = join(scratch, 'go-on');
    const first = batch.submit(`until [ -e ${file} ]; do sleep 0.02; done`);
    const second = batch.submit('true');
    await until('the start', () => first.job.status === 'RUNNING');
    batch.service.cancelJob(first.job.id, 'too late');
    batch.service.cancelJob(second.job.id, 'in time');
    batch.service.cancelJob('nobody', 'x');
    expect(await second.ended).toMatchObject({ status: 'FAILED', statusReason: 'in time', attempts: [], isCancelled: true });
    writeFileSync(file, '');
    expect(await first.ended).toMatchObject({ status: 'SUCCEEDED', isCancelled: false });
  });
});

test('the states that a job goes through, each told once, and the log stream from the start on', async () => {
  const told: object[] = [];
  withOptions({ onStatus: (job) => told.push([job.status, job.attempts.length, (jobDescription(job).Container as any).LogStreamName]) });
  const { job, ended } = batch.submit('test $AWS_BATCH_JOB_ATTEMPT = 2', { definition: definition(attempts(2)) });
  await ended;
  const [first, second] = job.attempts.map(({ logStreamName }) => logStreamName);
  expect(told).toEqual([
    ['SUBMITTED', 0, undefined], ['RUNNABLE', 0, undefined], ['STARTING', 0, undefined], ['RUNNING', 0, first],
    ['RUNNABLE', 1, first], ['STARTING', 1, first], ['RUNNING', 1, second], ['SUCCEEDED', 2, second],
  ]);
});

describe('what a job starts ends with it', () => {
  // The number tells these processes from all others.
  const mark = () => `${600 + Math.floor(Math.random() * 1e6)}.5`;

  test.each<[string, (seconds: string) => string]>([
    ['in the background', (seconds) => `sleep ${seconds} & echo started`],
    ['in a group of its own', (seconds) => `setsid --fork sh -c 'sleep ${seconds}' & sleep 0.2; echo started`],
    ['in a session of its own, without its parent', (seconds) => `(setsid sh -c 'trap "" HUP TERM; sleep ${seconds}' >/dev/null 2>&1 &) ; sleep 0.2; echo started`],
  ])('%s', async (_name, script) => {
    const seconds = mark();
    const job = await batch.run(script(seconds));
    expect(job.status).toBe('SUCCEEDED');
    expect(batch.logsOf(job)).toEqual(['started\n']);
    await until('the end of all', () => processesWith(seconds).length === 0);
  });

  test('also when it is killed', async () => {
    const seconds = mark();
    const running = batch.submit(`sleep ${seconds} & wait`);
    await until('the start', () => processesWith(seconds).length > 1);
    running.terminate('enough');
    await running.ended;
    await until('the end of all', () => processesWith(seconds).length === 0);
  });
});

describe('the memory limit', () => {
  /** Takes 8 MiB at a time, as fast as it can, touches all of it, and keeps it for so many seconds: it must not end before somebody looks. */
  const hog = join(tmpdir(), `pavi-memory-hog-${process.pid}.cjs`);
  beforeAll(() => writeFileSync(hog, [
    'const kept = [];',
    'const [limit, pause, seconds] = process.argv.slice(2).map(Number);',
    'function more() {',
    '  for (let i = 0; i < (pause > 0 ? 1 : 1e9) && kept.length * 8 < limit; i++) kept.push(Buffer.alloc(8 * 1024 * 1024, 1));',
    '  if (kept.length * 8 < limit) setTimeout(more, pause); else setTimeout(() => console.log("had", limit), seconds * 1000);',
    '}',
    'more();',
  ].join('\n')));
  afterAll(() => rmSync(hog, { force: true }));

  const run = (limitMiB: number, megabytes: number, pause: number, seconds: number) =>
    batch.run(`exec ${process.execPath} ${hog} ${megabytes} ${pause} ${seconds}`, { memoryMiB: limitMiB });

  test.each([['slowly', 10], ['fast', 0]])('is enforced where memory is taken %s', async (_name, pause) => {
    const job = await run(200, 1000, pause, 60);
    expect(job.status).toBe('FAILED');
    expect(job.attempts).toMatchObject([{ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage', statusReason: 'Essential container in task exited' }]);
    expect(batch.logsOf(job)).toEqual(['']);
  });

  test('is of the job, with all that it starts', async () => {
    const job = await batch.run(`${process.execPath} ${hog} 120 0 60 & ${process.execPath} ${hog} 120 0 60 & wait`, { memoryMiB: 200 });
    expect(job.attempts).toMatchObject([{ exitCode: 137, reason: expect.stringContaining('OutOfMemoryError') }]);
  });

  test('lets pass what stays below', async () => {
    expect((await run(400, 200, 0, 0.3)).status).toBe('SUCCEEDED');
  });

  test('a process that the machine itself killed is not said to have exceeded its limit', async () => {
    expect((await batch.run('kill -KILL $$')).attempts[0]).not.toHaveProperty('reason');
  });
});

describe('dependencies', () => {
  test('a job waits for those that it depends on', async () => {
    const file = join(scratch, 'made');
    const first = batch.submit(`sleep 0.3; touch ${file}`);
    const second = batch.submit(`test -e ${file}`, { dependsOn: [first.job.id] });
    expect(second.job.status).toBe('PENDING');
    expect((await second.ended).status).toBe('SUCCEEDED');
    expect(jobDescription(second.job)).toMatchObject({ DependsOn: [{ JobId: first.job.id }] });
  });

  test('and fails with them, or when it is terminated', async () => {
    const first = batch.submit('sleep 0.2; exit 1');
    const second = batch.submit('true', { dependsOn: [first.job.id] });
    const third = batch.submit('true', { dependsOn: [second.job.id] });
    const fourth = batch.submit('true', { dependsOn: [first.job.id] });
    fourth.terminate('enough');
    expect(await fourth.ended).toMatchObject({ status: 'FAILED', statusReason: 'enough' });
    expect(await third.ended).toMatchObject({ status: 'FAILED', statusReason: 'Dependent Job failed', attempts: [] });
    expect(() => batch.submit('true', { dependsOn: ['nobody'] })).toThrow('Job dependency nobody does not exist');
  });
});

test('the description that Step Functions gives', async () => {
  const job = await batch.run('exit 1', {
    definition: definition({ jobRoleArn: 'arn:aws:iam::000000000000:role/R', environment: { A: '1' }, platformCapabilities: ['FARGATE'], timeout: 60, ...attempts(2, { Action: 'EXIT', OnExitCode: '1' }) }),
    tags: { Product: 'PAVI' },
    propagateTags: true,
  });
  const [{ startedAt, stoppedAt, logStreamName }] = job.attempts;
  expect(jobDescription(job)).toEqual({
    Attempts: [{
      Container: { ExitCode: 1, LogStreamName: logStreamName, NetworkInterfaces: [] },
      StartedAt: startedAt,
      StatusReason: 'Essential container in task exited',
      StoppedAt: stoppedAt,
    }],
    Container: {
      Command: ['sh', '-c', 'exit 1'],
      Environment: [{ Name: 'A', Value: '1' }],
      ExitCode: 1,
      Image: 'image',
      JobRoleArn: 'arn:aws:iam::000000000000:role/R',
      LogStreamName: logStreamName,
      NetworkInterfaces: [],
      ResourceRequirements: [{ Type: 'MEMORY', Value: '256' }, { Type: 'VCPU', Value: '1' }],
    },
    CreatedAt: job.createdAt,
    DependsOn: [],
    IsCancelled: false,
    IsTerminated: false,
    JobArn: `arn:aws:batch:us-east-1:000000000000:job/${job.id}`,
    JobDefinition: 'arn:aws:batch:us-east-1:000000000000:job-definition/definition:1',
    JobId: job.id,
    JobName: 'job',
    JobQueue: QUEUE,
    Parameters: {},
    PlatformCapabilities: ['FARGATE'],
    PropagateTags: true,
    RetryStrategy: { Attempts: 2, EvaluateOnExit: [{ Action: 'EXIT', OnExitCode: '1' }] },
    StartedAt: job.startedAt,
    Status: 'FAILED',
    StatusReason: 'Essential container in task exited',
    StoppedAt: job.stoppedAt,
    Tags: { Product: 'PAVI' },
    Timeout: { AttemptDurationSeconds: 60 },
  });
});
