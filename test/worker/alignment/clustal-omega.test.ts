import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ErrorName } from '../../../src/contract/error-names';
import { ExitCode } from '../../../src/contract/exit-codes';
import { runClustalOmega } from '../../../worker/alignment/clustal-omega';
import { log } from '../../../worker/log';
import { fakeClustalo, isAlive } from '../support/fake-clustalo';

jest.mock('../../../worker/log');

const PATH = process.env.PATH;
let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'pavi-clustalo-')); });
afterEach(() => {
  process.env.PATH = PATH;
  rmSync(root, { recursive: true, force: true });
});

const run = (options: Partial<Parameters<typeof runClustalOmega>[0]> = {}) => runClustalOmega({
  input: join(root, 'in.fa'), output: join(root, 'out.aln'), threads: 1, signal: new AbortController().signal, ...options,
});
const failureOf = (work: Promise<unknown>) => work.then(() => { throw new Error('it did not fail'); }, (error) => error);

test('is started with the contract\'s arguments, its threads, threads that do not spin, and memory that it keeps', async () => {
  process.env.PATH = fakeClustalo(root, `echo "$@" > ${root}/args; echo "$OMP_WAIT_POLICY $OMP_NUM_THREADS $MALLOC_TRIM_THRESHOLD_" > ${root}/environment`);
  await run({ threads: 3 });
  expect(readFileSync(join(root, 'args'), 'utf8').trim()).toBe(`-i ${root}/in.fa --outfmt=clustal --resno -o ${root}/out.aln --threads=3`);
  expect(readFileSync(join(root, 'environment'), 'utf8').trim()).toBe('passive 3 268435456');
});

test('its exit code and what it wrote are part of the error', async () => {
  process.env.PATH = fakeClustalo(root, 'echo "FATAL: something about line 3" >&2; exit 5');
  expect(await failureOf(run())).toMatchObject({
    errorName: ErrorName.ALIGNMENT_FAILED,
    exitCode: ExitCode.BAD_INPUT,
    message: 'Clustal Omega failed (exit code 5): FATAL: something about line 3',
    found: 'exit code 5',
  });
});

test('of a flood of messages the last part is kept', async () => {
  process.env.PATH = fakeClustalo(root, 'i=0; while [ $i -lt 3000 ]; do echo "line $i of many" >&2; i=$((i+1)); done; exit 1');
  const { message } = await failureOf(run());
  expect(message.length).toBeLessThan(4100);
  expect(message).toMatch(/line 2999 of many$/);
});

test('the real one says what is wrong with its input', async () => {
  writeFileSync(join(root, 'in.fa'), '>a\nMKV\n');
  const error = await failureOf(run());
  expect(error.message).toMatch(/^Clustal Omega failed \(exit code 1\): .*contains 1 sequence, nothing to align/);
});

test('killed by the kernel, its job asks for more memory', async () => {
  process.env.PATH = fakeClustalo(root, 'kill -KILL $$');
  expect(await failureOf(run())).toMatchObject({ exitCode: ExitCode.OUT_OF_MEMORY, message: expect.stringContaining('SIGKILL') });
});

test('not installed is told with the cure', async () => {
  process.env.PATH = root;
  expect((await failureOf(run())).message).toBe('clustalo is not installed, or not on the PATH; on Debian: apt-get install clustalo');
});

test('tells of its progress and its memory while it runs', async () => {
  // It runs until both have been told.
  process.env.PATH = fakeClustalo(root, `until [ -e ${root}/told ]; do sleep 0.05; done`);
  const memory: number[] = [];
  const tellsMemory = existsSync('/proc/self/status');
  jest.mocked(log).mockClear();
  const running = run({ progressIntervalMs: 100, onMemory: (megabytes) => memory.push(megabytes) });
  while (jest.mocked(log).mock.calls.length === 0 || (tellsMemory && memory.length === 0)) await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync(join(root, 'told'), '');
  await running;
  expect(jest.mocked(log)).toHaveBeenCalledWith('aligning', expect.objectContaining({ seconds: expect.any(Number), memoryMegabytes: expect.any(Number) }));
  if (tellsMemory) expect(memory.at(-1)).toBeGreaterThan(0);
});

test('is killed when its command is stopped, before the command goes on', async () => {
  process.env.PATH = fakeClustalo(root, `trap '' TERM; echo $$ > ${root}/pid; while :; do sleep 0.1; done`);
  const stop = new AbortController();
  const running = failureOf(run({ signal: stop.signal }));
  while (!existsSync(join(root, 'pid')) || readFileSync(join(root, 'pid'), 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 20));
  const pid = Number(readFileSync(join(root, 'pid'), 'utf8'));
  expect(isAlive(pid)).toBe(true);
  stop.abort(new Error('SIGTERM'));
  expect((await running).message).toBe('SIGTERM');
  expect(isAlive(pid)).toBe(false);
});

test('is not started when its command was stopped before', async () => {
  process.env.PATH = fakeClustalo(root, `touch ${root}/started`);
  await failureOf(run({ signal: AbortSignal.abort(new Error('SIGTERM')) }));
  expect(existsSync(join(root, 'started'))).toBe(false);
});
