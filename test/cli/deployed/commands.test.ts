import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { Deployed } from './support/deployed';
import { deployedApp } from './support/deployed-app';
import { Operator } from './support/operator';
import { EXPECTED_ALIGNMENT, EXPECTED_SEQ_INFO, sampleInput } from '../here/support/pipeline-app';
import { until } from '../here/support/processes';
import { SAMPLE, SAMPLE_INPUT, sampleEntries, TestFolders } from '../here/support/sample-run';
import { SlowGenomeServer } from '../here/support/slow-genome-server';

const folders = new TestFolders();
let deployed: Deployed;
let operator: Operator;

beforeAll(async () => {
  deployed = await Deployed.start(folders, deployedApp(folders));
  operator = deployed.operator();
});
afterAll(async () => {
  await deployed.kill();
  folders.remove();
});

const machineArn = async () => (await operator.does('submit', '--stack', 'Pavi', '--input', SAMPLE_INPUT, '--json')).json[0].executionArn
  .replace(':execution:', ':stateMachine:').split(':').slice(0, 7).join(':') as string;

/** Starts a run as another program does. */
async function startByHand(name: string): Promise<void> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = deployed.credentials;
  const client = new SFNClient({ endpoint: deployed.endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } });
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn: await machineArn(), name, input: sampleInput() }));
  } finally {
    client.destroy();
  }
}

describe('a run that succeeds', () => {
  let started: string;
  let followed: Awaited<ReturnType<Operator['tells']>>;

  beforeAll(async () => {
    ({ stdout: started } = await operator.does('submit', '--stack', 'Pavi', '--input', SAMPLE_INPUT, '--name', 'good'));
    followed = await operator.does('watch', '--stack', 'Pavi', 'good');
  });

  test('is started by a file whose genomes lie beside it; its name and ARN are printed', () => {
    expect(started).toMatch(/^good\narn:aws:states:us-east-1:000000000000:execution:Pavi-[^:]+:good\n$/);
  });

  test('is followed step by step, and its results\' places are what is left on standard output', () => {
    expect(followed.stdout).toMatch(
      /^good: SUCCEEDED\ns3:\/\/[^/]+\/pavi\/dev\/results\/good\/alignment-output\.aln\ns3:\/\/[^/]+\/pavi\/dev\/results\/good\/aligned_seq_info\.json\n$/);
    expect(followed.stderr).toMatch(/^good, started \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\narn:/);
    expect(followed.stderr).toMatch(/^\[ +\d+\.\d s\] RetrieveSequences: 3 of 3 jobs done, took \d/m);
    expect(followed.stderr).toMatch(/^\[ +\d+\.\d s\] CollectSeqInfo: 1 of 1 job done, took \d/m);
  });

  test('is told of with its steps and jobs, for people and for scripts', async () => {
    const { stdout } = await operator.does('status', '--stack', 'Pavi', 'good');
    expect(stdout).toMatch(/^good: SUCCEEDED\n {2}started .* UTC, took [\d.]+ s, 3 entries\n {2}arn:aws:states:/);
    expect(stdout).toMatch(/^ {2}RetrieveSequences: 3 of 3 jobs done, took [\d.]+ s$/m);
    const { json: [run] } = await operator.does('status', '--stack', 'Pavi', 'good', '--json');
    expect(run).toEqual({
      run: 'good',
      executionArn: started.split('\n')[1],
      status: 'SUCCEEDED',
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      stoppedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      elapsedSeconds: expect.any(Number),
      redrives: 0,
      entries: 3,
      steps: expect.arrayContaining([{ name: 'RetrieveSequences', status: 'DONE', seconds: expect.any(Number), jobs: { total: 3, done: 3, failed: 0 } }]),
      jobs: { total: 5, done: 5, failed: 0 },
      output: expect.objectContaining({ job_id: 'good', status: 'COMPLETED', input_count: 3, sequence_count: 4 }),
    });
    expect((await operator.does('status', '--stack', 'Pavi', run.executionArn, '--json')).json[0].run).toBe('good');
  });

  test('is in the list of the latest, newest first', async () => {
    const [table, { json: [{ runs }] }, failed] = await Promise.all([
      operator.does('status', '--stack', 'Pavi'),
      operator.does('status', '--stack', 'Pavi', '--json', '--limit', '1', '--status', 'SUCCEEDED'),
      operator.does('status', '--stack', 'Pavi', '--status', 'TIMED_OUT'),
    ]);
    expect(table.stdout).toMatch(/^RUN +STATUS +STARTED +TOOK\n/);
    expect(table.stdout).toMatch(/^good +SUCCEEDED +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC +[\d.]+ s$/m);
    expect(runs).toHaveLength(1);
    expect(failed.stdout).toBe('no runs\n');
  });

  test('has its results downloaded, byte for byte, with their sizes and checksums, and a report made', async () => {
    const output = folders.path('results');
    const { json: [{ run, files, report }] } = await operator.does('results', '--stack', 'Pavi', 'good', '--output', output, '--report', '--json');
    expect(run).toBe('good');
    expect(readFileSync(join(output, 'alignment-output.aln'), 'utf8')).toBe(readFileSync(EXPECTED_ALIGNMENT, 'utf8'));
    expect(readFileSync(join(output, 'aligned_seq_info.json'), 'utf8')).toBe(readFileSync(EXPECTED_SEQ_INFO, 'utf8'));
    expect(files).toEqual(['alignment-output.aln', 'aligned_seq_info.json'].map((name) => ({
      file: join(output, name),
      uri: expect.stringMatching(new RegExp(`^s3://[^/]+/pavi/dev/results/good/${name}$`)),
      bytes: readFileSync(join(SAMPLE, 'expected', name)).length,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      checksum: expect.stringMatching(/^CRC/),
    })));
    const page = readFileSync(report, 'utf8');
    // Of the history, the input, and the jobs' logs.
    expect(['<h1>good</h1>', '002_apl-1_C42D8.8a.1_yn32', 'Genome read</span><span class="tile-value">45.2 kB'].filter((text) => !page.includes(text))).toEqual([]);
    expect(readdirSync(output).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('has its results in a folder of its name where none is given', async () => {
    const { stdout } = await operator.does('results', '--stack', 'Pavi', 'good');
    expect(stdout).toBe(['alignment-output.aln', 'aligned_seq_info.json'].map((name) => `${join(operator.folder, 'pavi-runs/good', name)}\n`).join(''));
  });

  test('has the logs of its jobs in words, by step and by entry, and as they are', async () => {
    const [all, align, one, lines] = await Promise.all([
      operator.does('logs', '--stack', 'Pavi', 'good'),
      operator.does('logs', '--stack', 'Pavi', 'good', '--step', 'align'),
      operator.does('logs', '--stack', 'Pavi', 'good', '--entry', '003_apl-1_C42D8.8b.1'),
      operator.does('logs', '--stack', 'Pavi', 'good', '--step', 'collect', '--json'),
    ]);
    expect(all.stdout.match(/^pavi-\S+/gm)).toEqual(expect.arrayContaining(['pavi-retrieve-good-0,', 'pavi-retrieve-good-2,', 'pavi-align-good,', 'pavi-collect-good,']));
    expect(all.stdout).toMatch(/^pavi-retrieve-good-1, retrieve, entry 1: SUCCEEDED, log stream sequence-retrieval\/default\/\w+\n {2}003_apl-1_C42D8\.8b\.1: 1 record/m);
    expect(align.stdout).toMatch(/^pavi-align-good, align: SUCCEEDED, .*\n( {2}.*\n)* {2}4 sequences aligned in 1090 columns/);
    expect(align.stdout).not.toContain('retrieve');
    expect(one.stdout).toMatch(/^pavi-retrieve-good-1, .*\n {2}003_apl-1_C42D8\.8b\.1: 1 record, [\d.]+ s\n$/);
    expect(lines.json.map(({ message }) => JSON.parse(message).event)).toContain('collected');
    expect(lines.json[0]).toEqual({ job: 'pavi-collect-good', step: 'collect', stream: expect.stringMatching(/^seq-info-collection\//), time: expect.stringMatching(/Z$/), message: expect.any(String) });
  });

  test('is the same run where it is submitted again under its name; another input is refused', async () => {
    const [again, other] = await Promise.all([
      operator.tells('submit', '--stack', 'Pavi', '--input', SAMPLE_INPUT, '--name', 'good', '--json'),
      operator.tells('submit', '--stack', 'Pavi', '--input', folders.json(sampleEntries().slice(0, 2)), '--name', 'good'),
    ]);
    expect(again.json).toEqual([{ run: 'good', executionArn: started.split('\n')[1], existed: true }]);
    expect(other).toMatchObject({ code: 6, stdout: '', stderr: expect.stringMatching(/^error: there is a run "good" already, with another input \(SUCCEEDED\); choose another --name/) });
  });

  test('can be neither redriven nor stopped', async () => {
    const [redrive, stop] = await Promise.all([
      operator.tells('redrive', '--stack', 'Pavi', 'good', '--json'), operator.tells('stop', '--stack', 'Pavi', 'good', '--json'),
    ]);
    expect(redrive).toMatchObject({ code: 6, json: [{ error: { code: 'Conflict', message: expect.stringContaining('Execution is SUCCEEDED and cannot be redriven') } }] });
    expect(stop).toMatchObject({ code: 0, json: [{ run: 'good', stopped: false, statusBefore: 'SUCCEEDED' }] });
  });
});

describe('a run that fails', () => {
  /** As an attacker would name a chromosome: to write on the terminal of who looks. */
  const FORGED = 'X\u001b[2K\u202egood';
  let told: Awaited<ReturnType<Operator['tells']>>;

  beforeAll(async () => {
    const entries = sampleEntries();
    entries[1].seq_id = FORGED;
    told = await operator.tells('submit', '--stack', 'Pavi', '--input', folders.json(entries), '--name', 'bad', '--watch');
  });

  test('ends watch as it ended, with the entry, what was expected and found, and the last lines of its log', () => {
    expect(told.code).toBe(1);
    expect(told.stdout).toBe('bad: FAILED\n');
    expect(told.stderr).toMatch(/^Pavi\.\w+: .*003_apl-1_C42D8\.8b\.1/m);
    expect(told.stderr).toMatch(/^ {2}entry: 003_apl-1_C42D8\.8b\.1$/m);
    expect(told.stderr).toMatch(/^ {2}expected: /m);
    expect(told.stderr).toMatch(/^ {2}found: /m);
    expect(told.stderr).toMatch(/^what it means and how to mend it: https:\/\/.*\/docs\/operating\.md#pavi[a-z]+$/m);
    expect(told.stderr).toMatch(/^ {2}log: Pavi-\S+, stream sequence-retrieval\/default\/\w+, its last lines:\n {4}\{/m);
  });

  test('writes nothing on a terminal but text', () => {
    // eslint-disable-next-line no-control-regex
    expect(`${told.stdout}${told.stderr}`).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(told.stderr).toContain('\\u001b[2K\\u202egood');
  });

  test('tells the same later, and to scripts', async () => {
    const { json: [{ status, failure, jobs }] } = await operator.does('status', '--stack', 'Pavi', 'bad', '--json');
    expect(status).toBe('FAILED');
    expect(jobs.failed).toBe(1);
    expect(failure).toMatchObject({ error: expect.stringMatching(/^Pavi\./), cause: expect.stringContaining('003_apl-1_C42D8.8b.1'), entry: '003_apl-1_C42D8.8b.1' });
    expect(failure.logLines.length).toBeGreaterThan(1);
    expect((await operator.does('status', '--stack', 'Pavi', 'bad')).stdout).toContain(failure.error);
  });

  test('has no results, but a report', async () => {
    const [output, other] = [folders.path('results'), folders.path('results')];
    const [plain, report] = await Promise.all([
      operator.tells('results', '--stack', 'Pavi', 'bad', '--output', other), operator.tells('results', '--stack', 'Pavi', 'bad', '--output', output, '--report'),
    ]);
    expect(plain).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: bad has no results: it ended as FAILED with Pavi\.\w+; "pavi-pipeline status" tells why\n$/) });
    expect(existsSync(other)).toBe(false);
    expect(report).toMatchObject({ code: 1, stdout: `${join(output, 'report.html')}\n` });
    expect(readFileSync(join(output, 'report.html'), 'utf8').includes('003_apl-1_C42D8.8b.1')).toBe(true);
  });
});

test('a run that goes on is told of with an estimate, refuses to give results, is stopped, and goes on when it is redriven', async () => {
  const genome = await SlowGenomeServer.start();
  try {
    const input = folders.json(sampleEntries(genome.genome));
    await operator.does('submit', '--stack', 'Pavi', '--input', input, '--name', 'held');
    await until('its jobs are at work', () => genome.held > 0);
    const [running, text, results, redrive] = await Promise.all([
      operator.does('status', '--stack', 'Pavi', 'held', '--json'), operator.does('status', '--stack', 'Pavi', 'held'),
      operator.tells('results', '--stack', 'Pavi', 'held'), operator.tells('redrive', '--stack', 'Pavi', 'held'),
    ]);
    expect(running.json[0]).toMatchObject({ status: 'RUNNING', jobs: { total: 3, done: 0, failed: 0 } });
    // From the run that succeeded.
    expect(running.json[0].estimate).toEqual({ seconds: expect.any(Number), basis: expect.stringMatching(/^from what its steps took in run \S+$/) });
    expect(text.stdout).toMatch(/^ {2}RetrieveSequences: 0 of 3 jobs done\n {2}about [\d.]+ s left \(from what its steps took in run \S+\)$/m);
    expect(results).toMatchObject({ code: 6, stderr: expect.stringContaining('held still runs; wait for it with "pavi-pipeline watch"') });
    expect(redrive).toMatchObject({ code: 6, stderr: expect.stringContaining('cannot be redriven') });
    const watching = operator.starts('watch', '--stack', 'Pavi', 'held', '--json');
    const stopped = await operator.does('stop', '--stack', 'Pavi', 'held', '--reason', 'not this one', '--json');
    expect(stopped.json).toEqual([{ run: 'held', executionArn: expect.stringMatching(/:held$/), stopped: true, statusBefore: 'RUNNING' }]);
    const { code, json } = await watching.ended;
    expect([code, json.at(-1)]).toEqual([1, expect.objectContaining({ status: 'ABORTED', failure: expect.objectContaining({ error: 'Pavi.Stopped', cause: 'not this one' }) })]);
    genome.letGo();
    const again = await operator.tells('redrive', '--stack', 'Pavi', 'held', '--watch');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/^held: SUCCEEDED\n/), stderr: expect.stringMatching(/^held: goes on\n/) });
    expect((await operator.does('status', '--stack', 'Pavi', 'held', '--json')).json[0]).toMatchObject({ status: 'SUCCEEDED', redrives: 1 });
  } finally {
    await genome.close();
  }
});

test('Ctrl-C ends watch and not the run', async () => {
  const genome = await SlowGenomeServer.start();
  try {
    await operator.does('submit', '--stack', 'Pavi', '--input', folders.json(sampleEntries(genome.genome)), '--name', 'left');
    const watching = operator.starts('watch', '--stack', 'Pavi', 'left');
    await until('it watches', () => watching.stderr().includes('RetrieveSequences'));
    watching.child.kill('SIGINT');
    expect(await watching.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('error: interrupted; what was started goes on\n') });
    expect((await operator.does('status', '--stack', 'Pavi', 'left', '--json')).json[0].status).toBe('RUNNING');
    await operator.does('stop', '--stack', 'Pavi', 'left');
  } finally {
    await genome.close();
  }
});

test('an input over 256 KiB is uploaded below the key prefix, by its content, and read from there', async () => {
  const large = folders.json(sampleEntries().map((entry) => ({ ...entry, note: 'x'.repeat(120_000) })));
  const first = await operator.tells('submit', '--stack', 'Pavi', '--input', large, '--name', 'large', '--watch', '--json');
  expect(first).toMatchObject({ code: 0 });
  const { entriesUri } = first.json[0];
  expect(entriesUri).toMatch(/^s3:\/\/[^/]+\/pavi\/dev\/inputs\/[0-9a-f]{64}\.json$/);
  expect(first.json.at(-1)).toMatchObject({ status: 'SUCCEEDED', entries: 3 });
  const again = await operator.does('submit', '--stack', 'Pavi', '--input', large, '--name', 'large', '--json');
  expect(again.json[0]).toMatchObject({ existed: true, entriesUri });
  // The ids are not in the execution's input: its jobs' logs are looked through.
  const { stdout } = await operator.does('logs', '--stack', 'Pavi', 'large', '--entry', '004_mgl-1_ZC506.4a.1');
  expect(stdout).toMatch(/^ {2}004_mgl-1_ZC506\.4a\.1: 1 record/m);
  const output = folders.path('results');
  await operator.does('results', '--stack', 'Pavi', 'large', '--output', output, '--report');
  expect(readFileSync(join(output, 'report.html'), 'utf8').includes('004_mgl-1_ZC506.4a.1')).toBe(true);
});

test('an input with problems starts nothing, and all of them are told', async () => {
  const entries = sampleEntries();
  entries[0].unique_entry_id = 'a/../../b';
  delete entries[1].exon_seq_regions;
  const { code, stderr, json } = await operator.tells('submit', '--stack', 'Pavi', '--input', folders.json(entries), '--name', 'never', '--json');
  expect(code).toBe(2);
  expect(json[0].error.code).toBe('InvalidInput');
  expect(stderr).toMatch(/^error: Pavi\.InvalidInput: .*has 2 problems, so nothing was started:\n {2}seq_regions\[0\].* got "a\/\.\.\/\.\.\/b"\n {2}seq_regions\[1\]/);
  expect(await operator.tells('status', '--stack', 'Pavi', 'never')).toMatchObject({ code: 3 });
});

test('a genome of this machine is refused for a pipeline that is not served here', async () => {
  const elsewhere = deployed.operator({ AWS_ENDPOINT_URL: '' });
  expect(await elsewhere.tells('submit', '--stack', 'Pavi', '--input', SAMPLE_INPUT)).toMatchObject({
    code: 2, stderr: expect.stringMatching(/^error: 3 of the entries have a genome that no pipeline in AWS reads, first 002_apl-1_C42D8\.8a\.1_yn32 with file:/),
  });
});

test('what is not there is told by name, each with its exit code', async () => {
  const cases: readonly [number, RegExp, string[]][] = [
    [3, /^error: there is no stack "No" in us-east-1: .*; look at --stack, --region and --profile\n$/, ['status', '--stack', 'No']],
    [3, /^error: the stack Silent has no outputs StateMachineArn and WorkBucketName.*call exportOutputs\(\)/, ['status', '--stack', 'Silent']],
    [2, /^error: the stack Two has 2 pipelines; choose one with --pipeline PREFIX, of: "Dev", "Stage"\n$/, ['status', '--stack', 'Two']],
    [3, /^error: the stack Two has no pipeline with the prefix "Prod"; these are: "Dev", "Stage"\n$/, ['status', '--stack', 'Two', '--pipeline', 'Prod']],
    [3, /^error: there is no run "none" of the pipeline in stack Two;/, ['watch', '--stack', 'Two', '--pipeline', 'Dev', 'none']],
    [2, /^error: \/nonexistent\.json cannot be read/, ['submit', '--stack', 'Pavi', '--input', '/nonexistent.json']],
    [2, /^error: --name must have up to 80 letters, digits, "\.", "_" or "-", got "\.\."\n$/, ['submit', '--stack', 'Pavi', '--input', SAMPLE_INPUT, '--name', '..']],
    [3, /^error: the run has no entry "x"/, ['logs', '--stack', 'Pavi', 'good', '--entry', 'x']],
    [5, /^no answer \(ECONNREFUSED\); trying again for up to 1\.00 s\nerror: .*AWS cannot be reached, or is too busy: ECONNREFUSED/,
      ['status', '--stack', 'Pavi', '--endpoint-url', 'http://127.0.0.1:9', '--patience', '1']],
  ];
  const told = await Promise.all(cases.map(([, , args]) => operator.tells(...args)));
  told.forEach(({ code, stderr }, index) => {
    expect(stderr).toMatch(cases[index][1]);
    expect([cases[index][2], code]).toEqual([cases[index][2], cases[index][0]]);
  });
});

test('a run that somebody else gave a strange name is followed, and its results stay where they are wanted', async () => {
  const name = '..a\'(b)!=+@';
  await startByHand(name);
  expect(await operator.tells('watch', '--stack', 'Pavi', name)).toMatchObject({ code: 0, stdout: expect.stringContaining(`${name}: SUCCEEDED`) });
  expect(await operator.tells('results', '--stack', 'Pavi', name)).toMatchObject({ code: 2, stderr: expect.stringContaining('error: --output is missing') });
  const output = folders.path('results');
  await operator.does('results', '--stack', 'Pavi', name, '--output', output);
  expect(readdirSync(output).sort()).toEqual(['aligned_seq_info.json', 'alignment-output.aln']);
  expect((await operator.does('logs', '--stack', 'Pavi', name, '--step', 'align')).stdout).toContain('sequences aligned');
});

test('without region or credentials, or with wrong ones, it ends with what there is to do', async () => {
  const cases: readonly [Record<string, string>, number, RegExp][] = [
    [{ AWS_REGION: '', AWS_DEFAULT_REGION: '' }, 2, /no region is known; give --region NAME/],
    // The AWS CLI's name for the region is enough.
    [{ AWS_REGION: '' }, 0, /^$/],
    [{ AWS_PROFILE: 'nobody', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, 4, /no credentials were found .*; sign in/],
    [{ AWS_SECRET_ACCESS_KEY: 'wrong' }, 4, /^error: reading the stack's outputs \(cloudformation:DescribeStacks\) is not allowed: InvalidSignatureException/],
    [{ AWS_ACCESS_KEY_ID: 'AKIANOBODY' }, 4, /^error: .* is not allowed: UnrecognizedClientException/],
  ];
  const told = await Promise.all(cases.map(([environment]) => deployed.operator(environment).tells('status', '--stack', 'Pavi')));
  told.forEach(({ code, stderr }, index) => {
    expect(stderr).toMatch(cases[index][2]);
    expect([cases[index][0], code]).toEqual([cases[index][0], cases[index][1]]);
  });
});

test('--help tells of every command', async () => {
  const { stdout } = await operator.does('--help');
  for (const command of ['submit', 'status', 'watch', 'stop', 'redrive', 'results', 'logs']) expect(stdout).toMatch(new RegExp(`^  ${command} +`, 'm'));
});
