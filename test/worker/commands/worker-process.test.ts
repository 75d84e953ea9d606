import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedMetricProblems } from '../support/embedded-metrics';
import { fakeClustalo, hasEnded } from '../support/fake-clustalo';
import { BUCKET, startTestBucket, TestBucket } from '../support/test-bucket';
import { WorkerEnd, WorkerProgram } from '../support/worker-program';

const SAMPLE = join(__dirname, '../../../samples/worm-apl-1');
const ENTRIES = JSON.parse(readFileSync(join(SAMPLE, 'seq_regions.json'), 'utf8')) as Record<string, unknown>[];

let worker: WorkerProgram;
let root: string;
beforeAll(() => { worker = new WorkerProgram(); });
afterAll(() => worker.remove());
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'pavi-process-')); });
afterEach(() => rmSync(root, { recursive: true, force: true }));

const errorFile = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const failed = (end: WorkerEnd) => end.lines.find(({ event }) => event === 'failed')!;

/** Entries with the sample's genome, in a file of their own. */
function entriesFile(change: (entry: Record<string, unknown>, index: number) => Record<string, unknown> = (entry) => entry): string {
  const path = join(root, 'seq_regions.json');
  const genome = `file://${join(SAMPLE, 'WBcel235-sparse.fna.gz')}`;
  writeFileSync(path, JSON.stringify(ENTRIES.map((entry, index) => change({ ...entry, fasta_file_url: genome }, index))));
  return path;
}

function proteins(...sequences: string[]): string {
  const folder = join(root, 'sequences');
  mkdirSync(folder, { recursive: true });
  sequences.forEach((sequence, index) => writeFileSync(join(folder, `${index}-protein.fa`), `>p${index}\n${sequence}\n`));
  return folder;
}

describe('the log', () => {
  test('is one JSON object a line with time, level, event and command, and nothing else; then the metrics', async () => {
    const end = await worker.run(['retrieve', '--input', entriesFile(), '--output-dir', join(root, 'out'), '--allow-local']);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    const events = end.lines.filter((line) => !('_aws' in line));
    for (const line of events) {
      expect(line).toMatchObject({ level: 'INFO', event: expect.any(String), command: 'retrieve' });
      expect(new Date(line.time).toISOString()).toBe(line.time);
    }
    expect(events.map(({ event }) => event)).toEqual(['started', 'genome', ...ENTRIES.map(() => 'entry'), 'done']);
    expect(embeddedMetricProblems(end.metrics)).toEqual([]);
    expect(end.metrics!._aws.CloudWatchMetrics[0].Dimensions).toEqual([['Step']]);
    expect(end.metrics).toMatchObject({ Step: 'retrieve', Run: null, JobId: null, Entries: ENTRIES.length, Failures: 0, VariantLookups: 0 });
    expect(end.metrics!.GenomeBytes).toBeGreaterThan(1000);
    expect(end.metrics!.GenomeRequests).toBeGreaterThanOrEqual(3);
    expect(end.metrics!.PeakMemory).toBeGreaterThan(10);
    expect(end.metrics!.Duration).toBeGreaterThan(0);
  });

  test('may have lost its reader: the files are made all the same', async () => {
    const running = worker.start(['retrieve', '--input', entriesFile(), '--output-dir', join(root, 'out'), '--allow-local']);
    running.process.stdout.destroy();
    expect(await new Promise((resolve) => running.process.on('exit', resolve))).toBe(0);
    expect(readdirSync(join(root, 'out'))).toHaveLength(2 * ENTRIES.length);
  });
});

describe('a failure', () => {
  test('of an entry leaves its file in the errors folder beside the output, and exit code 64', async () => {
    const input = entriesFile((entry, index) => index === 1 ? { ...entry, seq_id: 'nowhere' } : entry);
    const end = await worker.run(['retrieve', '--input', input, '--output-dir', join(root, 'out'), '--allow-local']);
    expect(end.code).toBe(64);
    const id = ENTRIES[1].unique_entry_id as string;
    expect(readdirSync(join(root, 'out', 'errors'))).toEqual([`${id}.json`]);
    const report = errorFile(join(root, 'out', 'errors', `${id}.json`));
    expect(Object.keys(report)).toEqual(['error', 'entry', 'message', 'expected', 'found']);
    expect(report).toMatchObject({ error: 'Pavi.ReferenceSequenceFailed', entry: id, found: 'nowhere' });
    expect(failed(end)).toMatchObject({ level: 'ERROR', ...report });
    expect(end.metrics).toMatchObject({ Failures: 1, Entries: ENTRIES.length });
    expect(embeddedMetricProblems(end.metrics)).toEqual([]);
  });

  test('of several entries with --keep-going leaves a file for each, and the others are made', async () => {
    const input = entriesFile((entry, index) => index === 1 ? entry : { ...entry, seq_id: 'nowhere' });
    const end = await worker.run([
      'retrieve', '--input', input, '--output-dir', join(root, 'out'), '--allow-local', '--keep-going', '--errors', join(root, 'wrong'),
    ]);
    expect(end.code).toBe(64);
    const failing = ENTRIES.filter((_, index) => index !== 1).map(({ unique_entry_id: id }) => `${id as string}.json`);
    expect(readdirSync(join(root, 'wrong')).sort()).toEqual(failing.sort());
    expect(readdirSync(join(root, 'out')).sort()).toEqual([`${ENTRIES[1].unique_entry_id}-protein.fa`, `${ENTRIES[1].unique_entry_id}-seqinfo.json`]);
    expect(end.metrics).toMatchObject({ Failures: ENTRIES.length - 1 });
  });

  test('of the whole input has the command\'s name', async () => {
    const end = await worker.run(['retrieve', '--input', entriesFile((entry) => ({ ...entry, unique_entry_id: 'same' })), '--output-dir', join(root, 'out')]);
    expect(end.code).toBe(64);
    expect(errorFile(join(root, 'out', 'errors', 'retrieve.json'))).toMatchObject({ error: 'Pavi.InvalidInput', entry: null });
    expect(end.metrics).toMatchObject({ Failures: 1 });
  });

  test('of what is outside has exit code 69 where another try may help, 64 where none does', async () => {
    const gone = entriesFile((entry) => ({ ...entry, fasta_file_url: 'file:///no/such/genome.fa' }));
    const end = await worker.run(['retrieve', '--input', gone, '--output-dir', join(root, 'out'), '--allow-local']);
    expect(end.code).toBe(64);
    expect(failed(end)).toMatchObject({ error: 'Pavi.GenomeUnavailable' });
    const noGrant = await worker.run(['retrieve', '--input', gone, '--output-dir', join(root, 'out')]);
    expect(noGrant.code).toBe(64);
    expect(failed(noGrant)).toMatchObject({ error: 'Pavi.GenomeRefused' });
    // Nobody listens there.
    const nobody = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_MAX_ATTEMPTS: '1' };
    const busy = await worker.run(['align', '--input-dir', 's3://bucket/x/', '--output', join(root, 'a.aln')], nobody);
    expect(busy.code).toBe(69);
    expect(errorFile(join(root, 'errors', 'align.json'))).toMatchObject({ error: 'Pavi.Internal', message: expect.stringContaining('ECONNREFUSED') });
  });

  test('of the alignment: before Clustal Omega starts, and of Clustal Omega itself', async () => {
    const path = fakeClustalo(join(root, 'bin'), `touch ${root}/started; echo no >&2; exit 3`);
    const one = await worker.run(['align', '--input-dir', proteins('MKV'), '--output', join(root, 'out', 'a.aln')], { PATH: path });
    expect(one.code).toBe(64);
    expect(errorFile(join(root, 'out', 'errors', 'align.json'))).toMatchObject({ error: 'Pavi.AlignmentFailed', message: expect.stringMatching(/at least two/) });
    expect(existsSync(join(root, 'started'))).toBe(false);
    const two = await worker.run(['align', '--input-dir', proteins('MKV', 'MKL'), '--output', join(root, 'out', 'a.aln')], { PATH: path });
    expect(two.code).toBe(64);
    expect(errorFile(join(root, 'out', 'errors', 'align.json'))).toMatchObject({ message: 'Clustal Omega failed (exit code 3): no' });
    expect(two.metrics).toMatchObject({ Failures: 1, AlignmentSequences: 2 });
    expect(readdirSync(worker.temporary)).toEqual([]);
    expect(existsSync(join(root, 'out', 'a.aln'))).toBe(false);
  });

  test('without a scratch folder says where one is needed', async () => {
    const end = await worker.run(['align', '--input-dir', proteins('MKV', 'MKL'), '--output', join(root, 'a.aln')], { TMPDIR: join(root, 'none') });
    expect(end.code).toBe(70);
    expect(failed(end).message).toMatch(/no scratch folder can be made: ENOENT.*give the job a volume at .*none, or set TMPDIR/);
  });

  test.each([
    ['an exception', 'setTimeout(() => { throw new Error("boom"); }, 20)'],
    ['a rejection', 'setTimeout(() => { Promise.reject(new Error("boom")); }, 20)'],
  ])('of the worker itself, %s that nobody waits for, leaves an error file and nothing else', async (_what, defect) => {
    const path = fakeClustalo(join(root, 'bin'), `echo $$ > ${root}/pid; while :; do sleep 0.1; done`);
    // Waits until Clustal Omega runs.
    writeFileSync(join(root, 'defect.cjs'), `const look = setInterval(() => {
      if (!require('node:fs').existsSync(${JSON.stringify(join(root, 'pid'))})) return;
      clearInterval(look);
      ${defect};
    }, 20);`);
    const end = await worker.run(['align', '--input-dir', proteins('MKV', 'MKL'), '--output', join(root, 'out', 'a.aln')],
      { PATH: path, NODE_OPTIONS: `--require=${join(root, 'defect.cjs')}` });
    expect(end.code).toBe(70);
    expect(errorFile(join(root, 'out', 'errors', 'align.json'))).toMatchObject({
      error: 'Pavi.Internal', message: 'a defect of the worker: Error: boom; please report it',
    });
    expect(failed(end).stack).toMatch(/boom[^]*defect.cjs/);
    expect(readdirSync(worker.temporary)).toEqual([]);
    expect(await hasEnded(Number(readFileSync(join(root, 'pid'), 'utf8')))).toBe(true);
  });

  test('whose error file cannot be written is told all the same', async () => {
    writeFileSync(join(root, 'file'), '');
    const end = await worker.run(['collect', '--input-dir', root, '--alignment', 'x', '--output', join(root, 'y'), '--errors', join(root, 'file', 'z')]);
    expect(end.code).toBe(64);
    expect(end.lines.map(({ event }) => event)).toEqual(expect.arrayContaining(['failed', 'error-file-not-written']));
  });

  test.each([
    [['frobnicate'], /there is no command "frobnicate"; there are retrieve, align, collect, check/],
    [['retrieve'], /--input is missing/],
    [['retrieve', '--input', 'x', '--output-dir', ''], /--output-dir must not be empty/],
    [['align', '--input-dir', 'x', '--output', 'y', '--threads', '0'], /--threads must be a whole number from 1/],
    [['collect', '--what'], /collect: Unknown option '--what'/],
    [['align', '--input-dir', 'x', '--output', 'y', 'z'], /align: Unexpected argument 'z'/],
  ])('of the command line %j has exit code 64', async (args, message) => {
    const end = await worker.run(args);
    expect(end.code).toBe(64);
    expect(failed(end)).toMatchObject({ error: 'Pavi.InvalidInput', message: expect.stringMatching(message) });
  });

  test('--help goes to standard error', async () => {
    expect(await worker.run(['--help'])).toMatchObject({ code: 0, lines: [], stderr: expect.stringContaining('retrieve --input FILE') });
    expect(await worker.run([])).toMatchObject({ code: 64, lines: [], stderr: expect.stringContaining('collect  --input-dir DIR') });
  });
});

describe('stopped', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('by %s, align kills Clustal Omega and leaves nothing', async (signal) => {
    const path = fakeClustalo(join(root, 'bin'), `trap '' TERM INT HUP; echo $$ > ${root}/pid; while :; do sleep 0.1; done`);
    const running = worker.start(['align', '--input-dir', proteins('MKV', 'MKL'), '--output', join(root, 'out', 'a.aln')], { PATH: path });
    await running.seen('joined');
    while (!existsSync(join(root, 'pid')) || readFileSync(join(root, 'pid'), 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 20));
    running.process.kill(signal);
    const end = await running.ended;
    expect(end.code).toBe(143);
    expect(end.lines.at(-1)).toMatchObject({ event: 'stopped', by: signal });
    expect(existsSync(join(root, 'out'))).toBe(false);
    expect(readdirSync(worker.temporary)).toEqual([]);
    expect(await hasEnded(Number(readFileSync(join(root, 'pid'), 'utf8')))).toBe(true);
  });

  test('while a server keeps it waiting, retrieve ends soon', async () => {
    let silent: Server | undefined;
    const asked = new Promise<void>((resolve) => { silent = createServer(() => resolve()); });
    await new Promise<void>((resolve) => silent!.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(silent!.address() as AddressInfo).port}/g.fna.gz`;
    const input = entriesFile((entry) => ({ ...entry, fasta_file_url: url }));
    const running = worker.start(['retrieve', '--input', input, '--output-dir', join(root, 'out'), '--allow-local']);
    await asked;
    const stopped = Date.now();
    running.process.kill('SIGTERM');
    running.process.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    expect(Date.now() - stopped).toBeLessThan(20_000);
    expect(existsSync(join(root, 'out'))).toBe(false);
    silent!.closeAllConnections();
    await new Promise((resolve) => silent!.close(resolve));
  });
});

describe('in a bucket', () => {
  let bucket: TestBucket;
  beforeAll(async () => { bucket = await startTestBucket(); });
  afterAll(() => bucket.close());
  beforeEach(() => {
    bucket.fault = undefined;
    bucket.asked.length = 0;
  });
  const place = (key: string) => `s3://${BUCKET}/${key}`;

  test('a whole run gives what it gives in a folder, and its run is told in every line', async () => {
    const input = entriesFile();
    const inFolder = join(root, 'folder');
    const steps = (sequences: string, results: string) => [
      ['retrieve', '--input', input, '--output-dir', sequences, '--allow-local'],
      ['align', '--input-dir', sequences, '--output', `${results}alignment-output.aln`],
      ['collect', '--input-dir', sequences, '--alignment', `${results}alignment-output.aln`, '--output', `${results}aligned_seq_info.json`],
    ];
    for (const args of steps(`${inFolder}/sequences/`, `${inFolder}/results/`)) expect((await worker.run(args)).code).toBe(0);
    const environment = { ...bucket.environment, AWS_BATCH_JOB_ID: 'job-1', PAVI_PIPELINE: 'Stack/Pavi' };
    for (const args of steps(place('work/run-7/sequences/'), place('results/run-7/'))) {
      const end = await worker.run(args, environment);
      expect(end).toMatchObject({ code: 0, stderr: '', metrics: { Run: 'run-7', JobId: 'job-1', Pipeline: 'Stack/Pavi', Step: args[0], Failures: 0 } });
      expect(end.metrics!._aws.CloudWatchMetrics[0].Dimensions).toEqual([['Pipeline', 'Step']]);
      expect(end.lines.filter((line) => 'event' in line).every(({ run }) => run === 'run-7')).toBe(true);
    }
    for (const result of ['alignment-output.aln', 'aligned_seq_info.json']) {
      expect((await bucket.download(`results/run-7/${result}`)).equals(readFileSync(join(inFolder, 'results', result)))).toBe(true);
    }
    expect(readdirSync(worker.temporary)).toEqual([]);
  });

  test('an error file lands there, and the exit code is the failure\'s', async () => {
    const end = await worker.run(['align', '--input-dir', place('work/run-8/sequences/'), '--output', place('results/run-8/a.aln'),
      '--errors', place('work/run-8/errors/')], bucket.environment);
    expect(end.code).toBe(64);
    expect(JSON.parse((await bucket.download('work/run-8/errors/align.json')).toString())).toMatchObject({ error: 'Pavi.AlignmentFailed', entry: null });
  });

  test('what the role forbids names action and resource', async () => {
    bucket.fault = ({ operation }) => operation === 'PutObject' ? { code: 'AccessDenied', status: 403 } : undefined;
    const args = ['retrieve', '--input', entriesFile(), '--output-dir', place('work/run-9/sequences/'), '--allow-local'];
    const end = await worker.run(args, bucket.environment);
    expect(end.code).toBe(70);
    expect(failed(end).message).toMatch(`${place('work/run-9/sequences/')}`);
    expect(failed(end).message).toMatch('AccessDenied (403)');
    expect(end.lines.map(({ event }) => event)).toContain('error-file-not-written');
  });

  test('a command repeated writes the same bytes to the same keys', async () => {
    const args = ['retrieve', '--input', entriesFile(), '--output-dir', place('work/run-10/sequences/'), '--allow-local'];
    const keysOf = async () => {
      bucket.asked.length = 0;
      expect((await worker.run(args, bucket.environment)).code).toBe(0);
      const keys = bucket.asked.filter(({ operation }) => operation === 'PutObject').map(({ key }) => key).sort();
      return Promise.all(keys.map(async (key) => `${key} ${(await bucket.download(key)).toString('base64')}`));
    };
    const first = await keysOf();
    expect(first).toHaveLength(2 * ENTRIES.length);
    expect(await keysOf()).toEqual(first);
  });
});
