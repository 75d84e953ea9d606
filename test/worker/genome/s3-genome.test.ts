import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bgzipGenome, plainGenome, randomBases } from './genome-files';
import { Genomes } from '../../../worker/genome/genomes';
import { UrlPolicy } from '../../../worker/net/url-policy';
import { s3 } from '../../../worker/storage/s3-client';
import { BUCKET, startTestBucket, TestBucket } from '../support/test-bucket';
import { WorkerProgram } from '../support/worker-program';

const SEQUENCE = randomBases(200_000, 5);
const { fasta, fai, gzi } = bgzipGenome({ chr1: SEQUENCE });
const PLAIN = plainGenome({ chr1: SEQUENCE });

let bucket: TestBucket;
let genomes: Genomes;

beforeAll(async () => {
  bucket = await startTestBucket();
  Object.assign(process.env, bucket.environment);
  const { sdk, client } = await s3();
  const put = (Key: string, Body: Buffer) => client.send(new sdk.PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  await put('fasta/g.fa.gz', fasta);
  await put('fasta/g.fa.gz.fai', fai);
  await put('fasta/g.fa.gz.gzi', gzi);
  await put('fasta/a b%20?#.fa', PLAIN.fasta);
  await put('fasta/a b%20?#.fa.fai', PLAIN.fai);
  await put('fasta/unindexed.fa', PLAIN.fasta);
});
afterAll(async () => {
  (await s3()).client.destroy();
  await bucket.close();
});

beforeEach(() => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  bucket.fault = undefined;
  bucket.policies = undefined;
  bucket.asked.length = 0;
  genomes = new Genomes({ policy: new UrlPolicy({ allowLocal: false, sources: [] }), retries: { attempts: 3, baseMs: 1, capMs: 2 } });
});
afterEach(() => {
  genomes.close();
  jest.restoreAllMocks();
});

const read = async (key = 'fasta/g.fa.gz', start = 190_000, end = 190_099) => (await genomes.open(`s3://${BUCKET}/${key}`)).read('chr1', start, end);
const RIGHT = SEQUENCE.slice(189_999, 190_099);

test('a genome of a bucket is read by range', async () => {
  expect(await read()).toBe(RIGHT);
  expect(bucket.asked.map(({ operation, key }) => `${operation} ${key}`).sort()).toEqual(
    ['GetObject fasta/g.fa.gz', 'GetObject fasta/g.fa.gz.fai', 'GetObject fasta/g.fa.gz.gzi']);
  expect(genomes.counter.requests).toBe(3);
  expect(genomes.counter.bytes).toBeLessThan(fasta.length / 2);
});

test('a key is taken as it is', async () => {
  expect(await read('fasta/a b%20?#.fa')).toBe(RIGHT);
  for (const key of ['../other/g.fa', 'fasta/./g.fa', 'fasta/..']) {
    await expect(read(key)).rejects.toMatchObject({ errorName: 'Pavi.GenomeRefused', exitCode: 64 });
  }
});

test('a body that breaks off and a busy S3 are tried again', async () => {
  let left = 2;
  bucket.fault = ({ key }) => (key.endsWith('.gz') && left-- > 0 ? { resetAfterBytes: 100 } : undefined);
  expect(await read()).toBe(RIGHT);
  left = 1;
  bucket.fault = () => (left-- > 0 ? { code: 'SlowDown', status: 503 } : undefined);
  expect(await read('fasta/g.fa.gz', 1, 10)).toBe(SEQUENCE.slice(0, 10));
});

test('a busy S3 is unavailable in the end', async () => {
  bucket.fault = () => ({ code: 'SlowDown', status: 503 });
  await expect(read()).rejects.toMatchObject({ errorName: 'Pavi.GenomeUnavailable', exitCode: 69, message: expect.stringContaining('SlowDown') });
});

test('what is not there, or not for this role, is an error at once', async () => {
  await expect(read('fasta/missing.fa')).rejects.toMatchObject({
    errorName: 'Pavi.GenomeUnavailable', exitCode: 64, message: expect.stringMatching(/index cannot be had: .*missing\.fa\.fai cannot be read: S3 answered 404 NoSuchKey/),
  });
  await expect(read('fasta/unindexed.fa')).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining('a FASTA file needs its .fai beside it') });
  await expect(genomes.open('s3://another-bucket/g.fa')).rejects.toMatchObject({ exitCode: 64, message: expect.stringMatching(/NoSuchBucket|AccessDenied/) });
  bucket.policies = [];
  await expect(genomes.open(`s3://${BUCKET}/fasta/other.fa`)).rejects.toMatchObject({
    errorName: 'Pavi.GenomeUnavailable', exitCode: 64, message: expect.stringMatching(/S3 answered 403 AccessDenied.*s3:GetObject/),
  });
  await expect(genomes.open(`s3://${BUCKET}/`)).rejects.toMatchObject({ exitCode: 64 });
});

test('an index that is stored with gzip, and says so, is unpacked; nothing is asked for behind the end', async () => {
  const { sdk, client } = await s3();
  const put = (Key: string, Body: Buffer, ContentEncoding: string) => client.send(
    new sdk.PutObjectCommand({ Bucket: BUCKET, Key, Body, ContentEncoding }));
  await put('fasta/coded.fa', PLAIN.fasta, 'aws-chunked');
  await put('fasta/coded.fa.fai', gzipSync(PLAIN.fai), 'gzip');
  expect(await read('fasta/coded.fa', 199_901, 200_000)).toBe(SEQUENCE.slice(-100));
  await put('fasta/coded.fa.fai', PLAIN.fai, 'gzip');
  genomes.close();
  genomes = new Genomes({ policy: new UrlPolicy({ allowLocal: false, sources: [] }) });
  expect(await read('fasta/coded.fa', 1, 100)).toBe(SEQUENCE.slice(0, 100));
});

test('a file of any name may be compressed, and its scheme written in any case', async () => {
  const { sdk, client } = await s3();
  const put = (Key: string, Body: Buffer) => client.send(new sdk.PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  await Promise.all([put('named/g', fasta), put('named/g.fai', fai), put('named/g.gzi', gzi)]);
  expect(await (await genomes.open(`S3://${BUCKET}/named/g`)).read('chr1', 190_000, 190_099)).toBe(RIGHT);
});

test('an object that was replaced meanwhile is an error', async () => {
  const { sdk, client } = await s3();
  await read();
  await client.send(new sdk.PutObjectCommand({ Bucket: BUCKET, Key: 'fasta/g.fa.gz', Body: Buffer.concat([fasta, fasta]) }));
  await expect(read('fasta/g.fa.gz', 1, 10)).rejects.toMatchObject({ errorName: 'Pavi.GenomeUnavailable', exitCode: 69, message: expect.stringContaining('changed') });
  await client.send(new sdk.PutObjectCommand({ Bucket: BUCKET, Key: 'fasta/g.fa.gz', Body: fasta }));
});

test('an S3 that does not answer ranges is an error that says so', async () => {
  const server = createServer((request, response) => {
    response.writeHead(200, { etag: '"1"' }).end(request.url!.includes('.fai') ? PLAIN.fai : PLAIN.fasta);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const worker = new WorkerProgram();
  const folder = mkdtempSync(join(tmpdir(), 'pavi-s3-genome-'));
  try {
    writeFileSync(join(folder, 'in.json'), JSON.stringify([{
      unique_entry_id: 'e', base_seq_name: 'e', seq_id: 'chr1', exon_seq_regions: ['1..99'], fasta_file_url: `s3://${BUCKET}/g.fa`,
    }]));
    const { code } = await worker.run(['retrieve', '--input', join(folder, 'in.json'), '--output-dir', join(folder, 'out')],
      { ...bucket.environment, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    expect(code).toBe(64);
    expect(JSON.parse(readFileSync(join(folder, 'out/errors/e.json'), 'utf8'))).toMatchObject({
      error: 'Pavi.GenomeUnavailable', message: expect.stringContaining('the server does not answer ranges of a file'),
    });
  } finally {
    worker.remove();
    rmSync(folder, { recursive: true });
    server.closeAllConnections();
    server.close();
  }
});
