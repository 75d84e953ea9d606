import { cpSync, readFileSync } from 'node:fs';
import { EXPECTED_ALIGNMENT, EXPECTED_SEQ_INFO, sampleInput } from './support/pipeline-app';
import { SAMPLE_GENOME, TestFolders } from './support/sample-run';
import { ServeProcess } from './support/serve-process';
import { JobsTable } from '../../../src';
import { Boto3, installPythonClients } from '../../engine/endpoint/support/python-clients';
import { fargate } from '../../src/support/pipeline-stack';

const folders = new TestFolders();

beforeAll(() => installPythonClients(), 600_000);
afterAll(() => folders.remove());

/** An account with a pipeline and a jobs table, in which something goes wrong. */
class Account {
  public static async with(maxConcurrency: number, ...faults: string[]): Promise<Account> {
    const app = folders.synthesizeWith((stack) => ({ compute: fargate(stack), jobsTable: JobsTable.create(), regionsPerJob: 1, maxConcurrency }));
    const account = new Account(app, folders.path('state'));
    await account.begin(...faults);
    return account;
  }

  private serve!: ServeProcess;
  private client!: Boto3;
  private stateMachineArn!: string;

  private constructor(private readonly app: string, private readonly state: string) {}

  public async begin(...faults: string[]): Promise<void> {
    this.serve = await ServeProcess.start(this.app, this.state, {}, ...faults.flatMap((fault) => ['--inject', fault]));
    this.client = new Boto3(this.serve.credentials);
    const { Stacks: [{ Outputs }] } = await this.call('cloudformation', 'DescribeStacks', {});
    this.stateMachineArn = Outputs.find(({ OutputKey }: any) => OutputKey === 'StateMachineArn').OutputValue;
  }

  public async end(): Promise<void> {
    await this.client.stop();
    await this.serve.kill('SIGTERM');
  }

  public call(service: string, operation: string, params: object): Promise<any> {
    return this.client.call(service, operation, params);
  }

  public async run(name: string, input: string): Promise<any> {
    const { executionArn } = await this.call('stepfunctions', 'StartExecution', { stateMachineArn: this.stateMachineArn, name, input });
    return this.ended(executionArn);
  }

  public async redrive(executionArn: string): Promise<any> {
    await this.call('stepfunctions', 'RedriveExecution', { executionArn });
    return this.ended(executionArn);
  }

  /** The names of the states that were entered, of the jobs that were submitted and of the ends, with all redrives'. */
  public async story(executionArn: string): Promise<string[]> {
    const { events } = await this.call('stepfunctions', 'GetExecutionHistory', { executionArn, maxResults: 1000 });
    return events.flatMap((event: any) => (/^Execution(?!Started)/.test(event.type) ? [event.type] : [event.stateEnteredEventDetails?.name ?? []].flat()));
  }

  public async item(executionArn: string): Promise<any> {
    const { TableNames: [TableName] } = await this.call('dynamodb', 'ListTables', {});
    const { Items } = await this.call('dynamodb', 'Scan', { TableName });
    return Items.find(({ execution_arn }: any) => execution_arn.S === executionArn);
  }

  public async bytes(uri: string): Promise<string> {
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri)!;
    return (await this.call('s3', 'GetObject', { Bucket, Key })).Body;
  }

  private async ended(executionArn: string): Promise<any> {
    for (;;) {
      const description = await this.call('stepfunctions', 'DescribeExecution', { executionArn });
      if (description.status !== 'RUNNING') return description;
    }
  }
}

async function expectSampleResults(account: Account, { status, output, executionArn }: any): Promise<void> {
  expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: expect.any(String) });
  const { result_s3_uri: alignment, aligned_seq_info_s3_uri: seqInfo } = JSON.parse(output);
  expect(await account.bytes(alignment)).toBe(readFileSync(EXPECTED_ALIGNMENT, 'utf8'));
  expect(await account.bytes(seqInfo)).toBe(readFileSync(EXPECTED_SEQ_INFO, 'utf8'));
  const item = await account.item(executionArn);
  expect(item).toMatchObject({ status: { S: 'COMPLETED' }, stage: { S: 'DONE' }, result_s3_uri: { S: alignment } });
  expect(item).not.toHaveProperty('error_message');
}

// A fault comes at once, before the job can have ended on however slow a machine. A job that is killed counts as out of memory and is tried at each of its three sizes; the fourth one is the redriven run's.
test.each<[string, number, string, RegExp, string[]]>([
  ['AlignSequences', 40, 'job-killed:job=pavi-align-*,attempt=all,count=3,after=0', /alignment, 3 entries: exit code 137/,
    ['RecordAlignment', 'AlignSequences', 'RecordCollection']],
  ['CollectSeqInfo', 40, 'job-killed:job=pavi-collect-*,attempt=all,count=3,after=0', /seq info collection, 3 entries: exit code 137/,
    ['RecordCollection', 'CollectSeqInfo', 'CountSequences']],
])('a run that failed in %s goes on there once it is redriven', async (_step, maxConcurrency, fault, told, then) => {
  const account = await Account.with(maxConcurrency, fault);
  try {
    const failed = await account.run('fails', sampleInput());
    expect(failed).toMatchObject({ status: 'FAILED', error: 'Pavi.JobFailed', cause: expect.stringMatching(told), redriveStatus: 'REDRIVABLE' });
    expect(await account.item(failed.executionArn)).toMatchObject({ status: { S: 'FAILED' }, error_message: { S: expect.stringMatching(told) } });
    const redriven = await account.redrive(failed.executionArn);
    await expectSampleResults(account, redriven);
    expect(redriven).toMatchObject({ redriveCount: 1 });
    const story = await account.story(failed.executionArn);
    const at = story.indexOf('ExecutionRedriven');
    expect(story.slice(at - 3, at)).toEqual(['EndWithFailure', 'RunFailed', 'ExecutionFailed']);
    expect(story.slice(at + 1, at + 6)).toEqual(['RunFailed', 'GoOnWhereFailed', ...then]);
  } finally {
    await account.end();
  }
});

// More than 40 at once are child executions.
test.each([40, 41])('a run without its genome\'s index goes on once that is there, as often as it takes, also in another process (%i jobs at once)', async (maxConcurrency) => {
  const account = await Account.with(maxConcurrency);
  try {
    const genome = folders.path('genome.fna.gz');
    cpSync(SAMPLE_GENOME, genome);
    const failed = await account.run('no-index', sampleInput(`file://${genome}`));
    expect(failed).toMatchObject({ status: 'FAILED', error: 'Pavi.GenomeUnavailable', cause: expect.stringMatching(/index cannot be had.*fai/) });
    cpSync(`${SAMPLE_GENOME}.fai`, `${genome}.fai`);
    const again = await account.redrive(failed.executionArn);
    expect(again).toMatchObject({ status: 'FAILED', error: 'Pavi.GenomeUnavailable', cause: expect.stringMatching(/index cannot be had.*gzi/), redriveCount: 1 });
    await account.end();
    cpSync(`${SAMPLE_GENOME}.gzi`, `${genome}.gzi`);
    await account.begin();
    await expectSampleResults(account, await account.redrive(failed.executionArn));
    const story = await account.story(failed.executionArn);
    expect(story.filter((name) => ['StoreInput', 'RetrieveSequences', 'GoOnWhereFailed', 'AlignSequences'].includes(name)))
      .toEqual(['StoreInput', 'RetrieveSequences', 'GoOnWhereFailed', 'RetrieveSequences', 'GoOnWhereFailed', 'RetrieveSequences', 'AlignSequences']);
  } finally {
    await account.end();
  }
});

test('a run whose input could not be stored stores it then', async () => {
  // The state is tried once and three times more, and each time the client of the service tries three times.
  const account = await Account.with(40, 's3-error:operation=PutObject,key=work/*/seq_regions.json,count=12,code=SlowDown');
  try {
    const failed = await account.run('not-stored', sampleInput());
    expect(failed).toMatchObject({ status: 'FAILED', error: 'S3.S3Exception' });
    await expectSampleResults(account, await account.redrive(failed.executionArn));
    expect((await account.story(failed.executionArn)).filter((name) => name === 'StoreInput')).toHaveLength(2);
  } finally {
    await account.end();
  }
});

test('a run with a bad input stays refused', async () => {
  const account = await Account.with(40);
  try {
    const failed = await account.run('bad', '{"seq_regions": []}');
    expect(failed).toMatchObject({ status: 'FAILED', error: 'Pavi.InvalidInput' });
    expect(await account.redrive(failed.executionArn)).toMatchObject({ status: 'FAILED', error: 'Pavi.InvalidInput', cause: failed.cause });
  } finally {
    await account.end();
  }
});
