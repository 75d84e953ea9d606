import { Readable } from 'node:stream';
import { ChecksumAlgorithm, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { BUCKET, failureOf, LocalS3, someBytes } from './support/local-s3';

let s3: LocalS3;
let client: S3Client;

beforeAll(async () => {
  s3 = await LocalS3.start();
  client = s3.owner();
});
afterAll(() => s3.stop());

/** Of the nine bytes `123456789`; the CRCs' are the check values of their catalogues. */
const CHECK: Record<string, string> = {
  CRC32: Buffer.from('cbf43926', 'hex').toString('base64'),
  CRC32C: Buffer.from('e3069283', 'hex').toString('base64'),
  CRC64NVME: Buffer.from('ae8b14860a799888', 'hex').toString('base64'),
  SHA1: Buffer.from('f7c3bc1d808e04732adf679965ccc34ca7ae3441', 'hex').toString('base64'),
  SHA256: Buffer.from('15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225', 'hex').toString('base64'),
};
const ALGORITHMS = Object.keys(CHECK) as ChecksumAlgorithm[];

/** Changes the request after the client made it and before it is signed. */
function changing(change: (request: { headers: Record<string, string>; body: unknown }) => void): S3Client {
  const changed = s3.owner();
  changed.middlewareStack.add((next) => (args) => {
    change(args.request as { headers: Record<string, string>; body: unknown });
    return next(args);
  }, { step: 'build', priority: 'low', name: 'change', override: true });
  return changed;
}

test('the client\'s own default is a CRC32', async () => {
  let sent: Record<string, string> = {};
  await changing(({ headers }) => { sent = { ...headers }; }).send(new PutObjectCommand({ Bucket: BUCKET, Key: 'default', Body: '123456789' }));
  expect(sent['x-amz-checksum-crc32']).toBe(CHECK.CRC32);
  const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'default', ChecksumMode: 'ENABLED' }));
  expect(head).toMatchObject({ ChecksumCRC32: CHECK.CRC32, ChecksumType: 'FULL_OBJECT' });
});

test.each(ALGORITHMS)('%s is checked, kept and given back', async (algorithm) => {
  const put = await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: algorithm, Body: '123456789', ChecksumAlgorithm: algorithm }));
  const get = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: algorithm, ChecksumMode: 'ENABLED' }));
  // The client compares as well, while it reads.
  expect(await get.Body!.transformToString()).toBe('123456789');
  for (const answer of [put, get]) expect(answer).toMatchObject({ [`Checksum${algorithm}`]: CHECK[algorithm], ChecksumType: 'FULL_OBJECT' });
  const part = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: algorithm, ChecksumMode: 'ENABLED', Range: 'bytes=0-1' }));
  expect(part).not.toHaveProperty(`Checksum${algorithm}`);
});

test.each(ALGORITHMS)('a wrong %s is refused, and nothing is written', async (algorithm) => {
  const wrong = Buffer.alloc(Buffer.from(CHECK[algorithm], 'base64').length, 1).toString('base64');
  const put = (value: string) => client.send(
    new PutObjectCommand({ Bucket: BUCKET, Key: `wrong-${algorithm}`, Body: '123456789', [`Checksum${algorithm}`]: value }));
  expect(await failureOf(put(wrong))).toEqual({ code: 'BadDigest', status: 400, message: `The ${algorithm} you specified did not match the calculated checksum.` });
  expect(await failureOf(put('AAA='))).toEqual({
    code: 'InvalidRequest', status: 400, message: `Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`,
  });
  expect(await failureOf(client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: `wrong-${algorithm}` })))).toMatchObject({ status: 404 });
});

test.each(ALGORITHMS)('a %s that comes behind a stream', async (algorithm) => {
  const body = someBytes(200_000);
  const stream = () => Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]);
  const put = (from: S3Client, Key: string) => from.send(
    new PutObjectCommand({ Bucket: BUCKET, Key, Body: stream(), ContentLength: body.length, ChecksumAlgorithm: algorithm }));
  await put(client, `stream-${algorithm}`);
  const read = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: `stream-${algorithm}`, ChecksumMode: 'ENABLED' }));
  expect(Buffer.from(await read.Body!.transformToByteArray()).equals(body)).toBe(true);
  expect(read.ContentEncoding).toBeUndefined();
  const trailer = (from: RegExp, to: string) => changing((request) => {
    const inner = request.body as AsyncIterable<Buffer>;
    request.body = Readable.from((async function* () {
      for await (const chunk of inner) yield Buffer.from(Buffer.from(chunk).toString('latin1').replace(from, to), 'latin1');
    })());
  });
  const wrong = Buffer.alloc(Buffer.from(CHECK[algorithm], 'base64').length, 1).toString('base64');
  expect(await failureOf(put(trailer(/(x-amz-checksum-\w+:)[^\r]+/, `$1${wrong}`), 'lost'))).toMatchObject({ code: 'BadDigest', status: 400 });
  expect(await failureOf(put(trailer(/(x-amz-checksum-\w+:)[^\r]+/, '$1x'), 'lost'))).toMatchObject({ code: 'InvalidRequest', status: 400 });
  expect(await failureOf(put(trailer(/x-amz-checksum-\w+:[^\r]+\r\n/, ''), 'lost'))).toMatchObject({ code: 'MalformedTrailerError', status: 400 });
  expect(await failureOf(client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'lost' })))).toMatchObject({ status: 404 });
});

test('Content-MD5', async () => {
  const put = (ContentMD5: string) => client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'md5', Body: '123456789', ContentMD5 }));
  await put('JfnnlDI7RTiF9RgfG2JNCw==');
  expect(await failureOf(put(Buffer.alloc(16).toString('base64')))).toMatchObject({ code: 'BadDigest', status: 400 });
});

test('two checksums at once, and one of no known kind, are refused', async () => {
  const both = { ChecksumCRC32: CHECK.CRC32, ChecksumSHA1: CHECK.SHA1 };
  expect(await failureOf(client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'two', Body: '123456789', ...both })))).toMatchObject({ code: 'InvalidRequest' });
  const unknown = changing(({ headers }) => {
    delete headers['x-amz-checksum-crc32'];
    headers['x-amz-sdk-checksum-algorithm'] = 'CRC16';
  });
  expect(await failureOf(unknown.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'two', Body: 'x' })))).toMatchObject({ code: 'InvalidArgument', status: 400 });
});

test('DeleteObjects needs a digest of its list, and the right one', async () => {
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'kept', Body: 'x' }));
  const command = () => new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: [{ Key: 'kept' }] } });
  const none = changing(({ headers }) => { delete headers['x-amz-checksum-crc32']; });
  expect(await failureOf(none.send(command()))).toMatchObject({ code: 'InvalidRequest', status: 400 });
  const wrong = changing(({ headers }) => { headers['x-amz-checksum-crc32'] = CHECK.CRC32; });
  expect(await failureOf(wrong.send(command()))).toMatchObject({ code: 'BadDigest', status: 400 });
  await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'kept' }));
});
