import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EXPECTED_ALIGNMENT, pipelineApp, sampleInput } from './support/pipeline-app';
import { processesWith } from './support/processes';
import { TestFolders } from './support/sample-run';
import { ServeProcess } from './support/serve-process';
import { Boto3, installPythonClients } from '../../engine/endpoint/support/python-clients';

// PAVI_LONG_TESTS=1: many more kills, at other moments each time; some minutes.
const LONG = process.env.PAVI_LONG_TESTS === '1';
const KILLS = LONG ? 60 : 4;
const AT_ONCE = 2;
jest.setTimeout(KILLS * 120_000);

const folders = new TestFolders();
const SEED = Number(process.env.PAVI_SEED ?? (LONG ? Date.now() % 100_000 : 1));
let app: string;
let state: string;
let serve: ServeProcess | undefined;
let client: Boto3;
let outputs: Record<string, string>;

beforeAll(async () => {
  await installPythonClients();
  app = pipelineApp(folders);
  state = folders.path('state');
}, 600_000);
afterAll(async () => {
  await client?.stop();
  await serve?.kill('SIGKILL');
  folders.remove();
});

/** The same sequence for the same seed (a linear congruential generator, as in Numerical Recipes). */
function randomOf(seed: number): () => number {
  let value = seed;
  return () => {
    value = (1_664_525 * value + 1_013_904_223) % 2 ** 32;
    return value / 2 ** 32;
  };
}

async function restart(): Promise<void> {
  serve = await ServeProcess.start(app, state);
  client = new Boto3(serve.credentials);
  const { Stacks: [stack] } = await client.call('cloudformation', 'DescribeStacks');
  outputs = Object.fromEntries(stack.Outputs.map(({ OutputKey, OutputValue }: any) => [OutputKey, OutputValue]));
}

async function executions(): Promise<any[]> {
  const { executions: list } = await client.call('stepfunctions', 'ListExecutions', { stateMachineArn: outputs.StateMachineArn, maxResults: 1000 });
  return Promise.all(list.map(({ executionArn }: any) => client.call('stepfunctions', 'DescribeExecution', { executionArn })));
}

async function result(output: string): Promise<string> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(JSON.parse(output).result_s3_uri)!;
  return (await client.call('s3', 'GetObject', { Bucket, Key })).Body;
}

/** Every object's bytes are those that its record tells of. */
function checkObjects(): void {
  const folder = join(state, 'buckets');
  for (const bucket of readdirSync(folder)) {
    for (const name of readdirSync(join(folder, bucket, 'objects'))) {
      const { key, etag, size, data } = JSON.parse(readFileSync(join(folder, bucket, 'objects', name), 'utf8'));
      const bytes = readFileSync(join(folder, bucket, 'data', data));
      expect([key, bytes.length, createHash('md5').update(bytes).digest('hex')]).toEqual([key, size, etag]);
    }
  }
}

test(`killed ${KILLS} times at any moment, it loses nothing that it had answered for (seed ${SEED})`, async () => {
  const random = randomOf(SEED);
  const alignment = readFileSync(EXPECTED_ALIGNMENT, 'utf8');
  const started = new Set<string>();
  const items = new Set<string>();
  const finished = new Map<string, string>();
  let interrupted = 0;
  await restart();
  for (let kill = 0; kill < KILLS; kill++) {
    // Executions at work, and items written meanwhile.
    const delay = 100 + 2500 * (kill + random()) / KILLS;
    const killed = wait(delay).then(() => serve!.kill('SIGKILL'));
    for (let n = 0, alive = true; alive; n++) {
      const name = `run-${kill}-${n}`;
      if (n < AT_ONCE) {
        const params = { stateMachineArn: outputs.StateMachineArn, name, input: sampleInput() };
        const { result: answer } = await client.answer('stepfunctions', 'StartExecution', params);
        if (answer !== undefined) started.add(answer.executionArn);
      }
      const { error } = await client.answer('dynamodb', 'PutItem', { TableName: outputs.JobsTableName, Item: { job_id: { S: name } } });
      alive = error === undefined;
      if (alive) items.add(name);
      for (const { executionArn, status, output } of await executions().catch(() => [])) if (status === 'SUCCEEDED') finished.set(executionArn, output);
    }
    await killed;
    await client.stop();
    await restart();

    checkObjects();
    expect(processesWith('AWS_BATCH_JOB_ID').filter((pid) => environmentOf(pid).includes(serve!.endpoint))).toEqual([]);
    const now = await executions();
    const byArn = new Map(now.map((description) => [description.executionArn, description]));
    for (const arn of started) expect(byArn.get(arn)).toMatchObject({ status: expect.stringMatching(/^(SUCCEEDED|ABORTED)$/) });
    for (const [arn, output] of finished) expect(byArn.get(arn)).toMatchObject({ status: 'SUCCEEDED', output });
    const { Items } = await client.call('dynamodb', 'Scan', { TableName: outputs.JobsTableName });
    expect(Items.map(({ job_id }: any) => job_id.S)).toEqual(expect.arrayContaining([...items]));
    for (const { executionArn, status } of now) {
      const { events } = await client.call('stepfunctions', 'GetExecutionHistory', { executionArn, maxResults: 1000 });
      expect(events.map(({ id }: any) => id)).toEqual(events.map((_event: any, index: number) => index + 1));
      // An iteration that had succeeded was not done again by a redrive.
      const iterations = events.filter(({ type }: any) => type === 'MapIterationSucceeded').map((event: any) => event.mapIterationSucceededEventDetails.index);
      expect(new Set(iterations).size).toBe(iterations.length);
      expect(events.at(-1).type).toBe(status === 'ABORTED' ? 'ExecutionAborted' : 'ExecutionSucceeded');
    }
    interrupted += now.filter(({ status }) => status === 'ABORTED').length;
    // What was interrupted goes on where it was, and comes to the same result.
    for (const { executionArn, status } of now) if (status === 'ABORTED') await client.call('stepfunctions', 'RedriveExecution', { executionArn });
    for (const { executionArn } of now) {
      let description;
      do description = await client.call('stepfunctions', 'DescribeExecution', { executionArn });
      while (description.status === 'RUNNING');
      expect(description).toMatchObject({ status: 'SUCCEEDED' });
      expect(await result(description.output)).toBe(alignment);
      finished.set(executionArn, description.output);
    }
  }
  expect(started.size).toBeGreaterThan(0);
  expect(interrupted).toBeGreaterThan(0);
});

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}
