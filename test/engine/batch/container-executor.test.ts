import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempts, definition, LocalBatch, QUEUE, until } from './support/local-batch';
import { BatchServiceOptions } from '../../../engine/batch/batch-service';
import { ContainerEngine } from '../../../engine/batch/executor/container-engine';
import { BARE_MACHINE, containerExecutor } from '../../../engine/batch/executor/container-executor';
import { CONTAINERS_HINT, engineOutput, isDockerOfPodman, testContainers } from '../../support/containers';

const BASE = testContainers?.base ?? '';
const PROGRAM = testContainers?.engine ?? '';
// Of this run alone: another one, of another clone, may be beside it.
const TAG = randomBytes(16).toString('hex');
const URI = `account.dkr.ecr.us-east-1.amazonaws.com/assets:${TAG}`;
// PAVI_LONG_TESTS=1: some 30 seconds more.
const longTest = process.env.PAVI_LONG_TESTS === '1' ? test : test.skip;

(testContainers === undefined ? describe.skip : describe)(`jobs in containers${CONTAINERS_HINT}`, () => {
  let context: string;
  let batch: LocalBatch;
  let engine: ContainerEngine;

  beforeAll(() => {
    context = mkdtempSync(join(tmpdir(), 'pavi-context-'));
    writeFileSync(join(context, 'main.sh'), '#!/bin/sh\nexec sh -c "$@"\n', { mode: 0o755 });
    writeFileSync(join(context, 'Dockerfile'), [
      'ARG BASE=nothing', 'FROM ${BASE}', 'COPY main.sh /opt/main.sh', 'RUN mkdir -p /tmp && chmod 1777 /tmp', 'VOLUME /tmp',
      'ENV FROM_IMAGE=yes', 'USER 1000:1000', 'ENTRYPOINT ["/opt/main.sh"]',
    ].join('\n'));
    engine = new ContainerEngine({
      program: PROGRAM, product: 'pavi-pipeline', buildArgs: { BASE }, images: [{ repositoryName: 'assets', imageTag: TAG, directory: context, dockerFile: 'Dockerfile' }],
    });
  });
  beforeEach(() => { batch = local(); });
  afterEach(() => batch.remove());
  afterAll(async () => {
    await engine.run(['rmi', '-f', await engine.image(URI)]).catch(() => undefined);
    rmSync(context, { recursive: true, force: true });
  });

  function local(options: Partial<BatchServiceOptions> = {}): LocalBatch {
    return new LocalBatch({ executor: containerExecutor(engine), ...options });
  }

  function submit(script: string, more: Parameters<typeof definition>[0] = {}) {
    return batch.service.submit({
      jobName: 'job',
      queueArn: QUEUE,
      command: [script],
      definition: definition({ image: URI, memoryMiB: 128, readonlyRootFilesystem: true, mounts: [{ volume: 'scratch', path: '/tmp', readOnly: false }], ...more }),
    });
  }

  const containersOf = (jobId: string) => engineOutput(['ps', '-a', '-q', '--filter', `label=pavi-pipeline.job=${jobId}`]);
  const volumeOf = (jobId: string) => engineOutput(['inspect', '--format', '{{range .Mounts}}{{.Name}}{{end}}', containersOf(jobId)]);
  const leftOf = (...jobIds: string[]) => jobIds.map(containersOf).join('');

  test('the image is built once; its program, environment and user are what runs', async () => {
    const { ended } = submit('id -u; echo $FROM_IMAGE $AWS_BATCH_JOB_ATTEMPT $A; echo err >&2; exit 3', { environment: { A: 'a b' }, ...attempts(2) });
    const job = await ended;
    expect(job.attempts.map(({ exitCode }) => exitCode)).toEqual([3, 3]);
    expect(batch.logsOf(job)[0]).toBe('1000\nyes 1 a b\nerr\n');
    expect(leftOf(job.id)).toBe('');
  }, 300_000);

  test('another user; a root file system that is read-only, and a volume that is not', async () => {
    const job = await submit('id -u; touch /x 2>&1; touch /var/tmp/x 2>&1; touch /tmp/x && echo written', { user: '2000:2000' }).ended;
    const log = batch.logsOf(job)[0];
    expect(log).toMatch(/^2000\n/);
    expect(log.match(/Read-only file system/g)).toHaveLength(isDockerOfPodman() ? 1 : 2);
    expect(log).toMatch(/\nwritten\n$/);
  });

  test('a volume that may only be read', async () => {
    const job = await submit('touch /tmp/x 2>&1', { mounts: [{ volume: 'scratch', path: '/tmp', readOnly: true }] }).ended;
    expect(batch.logsOf(job)[0]).toMatch(/Read-only file system/);
  });

  test('the memory limit is the kernel\'s', async () => {
    const hog = 'node -e "const kept = []; for (let i = 0; i < 1000; i++) kept.push(Buffer.alloc(8388608, 1)); console.log(1)"';
    const job = await submit(hog).ended;
    expect(job.attempts).toMatchObject([{ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }]);
  });

  test('the loopback address is the machine\'s', async () => {
    const server = createServer((_request, response) => response.end('found')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const job = await submit(`node -e "fetch('http://127.0.0.1:${(server.address() as AddressInfo).port}').then((a) => a.text()).then(console.log)"`).ended;
    server.close();
    expect(batch.logsOf(job)).toEqual(['found\n']);
  });

  test('a job is stopped gently, or killed, and nothing is left', async () => {
    const running = submit('trap "echo stopping; exit 9" TERM; echo ready; while :; do sleep 0.1; done');
    await until('the start', () => batch.logOfRunning(running.job).includes('ready'));
    const volume = volumeOf(running.job.id);
    expect(engineOutput(['volume', 'inspect', '--format', '{{.Name}}', volume])).toBe(volume);
    running.terminate('enough');
    const job = await running.ended;
    expect(job).toMatchObject({ status: 'FAILED', statusReason: 'enough', attempts: [{ exitCode: 9 }] });
    expect(batch.logsOf(job)).toEqual(['ready\nstopping\n']);
    expect(engineOutput(['volume', 'inspect', '--format', '{{.Name}}', volume])).toBe('');
    batch.remove();
    batch = local({ executor: containerExecutor(engine, [], { stopGraceMs: 1000 }) });
    const timedOut = await submit('sleep 60', { timeout: 1 }).ended;
    expect(timedOut.statusReason).toBe('Job attempt duration exceeded timeout');
    expect(leftOf(job.id, timedOut.id)).toBe('');
  });

  longTest('what a killed engine left of a job is removed by the next one, and nothing of other jobs', async () => {
    const [one, other] = [`one-${TAG}`, `other-${TAG}`];
    const image = await engine.image(URI);
    for (const job of [one, other]) await leave(job, image);
    const volume = volumeOf(one);
    expect(volume).not.toBe('');
    await containerExecutor(engine).removeLeft(one);
    expect(leftOf(one)).toBe('');
    expect(engineOutput(['volume', 'ls', '--quiet', '--filter', `name=${volume}`])).toBe('');
    expect(leftOf(other)).toMatch(/^[0-9a-f]+$/);
    await containerExecutor(engine).removeLeft(other);
    expect(leftOf(other)).toBe('');
  });

  /** A container of a job, with a volume, which nobody waits for. */
  async function leave(job: string, image: string): Promise<void> {
    const name = `pavi-left-${job}`;
    const start = (bare: { engine: readonly string[]; run: readonly string[] }) => engine.run([
      ...bare.engine, 'run', '--detach', '--name', name, '--label', `pavi-pipeline.job=${job}`, '--network=host',
      '--mount', 'type=volume,destination=/tmp', ...bare.run, image, 'sleep 60',
    ]);
    try {
      await start({ engine: [], run: [] });
    } catch (error) {
      if (!engine.isPodman) throw error;
      await engine.run(['rm', '--force', name]);
      await start(BARE_MACHINE);
    }
  }

  longTest('a folder of this machine can be read where it was named, and neither written nor others read', async () => {
    const [named, other] = [isDockerOfPodman() ? 'named so' : 'named, "so"', 'other'].map((name) => join(context, name));
    for (const folder of [named, other]) {
      mkdirSync(folder);
      writeFileSync(join(folder, 'file'), 'read\n');
    }
    chmodSync(context, 0o755);
    const reading = local({ executor: containerExecutor(engine, [named]) });
    try {
      const script = `cat '${named}/file'; touch '${named}/x' 2>&1; cat '${other}/file' 2>&1`;
      const { job, ended } = reading.service.submit({ jobName: 'job', queueArn: QUEUE, command: [script], definition: definition({ image: URI, memoryMiB: 128 }) });
      await ended;
      expect(reading.logsOf(job)[0]).toMatch(/^read\n.*Read-only file system\n.*No such file or directory\n$/);
    } finally {
      reading.remove();
    }
  });

  test('what cannot be started, and what cannot be had, says so', async () => {
    writeFileSync(join(context, 'Broken.Dockerfile'), 'ARG BASE=nothing\nFROM ${BASE}\nENTRYPOINT ["/no/such/program"]\n');
    const broken = new ContainerEngine({
      program: PROGRAM, product: 'pavi-pipeline', buildArgs: { BASE }, images: [{ repositoryName: 'broken', imageTag: `broken-${TAG}`, directory: context, dockerFile: 'Broken.Dockerfile' }],
    });
    try {
      batch.remove();
      batch = local({ executor: containerExecutor(broken) });
      const notStarted = await submit('x', { image: `account/broken:broken-${TAG}` }).ended;
      expect(notStarted).toMatchObject({ status: 'FAILED', statusReason: 'Task failed to start' });
      expect(notStarted.attempts[0].reason).toMatch(isDockerOfPodman() ? /^CannotStartContainerError: ./ : /^CannotStartContainerError: .*no such (file|program)/is);
      const notPulled = await submit('x', { image: 'localhost:1/nothing:here' }).ended;
      expect(notPulled.attempts[0].reason).toMatch(new RegExp(`^CannotPullContainerError: ${PROGRAM} pull failed: `));
    } finally {
      await broken.run(['rmi', '-f', await broken.image(`account/broken:broken-${TAG}`)]).catch(() => undefined);
    }
  });
});
