import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { AwsClients } from '../../../cli/runs/aws/aws-clients';
import { Connection, ConnectionOptions } from '../../../cli/runs/aws/connection';
import { Deployed } from '../deployed/support/deployed';
import { WeakConnection } from '../deployed/support/weak-connection';
import { EXPECTED_ALIGNMENT } from '../here/support/pipeline-app';
import { until } from '../here/support/processes';
import { SAMPLE_INPUT, sampleEntries, TestFolders } from '../here/support/sample-run';
import { SlowGenomeServer } from '../here/support/slow-genome-server';

const folders = new TestFolders();
let deployed: Deployed;

beforeAll(async () => { deployed = await Deployed.start(folders, folders.synthesize({ regionsPerJob: 1 })); });
afterAll(async () => {
  await deployed.kill();
  folders.remove();
});

test('a connection that is cut in the middle is taken up again: watch follows the run to its end', async () => {
  const genome = await SlowGenomeServer.start();
  const weak = await WeakConnection.to(deployed.endpoint);
  const operator = deployed.operator({ AWS_ENDPOINT_URL: weak.endpoint });
  try {
    const watching = operator.starts('submit', '--stack', 'Stack', '--input', folders.json(sampleEntries(genome.genome)), '--name', 'cut', '--watch');
    await until('it watches', () => watching.stderr().includes('RetrieveSequences: 0 of 3 jobs done'));
    // What is open is cut, and for a while nobody answers.
    await weak.cut();
    await until('it notices', () => /^no answer \(\w+\); trying again for up to 10 min 00 s$/m.test(watching.stderr()));
    const status = operator.starts('status', '--stack', 'Stack', 'cut', '--json');
    await until('status notices as well', () => /^no answer \(ECONNREFUSED\); trying again for up to 10\.0 s$/m.test(status.stderr()));
    await weak.restore();
    expect((await status.ended).json[0]).toMatchObject({ run: 'cut', status: 'RUNNING' });
    await until('it is connected again', () => /^connected again after [\d.]+ s$/m.test(watching.stderr()));
    // Once more, without a pause between.
    weak.cutOpen();
    genome.letGo();
    expect(await watching.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^cut: SUCCEEDED\n/) });
  } finally {
    await weak.cut();
    await genome.close();
  }
});

test('serve is killed under a run and started again: watch tells how the run ended, and redrive goes on with it', async () => {
  const genome = await SlowGenomeServer.start();
  const operator = deployed.operator();
  try {
    await operator.does('submit', '--stack', 'Stack', '--input', folders.json(sampleEntries(genome.genome)), '--name', 'killed');
    const watching = operator.starts('watch', '--stack', 'Stack', 'killed');
    await until('it watches', () => watching.stderr().includes('RetrieveSequences: 0 of 3 jobs done'));
    await deployed.kill('SIGKILL');
    await until('it notices', () => watching.stderr().includes('no answer (ECONN'));
    await deployed.startAgain();
    expect(await watching.ended).toMatchObject({
      code: 1, stdout: 'killed: ABORTED\n', stderr: expect.stringMatching(/^connected again after [\d.]+ s\n(.*\n)*PaviPipeline\.Interrupted: /m),
    });
    genome.letGo();
    expect(await operator.tells('redrive', '--stack', 'Stack', 'killed', '--watch')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^killed: SUCCEEDED\n/) });
  } finally {
    await genome.close();
  }
});

describe('results', () => {
  const damaged = (chunk: Buffer) => Buffer.from(chunk.toString('latin1').replace('CLUSTAL', 'CLUSTER'), 'latin1');
  let weak: WeakConnection;

  beforeAll(async () => {
    await deployed.operator().does('submit', '--stack', 'Stack', '--input', SAMPLE_INPUT, '--name', 'good', '--watch');
    weak = await WeakConnection.to(deployed.endpoint);
  });
  beforeEach(() => { weak.damage = undefined; });
  afterAll(() => weak.cut());

  test('that are cut off in the middle are fetched again, and are whole', async () => {
    const output = folders.path('results');
    let cuts = 0;
    weak.damage = (chunk) => {
      if (cuts === 2 || !chunk.includes('CLUSTAL O')) return chunk;
      cuts += 1;
      setImmediate(() => weak.cutOpen());
      return chunk.subarray(0, chunk.indexOf('CLUSTAL O') + 100);
    };
    const operator = deployed.operator({ AWS_ENDPOINT_URL: weak.endpoint });
    await operator.does('results', '--stack', 'Stack', 'good', '--output', output);
    expect(cuts).toBe(2);
    expect(readFileSync(join(output, 'alignment-output.aln'), 'utf8')).toBe(readFileSync(EXPECTED_ALIGNMENT, 'utf8'));
    expect(readdirSync(output).sort()).toEqual(['aligned_seq_info.json', 'alignment-output.aln']);
  });

  test('that come damaged each time are not saved, and neither is the other file', async () => {
    const output = folders.path('results');
    weak.damage = damaged;
    const { code, stderr } = await deployed.operator({ AWS_ENDPOINT_URL: weak.endpoint }).tells('results', '--stack', 'Stack', 'good', '--output', output);
    expect(stderr).toMatch(/^error: s3:\/\/.*alignment-output\.aln is damaged: Checksum mismatch.*; tried 3 times, and nothing was saved\n$/);
    expect(code).toBe(5);
    expect(readdirSync(output)).toEqual([]);
  });

  test('that nobody may write are told of', async () => {
    const file = folders.json({});
    const { code, stderr } = await deployed.operator().tells('results', '--stack', 'Stack', 'good', '--output', join(file, 'results'));
    expect(stderr).toMatch(/^error: the results cannot be saved in .*: ENOTDIR: .*; choose another folder with --output DIR\n$/);
    expect(code).toBe(2);
  });
});

describe('asking', () => {
  /** A server that answers nothing for so many times, and then as it is told. */
  async function server(answers: readonly ((respond: (status: number, body: object) => void) => void)[]) {
    let asked = 0;
    const http = createServer((request, response) => {
      request.resume();
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      answer((status, body) => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const endpointUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    return {
      endpointUrl,
      asked: () => asked,
      close: () => new Promise<void>((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
    };
  }

  const nothing = () => undefined;
  const runs = (respond: (status: number, body: object) => void) => respond(200, { executions: [] });
  const throttled = (respond: (status: number, body: object) => void) => respond(400, { __type: 'ThrottlingException', message: 'Rate exceeded' });
  const broken = (respond: (status: number, body: object) => void) => respond(500, { __type: 'InternalFailure', message: 'x' });
  const denied = (respond: (status: number, body: object) => void) => respond(400, { __type: 'AccessDeniedException', message: 'no' });

  /** Where it says nothing, it is not waited for long. */
  async function ask(answers: Parameters<typeof server>[0], options: Partial<ConnectionOptions> = {}) {
    const at = await server(answers);
    const clients = new AwsClients({ endpointUrl: at.endpointUrl, region: 'us-east-1', ...answers.includes(nothing) ? { requestTimeout: 200 } : {} });
    Object.assign(clients.stepFunctions.config, { credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }) });
    const notices: string[] = [];
    const connection = new Connection({
      clients, patience: 60_000, signal: new AbortController().signal, notice: (text) => notices.push(text), firstWait: 10, ...options,
    });
    try {
      const result = await connection.ask('listing', (abortSignal) =>
        clients.stepFunctions.send(new ListExecutionsCommand({ stateMachineArn: 'arn:x' }), { abortSignal })).then((answer) => ({ answer }), (error) => ({ error }));
      return { ...result as { answer?: any; error?: any }, notices, asked: at.asked() };
    } finally {
      clients.destroy();
      await at.close();
    }
  }

  test('a server that says nothing any more is asked again', async () => {
    const { answer, notices } = await ask([nothing, nothing, nothing, nothing, runs]);
    expect(answer.executions).toEqual([]);
    expect(notices).toEqual([expect.stringMatching(/^no answer \(ETIMEDOUT\); trying again for up to 10\.0 s$/), expect.stringMatching(/^connected again after [\d.]+ s$/)]);
  });

  test.each([['too busy', throttled, 'ThrottlingException'], ['in error', broken, 'InternalFailure']])('a service that is %s is asked again', async (_what, answer, name) => {
    const { answer: found, notices } = await ask([answer, answer, answer, answer, runs]);
    expect(found.executions).toEqual([]);
    expect(notices[0]).toContain(`no answer (${name})`);
  });

  test('a refusal is not asked again', async () => {
    const { error, asked, notices } = await ask([denied]);
    expect([error.name, asked, notices]).toEqual(['AccessDeniedException', 1, []]);
  });

  test('patience has an end', async () => {
    const { error, notices } = await ask([nothing], { patience: 300 });
    expect(error).toMatchObject({ code: 'Unavailable', message: expect.stringMatching(/^listing: AWS cannot be reached, or is too busy: ETIMEDOUT/) });
    expect(notices).toHaveLength(1);
  });

  test('Ctrl-C ends the asking', async () => {
    const stopped = new AbortController();
    setTimeout(() => stopped.abort(), 300);
    const { error } = await ask([nothing], { signal: stopped.signal });
    expect(error).toMatchObject({ code: 'Interrupted', exitCode: 130 });
  });
});
