import { existsSync } from 'node:fs';
import { attempts, LocalBatch, processesWith, QUEUE, task, until } from './support/local-batch';
import { Capacity } from '../../../engine/batch/capacity';
import type { ContainerDefinition } from '../../../engine/batch/definition/container-definition';
import { jobDescription } from '../../../engine/batch/job';
import type { SubmitJob } from '../../../engine/batch/submission';
import { parseFaults } from '../../../engine/faults/fault-plan';

let batch: LocalBatch;

beforeEach(() => { batch = new LocalBatch(); });
afterEach(() => batch.remove());

type Containers = Readonly<Record<string, Partial<ContainerDefinition>>>;

function submit(scripts: Record<string, string>, containers: Containers = {}, more: Partial<SubmitJob> & Partial<Pick<SubmitJob['definition'], 'retry'>> = {}) {
  const definition = { ...task(scripts, containers), ...more.retry === undefined ? {} : { retry: more.retry } };
  return batch.service.submit({ jobName: 'job', definition, queueArn: QUEUE, ...more });
}

const after = (container: string, condition: 'START' | 'COMPLETE' | 'SUCCESS') => ({ dependsOn: [{ container, condition }] });
const ends = (job: { attempts: readonly { containers: readonly object[] }[] }) => job.attempts.at(-1)!.containers;

/** The idiom of staging: files in, a program over them, files out. */
const STAGED: Containers = {
  in: { essential: false, mounts: [{ volume: 'v', path: '/scratch', readOnly: false }] },
  main: { essential: false, ...after('in', 'SUCCESS'), mounts: [{ volume: 'v', path: '/work', readOnly: false }] },
  out: { ...after('main', 'SUCCESS'), mounts: [{ volume: 'v', path: '/scratch', readOnly: false }] },
};

test('containers wait for each other and share a volume, each at its own path; nothing of it is left', async () => {
  const { ended } = submit({ out: 'cat /scratch/b', main: 'tr a-z A-Z < /work/a > /work/b; cd /work; pwd -P', in: 'sleep 0.1; echo text > /scratch/a' }, STAGED);
  const job = await ended;
  expect(job).toMatchObject({ status: 'SUCCEEDED', statusReason: 'Essential container in task exited', attempts: [{ exitCode: 0 }] });
  const { main, ...others } = batch.logsOfContainers(job);
  expect(others).toEqual({ in: '', out: 'TEXT\n' });
  const streams = job.attempts[0].containers.map(({ logStreamName }) => logStreamName);
  expect(streams).toEqual([/^prefix\/out\/([0-9a-f]{32})$/, /^prefix\/main\//, /^prefix\/in\//].map((pattern) => expect.stringMatching(pattern)));
  expect(new Set(streams.map((stream) => stream.split('/').at(-1))).size).toBe(1);
  // The folder that stood in for the volume.
  expect(main).toMatch(/^\/.*pavi-volume-\S+\n$/);
  expect(existsSync(main.trim())).toBe(false);
});

test('what waits for the success of one that failed never starts, and the job fails with it', async () => {
  const job = await submit({ in: 'echo "no input" >&2; exit 65', main: 'echo main', out: 'echo out' }, STAGED).ended;
  expect(job).toMatchObject({ status: 'FAILED', statusReason: 'Essential container in task exited' });
  expect(ends(job)).toMatchObject([
    { exitCode: 65 },
    { exitCode: 143, reason: 'CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [in] for target [main] as dependency did not exit successfully' },
    { exitCode: 143, reason: 'CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [main] for target [out] because dependency will never start' },
  ]);
  expect(batch.logsOfContainers(job)).toEqual({ in: 'no input\n', main: '', out: '' });
});

test('what waits for the end alone starts whatever the end was', async () => {
  const job = await submit({ first: 'exit 3', main: 'echo main' }, { first: { essential: false }, main: after('first', 'COMPLETE') }).ended;
  expect(job.status).toBe('SUCCEEDED');
  expect(ends(job)).toMatchObject([{ exitCode: 3 }, { exitCode: 0 }]);
});

test('what waits for a start runs beside it, and is stopped when an essential one ends', async () => {
  const job = await submit({
    main: 'until test -e /shared/ready; do sleep 0.02; done',
    side: 'trap "echo stopped; exit 0" TERM; touch /shared/ready; while :; do sleep 0.02; done',
  }, {
    main: { ...after('side', 'START'), mounts: [{ volume: 'v', path: '/shared', readOnly: false }] },
    side: { essential: false, mounts: [{ volume: 'v', path: '/shared', readOnly: false }] },
  }).ended;
  expect(job.status).toBe('SUCCEEDED');
  expect(batch.logsOfContainers(job)).toEqual({ main: '', side: 'stopped\n' });
});

test('the essential container that ends first decides, and the others are stopped', async () => {
  const job = await submit({ slow: 'exec sleep 60', quick: 'exit 4' }).ended;
  expect(job).toMatchObject({ status: 'FAILED', attempts: [{ exitCode: 4, logStreamName: expect.stringContaining('prefix/quick/') }] });
  expect(ends(job)).toMatchObject([{ exitCode: 143 }, { exitCode: 4 }]);
});

test('the failure of one that is not essential changes nothing', async () => {
  const job = await submit({ main: 'sleep 0.3; echo done', side: 'exit 1' }, { side: { essential: false } }).ended;
  expect(job.status).toBe('SUCCEEDED');
  expect(batch.logsOfContainers(job).main).toBe('done\n');
});

test('what one container leaves running ends with it, and nothing of the others does', async () => {
  const seconds = `${600 + Math.floor(Math.random() * 1e6)}.5`;
  const job = await submit({
    // The shell becomes the program that it executes, unless somebody ended it before.
    main: 'args() { ps -o args= -p $(cat /shared/pid); }; until test -s /shared/pid; do sleep 0.02; done; while args | grep -q "^sh "; do sleep 0.02; done; args',
    first: `(setsid sleep ${seconds} >/dev/null 2>&1 &); sleep 0.1`,
    side: 'echo $$ > /shared/pid; exec sleep 60',
  }, {
    main: { ...after('first', 'COMPLETE'), mounts: [{ volume: 'v', path: '/shared', readOnly: false }] },
    first: { essential: false },
    side: { essential: false, mounts: [{ volume: 'v', path: '/shared', readOnly: false }] },
  }).ended;
  expect(batch.logsOfContainers(job).main).toBe('sleep 60\n');
  await until('the end of all', () => processesWith(seconds).length === 0);
});

test('a program that is not there', async () => {
  const job = await submit({ main: 'true' }, { main: { command: ['/no/such/program'] } }).ended;
  expect(job).toMatchObject({ status: 'FAILED', statusReason: 'Task failed to start' });
  expect(ends(job)).toMatchObject([{ reason: expect.stringMatching(/^CannotStartContainerError: /) }]);
});

test('a dependency that takes longer than its startTimeout', async () => {
  const job = await submit({ first: 'sleep 60', main: 'true' }, { first: { essential: false, startTimeout: 0.2 }, main: after('first', 'SUCCESS') }).ended;
  expect(job.status).toBe('FAILED');
  expect(ends(job)).toMatchObject([{ exitCode: 143 }, { exitCode: 143, reason: expect.stringMatching(/has timed out$/) }]);
});

test('its stopTimeout is what a container has between SIGTERM and SIGKILL', async () => {
  const shared = { mounts: [{ volume: 'v', path: '/shared', readOnly: false }] };
  const job = await submit({
    main: 'until test -e /shared/ready; do sleep 0.02; done', side: 'trap "" TERM; touch /shared/ready; while :; do sleep 0.02; done',
  }, { main: shared, side: { essential: false, stopTimeout: 0.1, ...shared } }).ended;
  expect(ends(job)).toMatchObject([{ exitCode: 0 }, { exitCode: 137 }]);
});

test('the memory limit is each container\'s own', async () => {
  // It keeps what it takes, so that it cannot end before somebody looks.
  const hog = `exec ${process.execPath} -e 'const k = []; for (let i = 0; i < 100; i++) k.push(Buffer.alloc(8388608, 1)); setTimeout(() => k, 60000)'`;
  const limits: Containers = { main: { memoryMiB: 2048, ...after('side', 'SUCCESS') }, side: { essential: false, memoryMiB: 150 } };
  const job = await submit({ main: 'true', side: hog }, limits).ended;
  expect(job.status).toBe('FAILED');
  expect(ends(job)).toMatchObject([{ exitCode: 143 }, { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }]);
});

test('the job takes what its containers need together', async () => {
  batch.remove();
  batch = new LocalBatch({ capacity: new Capacity({ vcpus: 1, memoryMiB: 500 }) });
  expect((await submit({ a: 'true', b: 'true' }).ended).statusReason)
    .toBe('MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - the job wants 2 vCPU and 512 MiB, and this machine has 1 vCPU and 500 MiB');
});

test('overrides by name, parameters in every command', async () => {
  const { ended } = submit({ a: 'echo $X', b: 'echo $X $0' }, { a: { environment: { X: 'of the definition' }, essential: false }, b: after('a', 'COMPLETE') }, {
    containers: { a: { environment: { X: 'overridden' } }, b: { command: ['sh', '-c', 'echo $0', 'Ref::p'], memoryMiB: 300, vcpus: 0.5 } }, parameters: { p: 'given' },
  });
  const job = await ended;
  expect(batch.logsOfContainers(job)).toEqual({ a: 'overridden\n', b: 'given\n' });
  expect(job.containers[1]).toMatchObject({ memoryMiB: 300, vcpus: 0.5 });
});

test('attempts: the rules look at any container that failed', async () => {
  const { retry } = attempts(3, { Action: 'EXIT', OnExitCode: '65' }) as { retry: SubmitJob['definition']['retry'] };
  expect((await submit({ in: 'exit 65', main: '', out: '' }, STAGED, { retry }).ended).attempts).toHaveLength(1);
  expect((await submit({ in: 'exit 1', main: '', out: '' }, STAGED, { retry }).ended).attempts).toHaveLength(3);
});

test('terminating stops all, and what has not started has no exit code', async () => {
  const seconds = `${600 + Math.floor(Math.random() * 1e6)}.5`;
  const running = submit({ in: `exec sleep ${seconds}`, main: '', out: '' }, STAGED);
  await until('the start', () => processesWith(seconds).length > 0);
  running.terminate('enough');
  const job = await running.ended;
  expect(job).toMatchObject({ status: 'FAILED', statusReason: 'enough' });
  const logStreamName = expect.anything();
  expect(ends(job)).toEqual([{ exitCode: 143, logStreamName }, { logStreamName }, { logStreamName }]);
});

test('a time limit is of the whole attempt', async () => {
  const job = await submit({ in: 'exec sleep 60', main: '', out: '' }, STAGED, { timeout: 0.2 }).ended;
  expect(job).toMatchObject({ status: 'FAILED', statusReason: 'Job attempt duration exceeded timeout' });
});

test.each<[string, object]>([
  ['out-of-memory', { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
  ['job-killed', { exitCode: 137 }],
  ['host-lost', {}],
])('the fault %s is of the container that runs', async (fault, end) => {
  batch.remove();
  // By then the first has ended, on however slow a machine.
  batch = new LocalBatch({ faults: parseFaults([`${fault}:after=2`]) });
  const job = await submit({ in: 'true', main: 'exec sleep 60', out: '' }, STAGED).ended;
  expect(job.status).toBe('FAILED');
  expect(ends(job)[1]).toMatchObject(end);
  if (fault !== 'host-lost') return;
  expect(job.statusReason).toMatch(/^Host EC2 \(instance i-0[0-9a-f]{16}\) terminated\.$/);
  for (const told of ends(job)) expect(told).toEqual({ logStreamName: expect.anything() });
});

test('the description that Step Functions gives', async () => {
  const definition = { ...task({ in: 'true', main: 'exit 3' }, { in: { essential: false }, main: after('in', 'SUCCESS') }), jobRoleArn: 'arn:aws:iam::000000000000:role/R' };
  const job = await batch.service.submit({ jobName: 'job', definition, queueArn: QUEUE }).ended;
  const description = jobDescription(job);
  const ended = (name: string, index: number, ExitCode: number) =>
    ({ Name: name, ExitCode, LogStreamName: job.attempts[0].containers[index].logStreamName, NetworkInterfaces: [] });
  expect(description.Container).toEqual({});
  expect(description.Attempts).toEqual([{
    TaskProperties: [{ Containers: [ended('in', 0, 0), ended('main', 1, 3)] }],
    StartedAt: job.attempts[0].startedAt,
    StatusReason: 'Essential container in task exited',
    StoppedAt: job.attempts[0].stoppedAt,
  }]);
  const detail = {
    Image: 'image', Environment: [], ResourceRequirements: [{ Type: 'MEMORY', Value: '256' }, { Type: 'VCPU', Value: '1' }],
  };
  expect(description.EcsProperties).toEqual({
    TaskProperties: [{
      Containers: [
        { ...ended('in', 0, 0), ...detail, Command: ['sh', '-c', 'true'], Essential: false, DependsOn: [] },
        { ...ended('main', 1, 3), ...detail, Command: ['sh', '-c', 'exit 3'], Essential: true, DependsOn: [{ ContainerName: 'in', Condition: 'SUCCESS' }] },
      ],
      TaskRoleArn: 'arn:aws:iam::000000000000:role/R',
    }],
  });
});
