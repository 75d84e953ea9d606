import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ErrorName } from '../../../src/contract/error-names';
import { ExitCode } from '../../../src/contract/exit-codes';
import { openFile, openFolder } from '../../../worker/storage/place';
import { clientOptions, s3 } from '../../../worker/storage/s3-client';
import { BUCKET, startTestBucket, TestBucket } from '../support/test-bucket';

jest.mock('../../../worker/log');

const SLOW_DOWN = { code: 'SlowDown', status: 503 };
const BIG = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7919) % 251));

// Jest's own comparison of so many bytes takes seconds.
const sameAsBig = (bytes: Buffer) => bytes.equals(BIG);

let bucket: TestBucket;
let scratch: string;

beforeAll(async () => {
  bucket = await startTestBucket();
  Object.assign(process.env, bucket.environment);
  scratch = mkdtempSync(join(tmpdir(), 'pavi-s3-test-'));
  writeFileSync(join(scratch, 'big'), BIG);
});

afterAll(async () => {
  (await s3()).client.destroy();
  await bucket.close();
  rmSync(scratch, { recursive: true, force: true });
  jest.restoreAllMocks();
});

beforeEach(() => {
  jest.spyOn(Math, 'random').mockReturnValue(0);
  bucket.fault = undefined;
  bucket.policies = undefined;
  bucket.asked.length = 0;
});

const folder = (prefix: string) => openFolder(`s3://${BUCKET}/${prefix}`);
const times = (count: number, operation: string, fault: { code: string; status: number } | { resetAfterBytes: number }) => {
  let left = count;
  bucket.fault = (asked) => asked.operation === operation && left-- > 0 ? fault : undefined;
};
const failureOf = async (work: Promise<unknown>) => work.then(() => { throw new Error('it did not fail'); }, (error) => error);

describe('what is written', () => {
  test('comes back as it was, under its key', async () => {
    await folder('work/run-1/sequences').write('a-protein.fa', '>a\nMÄ\n');
    expect((await folder('work/run-1/sequences/').read('a-protein.fa', 1000)).toString()).toBe('>a\nMÄ\n');
    expect(bucket.asked).toContainEqual({ operation: 'PutObject', key: 'work/run-1/sequences/a-protein.fa' });
  });

  test('a file of this machine is streamed up and comes back whole', async () => {
    const { folder: target, name } = openFile(`s3://${BUCKET}/results/run-1/big.aln`);
    await target.upload(name, join(scratch, 'big'));
    expect(sameAsBig(readFileSync(await target.fetch(name, scratch)))).toBe(true);
  });

  test('has a checksum that S3 keeps', async () => {
    await folder('work').upload('summed', join(scratch, 'big'));
    const { sdk, client } = await s3();
    const head = await client.send(new sdk.HeadObjectCommand({ Bucket: BUCKET, Key: 'work/summed', ChecksumMode: 'ENABLED' }));
    expect(head.ChecksumCRC32).toMatch(/^[A-Za-z0-9+/]{6}==$/);
  });

  test('is written again after 503 SlowDown, content or file', async () => {
    times(4, 'PutObject', SLOW_DOWN);
    await folder('again').write('content', 'the content');
    expect((await folder('again').read('content', 100)).toString()).toBe('the content');
    times(3, 'PutObject', SLOW_DOWN);
    await folder('again').upload('file', join(scratch, 'big'));
    expect(sameAsBig(await folder('again').read('file', BIG.length))).toBe(true);
  });

  test('ends in an error that Batch tries again, where S3 stays busy', async () => {
    bucket.fault = () => SLOW_DOWN;
    const error = await failureOf(folder('busy').write('x', 'x'));
    expect(error).toMatchObject({ errorName: ErrorName.INTERNAL, exitCode: ExitCode.UNAVAILABLE });
    expect(error.message).toMatch(`s3://${BUCKET}/busy/x cannot be written: SlowDown (503)`);
    expect(bucket.asked.length).toBeGreaterThanOrEqual(3);
  });

  test('what the role forbids is told with action and resource, and not tried again', async () => {
    bucket.policies = [{ Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } }];
    for (const work of [() => folder('no').write('x', 'x'), () => folder('no').upload('x', join(scratch, 'big'))]) {
      bucket.asked.length = 0;
      const error = await failureOf(work());
      expect(error.exitCode).toBe(ExitCode.DEFECT);
      expect(error.message).toMatch(`s3://${BUCKET}/no/x cannot be written: AccessDenied (403)`);
      expect(error.message).toMatch(/s3:PutObject on resource: "arn:aws:s3:::pavi-work\/no\/x"/);
      expect(bucket.asked).toHaveLength(1);
    }
  });

  test('there is no such bucket', async () => {
    const error = await failureOf(openFolder('s3://nobody-has-this/x').write('y', 'y'));
    expect(error).toMatchObject({ errorName: ErrorName.INVALID_INPUT, exitCode: ExitCode.BAD_INPUT, found: 'NoSuchBucket' });
  });
});

describe('what is read', () => {
  beforeAll(async () => {
    bucket.fault = undefined;
    bucket.policies = undefined;
    await folder('in').upload('big', join(scratch, 'big'));
  });

  test.each(['read', 'fetch'] as const)('%s: again after 503 SlowDown and after resets in the middle of the body', async (way) => {
    const got = async () => way === 'read' ? folder('in').read('big', BIG.length) : readFileSync(await folder('in').fetch('big', scratch));
    times(3, 'GetObject', SLOW_DOWN);
    expect(sameAsBig(await got())).toBe(true);
    times(2, 'GetObject', { resetAfterBytes: 100_000 });
    expect(sameAsBig(await got())).toBe(true);
    times(1, 'GetObject', { resetAfterBytes: 0 });
    expect(sameAsBig(await got())).toBe(true);
  });

  test.each(['read', 'fetch'] as const)('%s: an error that Batch tries again, where the connection is always reset', async (way) => {
    bucket.fault = () => ({ resetAfterBytes: 50_000 });
    const error = await failureOf(way === 'read' ? folder('in').read('big', BIG.length) : folder('in').fetch('big', scratch));
    expect(error).toMatchObject({ errorName: ErrorName.INTERNAL, exitCode: ExitCode.UNAVAILABLE });
    expect(error.message).toMatch(new RegExp(`s3://${BUCKET}/in/big cannot be read: .*broke off after \\d+ of ${BIG.length} bytes`));
  });

  test.each(['read', 'fetch'] as const)('%s: what is not there is told by its name, and not tried again', async (way) => {
    const error = await failureOf(way === 'read' ? folder('in').read('none', 10) : folder('in').fetch('none', scratch));
    expect(error).toMatchObject({ errorName: ErrorName.INVALID_INPUT, exitCode: ExitCode.BAD_INPUT, found: 'NoSuchKey' });
    expect(error.message).toMatch(`s3://${BUCKET}/in/none cannot be read: NoSuchKey (404)`);
    expect(bucket.asked).toHaveLength(1);
  });

  test.each(['read', 'fetch'] as const)('%s: what the role forbids', async (way) => {
    bucket.policies = [{ Statement: { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' } }];
    const error = await failureOf(way === 'read' ? folder('in').read('big', 10) : folder('in').fetch('big', scratch));
    expect(error.exitCode).toBe(ExitCode.DEFECT);
    expect(error.message).toMatch(/cannot be read: AccessDenied \(403\): .*s3:GetObject on resource: "arn:aws:s3:::pavi-work\/in\/big".*may also not exist/);
    expect(bucket.asked).toHaveLength(1);
  });

  test('a file that is larger than it may be is not read', async () => {
    const error = await failureOf(folder('in').read('big', BIG.length - 1));
    expect(error).toMatchObject({ exitCode: ExitCode.BAD_INPUT, expected: `at most ${BIG.length - 1} bytes`, found: `${BIG.length} bytes` });
    expect(bucket.asked).toHaveLength(1);
  });
});

describe('what is listed', () => {
  const names = ['b-protein.fa', 'B-protein.fa', 'a.x-protein.fa', 'a-protein.fa', 'a_-protein.fa', 'é-protein.fa', '\u{1F9EC}-protein.fa', '\uFF61-protein.fa'];

  beforeAll(async () => {
    bucket.fault = undefined;
    bucket.policies = undefined;
    for (const name of [...names, 'a-seqinfo.json', 'x-protein.fa.txt']) await folder('list').write(name, 'x');
    await folder('list/deeper').write('c-protein.fa', 'x');
    await folder('list-b').write('d-protein.fa', 'x');
  });

  test('are the names in the folder itself with that ending, in byte order', async () => {
    const listed = await folder('list').list('-protein.fa');
    expect(listed).toEqual([...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    expect(listed.indexOf('\uFF61-protein.fa')).toBeLessThan(listed.indexOf('\u{1F9EC}-protein.fa'));
  });

  test('nothing, where nothing begins so', async () => {
    expect(await folder('no-such').list('-protein.fa')).toEqual([]);
  });

  test('all of more than one page', async () => {
    const { client } = await s3();
    // S3 has 1,000 keys on a page; so many requests only to fill one would take long.
    client.middlewareStack.add((next) => (args) => next({ ...args, input: { ...args.input, MaxKeys: 3 } }), { name: 'small-pages', step: 'initialize' });
    try {
      expect(await folder('list').list('-protein.fa')).toHaveLength(names.length);
    } finally {
      client.middlewareStack.remove('small-pages');
    }
    expect(bucket.asked.filter(({ operation }) => operation === 'ListObjectsV2').length).toBeGreaterThanOrEqual(4);
  });

  test('again after 503 SlowDown; an error after too many', async () => {
    times(3, 'ListObjectsV2', SLOW_DOWN);
    expect(await folder('list').list('-seqinfo.json')).toEqual(['a-seqinfo.json']);
    bucket.fault = () => SLOW_DOWN;
    expect(await failureOf(folder('list').list('x'))).toMatchObject({ exitCode: ExitCode.UNAVAILABLE, found: 'SlowDown' });
  });

  test('what the role forbids is told with action and resource', async () => {
    bucket.policies = [{ Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } }];
    const error = await failureOf(folder('list').list('x'));
    expect(error.exitCode).toBe(ExitCode.DEFECT);
    expect(error.message).toMatch(/cannot be listed: AccessDenied \(403\): .*s3:ListBucket on resource: "arn:aws:s3:::pavi-work"/);
  });
});

describe('a connection', () => {
  test('on which nothing comes ends after some time', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { sdk } = await s3();
    const options = clientOptions({ ...process.env, AWS_MAX_ATTEMPTS: '1' });
    expect(options.requestHandler.socketTimeout).toBe(60_000);
    const client = new sdk.S3Client({
      ...options,
      endpoint: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      requestHandler: { ...options.requestHandler, socketTimeout: 300 },
    });
    const error = await failureOf(client.send(new sdk.GetObjectCommand({ Bucket: BUCKET, Key: 'x' })));
    expect(error.name).toBe('TimeoutError');
    client.destroy();
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });

  test('goes on to the region of a bucket that is elsewhere', async () => {
    const regions: string[] = [];
    const elsewhere = createServer(({ headers }, response) => {
      regions.push(/Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization!)![1]);
      if (regions.at(-1) === 'eu-west-1') response.end('there');
      else response.writeHead(301, { 'x-amz-bucket-region': 'eu-west-1' }).end('<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const { sdk } = await s3();
    const client = new sdk.S3Client({ ...clientOptions(process.env), endpoint: `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}` });
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: BUCKET, Key: 'x' }));
    expect(await Body!.transformToString()).toBe('there');
    expect(regions).toEqual(['us-east-1', 'eu-west-1']);
    client.destroy();
    elsewhere.closeAllConnections();
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  test('is tried six times, or as often as AWS_MAX_ATTEMPTS says', () => {
    expect(clientOptions({}).maxAttempts).toBe(6);
    expect(clientOptions({ AWS_MAX_ATTEMPTS: '2' }).maxAttempts).toBeUndefined();
    expect(clientOptions({}).forcePathStyle).toBe(false);
    expect(clientOptions({ AWS_ENDPOINT_URL: 'http://localhost:1' }).forcePathStyle).toBe(true);
  });
});

test('what arrives damaged is noticed by its checksum, and read again', async () => {
  await folder('sum').write('x', 'the right bytes');
  const { client } = await s3();
  let damaged = 0;
  // As a broken cache on the way would: the same length, another byte.
  client.middlewareStack.add((next) => async (args) => {
    const output = await next(args);
    const response = output.response as { body: AsyncIterable<Buffer> & NodeJS.ReadableStream };
    if (damaged++ === 0) {
      response.body = Readable.from([Buffer.from('the wrong bytes')]);
    }
    return output;
  }, { name: 'damage', step: 'deserialize', priority: 'low' });
  try {
    expect((await folder('sum').read('x', 100)).toString()).toBe('the right bytes');
    expect(damaged).toBe(2);
  } finally {
    client.middlewareStack.remove('damage');
  }
});
