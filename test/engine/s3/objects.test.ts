import { createHash } from 'node:crypto';
import {
  CopyObjectCommand, CreateBucketCommand, DeleteObjectCommand, DeleteObjectsCommand, GetBucketLocationCommand, GetObjectCommand, HeadBucketCommand,
  HeadObjectCommand, ListBucketsCommand, ListObjectsV2Command, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { BUCKET, failureOf, LocalS3, someBytes } from './support/local-s3';

let s3: LocalS3;
let client: S3Client;

beforeAll(async () => {
  s3 = await LocalS3.start();
  client = s3.owner();
});
afterAll(() => s3.stop());

async function put(Key: string, Body: string | Buffer, more: object = {}) {
  return client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...more }));
}

async function get(Key: string, more: object = {}) {
  const answer = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key, ...more }));
  return { ...answer, bytes: Buffer.from(await answer.Body!.transformToByteArray()) };
}

test('an object comes back as it was put, with all that was said of it', async () => {
  const body = someBytes(300_000);
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  const written = await put('kept', body, {
    ContentType: 'text/x-fasta',
    ContentEncoding: 'gzip',
    ContentDisposition: 'attachment; filename="a b.fa"',
    ContentLanguage: 'en',
    CacheControl: 'no-store',
    Metadata: { Gene: 'apl-1', empty: '' },
  });
  expect(written.ETag).toBe(etag);
  const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'kept' }));
  for (const answer of [await get('kept'), head]) {
    expect(answer).toMatchObject({
      ContentLength: body.length,
      ContentType: 'text/x-fasta',
      ContentEncoding: 'gzip',
      ContentDisposition: 'attachment; filename="a b.fa"',
      ContentLanguage: 'en',
      CacheControl: 'no-store',
      Metadata: { gene: 'apl-1', empty: '' },
      ETag: etag,
      AcceptRanges: 'bytes',
      ServerSideEncryption: 'AES256',
    });
    expect(Math.abs(answer.LastModified!.getTime() - Date.now())).toBeLessThan(60_000);
  }
  expect((await get('kept')).bytes.equals(body)).toBe(true);
});

test('a second put replaces the first, metadata and all', async () => {
  await put('twice', 'first', { Metadata: { a: '1' } });
  await put('twice', 'second');
  const answer = await get('twice');
  expect(answer.bytes.toString()).toBe('second');
  expect(answer.Metadata).toEqual({});
});

test('an object of no bytes', async () => {
  await put('empty', Buffer.alloc(0));
  const answer = await get('empty');
  expect(answer.ContentLength).toBe(0);
  expect(answer.bytes).toHaveLength(0);
});

test.each([
  ['bytes=0-0', '0', 'bytes 0-0/10'],
  ['bytes=2-4', '234', 'bytes 2-4/10'],
  ['bytes=7-', '789', 'bytes 7-9/10'],
  ['bytes=-3', '789', 'bytes 7-9/10'],
  ['bytes=5-99', '56789', 'bytes 5-9/10'],
  ['bytes=-99', '0123456789', 'bytes 0-9/10'],
])('range %s', async (Range, text, contentRange) => {
  await put('range', '0123456789');
  const answer = await get('range', { Range });
  expect(answer.bytes.toString()).toBe(text);
  expect(answer).toMatchObject({ ContentRange: contentRange, ContentLength: text.length, $metadata: { httpStatusCode: 206 } });
  const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'range', Range }));
  expect(head).toMatchObject({ ContentLength: text.length, $metadata: { httpStatusCode: 206 } });
});

test.each(['bytes=10-', 'bytes=10-12', 'bytes=-0'])('range %s cannot be satisfied', async (Range) => {
  await put('range', '0123456789');
  expect(await failureOf(get('range', { Range }))).toEqual({ code: 'InvalidRange', status: 416, message: 'The requested range is not satisfiable' });
});

test('no byte of an empty object can be asked for', async () => {
  await put('empty', Buffer.alloc(0));
  expect(await failureOf(get('empty', { Range: 'bytes=0-' }))).toMatchObject({ status: 416 });
});

test.each(['bytes=4-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-'])('what is no single range (%s) gives the whole object', async (Range) => {
  await put('range', '0123456789');
  const answer = await get('range', { Range });
  expect(answer.bytes.toString()).toBe('0123456789');
  expect(answer.$metadata.httpStatusCode).toBe(200);
});

const ODD_KEYS = [
  '../x', '../../etc/passwd', './a', 'a//b', '/leading', 'trailing/', '//', 'a/../b', 'ünïcode/日本語/😀', 'per%cent', '%2F', '%25', 'a+b', 'a b', ' ', '+',
  'quote\'"s', 'am&p', '<tag>', 'a\\b', 'semi;colon', 'que?stion', 'ha#sh', 'e=mc²', '~tilde', '*', '!(x)', 'a:b@c$d,e', 'tab\there', 'new\nline',
  'carriage\r\nreturn', 'nul\u0001', 'constructor', '__proto__', 'x'.repeat(1024),
];

test.each(ODD_KEYS)('key %j is only a text', async (key) => {
  await put(key, `of ${key}`);
  expect((await get(key)).bytes.toString()).toBe(`of ${key}`);
  const copied = await client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'copy', CopySource: `${BUCKET}/${encodeURIComponent(key)}` }));
  expect(copied.CopyObjectResult?.ETag).toBe(`"${createHash('md5').update(`of ${key}`).digest('hex')}"`);
  const listed = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: key, EncodingType: 'url' }));
  expect(listed.Contents!.map(({ Key }) => decodeURIComponent(Key!))).toContain(key);
  await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
  expect(await failureOf(get(key))).toMatchObject({ code: 'NoSuchKey', status: 404 });
});

test('many odd keys are deleted in one request', async () => {
  const keys = ODD_KEYS.filter((key) => !key.includes('\u0001'));
  for (const key of keys) await put(key, 'x');
  await put('stays', 'x');
  const answer = await client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: keys.map((Key) => ({ Key })) } }));
  expect(answer.Errors ?? []).toEqual([]);
  expect(answer.Deleted!.map(({ Key }) => Key).sort()).toEqual([...keys].sort());
  const left = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  const names = left.Contents!.map(({ Key }) => Key);
  expect(names).toContain('stays');
  expect(names.filter((name) => keys.includes(name!))).toEqual([]);
});

test('deleting: what is not there is no error, quiet says nothing, 1,000 keys go and 1,001 do not', async () => {
  await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'never-was' }));
  const objects = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `a&b-${index}` }));
  const quiet = await client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: objects(1000), Quiet: true } }));
  expect(quiet.Deleted).toBeUndefined();
  const loud = await client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: objects(1000) } }));
  expect(loud.Deleted).toHaveLength(1000);
  expect(await failureOf(client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: objects(1001) } }))))
    .toMatchObject({ code: 'MalformedXML', status: 400 });
});

test('a delete with a condition that would be lost is refused by its name', async () => {
  await put('condition', 'x');
  const one = client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'condition', IfMatch: '"other"' }));
  expect(await failureOf(one)).toMatchObject({ status: 501, message: expect.stringContaining('if-match') });
  const many = client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: [{ Key: 'condition', VersionId: 'v1' }] } }));
  expect(await failureOf(many)).toMatchObject({ status: 501, message: expect.stringContaining('VersionId') });
  expect((await get('condition')).bytes.toString()).toBe('x');
});

test('a copy takes the metadata along, or new ones', async () => {
  await put('source', 'text', { Metadata: { a: '1' }, ContentType: 'text/plain' });
  await client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'same', CopySource: `/${BUCKET}/source` }));
  expect(await get('same')).toMatchObject({ Metadata: { a: '1' }, ContentType: 'text/plain' });
  await client.send(new CopyObjectCommand({
    Bucket: BUCKET, Key: 'other', CopySource: `${BUCKET}/source`, MetadataDirective: 'REPLACE', Metadata: { b: '2' }, ContentType: 'text/html',
  }));
  expect(await get('other')).toMatchObject({ Metadata: { b: '2' }, ContentType: 'text/html' });
  await put('source', 'changed');
  expect((await get('same')).bytes.toString()).toBe('text');
});

test('what cannot be copied says why', async () => {
  await put('source', 'text');
  const copy = (CopySource: string, more: object = {}) => client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'source', CopySource, ...more }));
  expect(await failureOf(copy(`${BUCKET}/source`))).toMatchObject({ code: 'InvalidRequest', status: 400 });
  expect(await failureOf(copy(`${BUCKET}/absent`))).toMatchObject({ code: 'NoSuchKey', status: 404 });
  expect(await failureOf(copy('absent-bucket/source'))).toMatchObject({ code: 'NoSuchBucket', status: 404 });
  expect(await failureOf(copy('source'))).toMatchObject({ code: 'InvalidArgument', status: 400 });
  expect(await failureOf(copy(`${BUCKET}/%zz`))).toMatchObject({ status: 400 });
  expect(await failureOf(copy(`${BUCKET}/source?versionId=1`))).toMatchObject({ status: 501 });
  expect(await failureOf(copy(`${BUCKET}/source`, { MetadataDirective: 'REPLACE', CopySourceIfMatch: '"other"' }))).toMatchObject({ status: 412 });
  expect(await failureOf(copy(`${BUCKET}/source`, { MetadataDirective: 'REPLACE', IfNoneMatch: '*' }))).toMatchObject({ status: 412 });
});

test('buckets', async () => {
  await client.send(new HeadBucketCommand({ Bucket: BUCKET }));
  expect(await failureOf(client.send(new HeadBucketCommand({ Bucket: 'absent' })))).toMatchObject({ status: 404 });
  expect(await failureOf(client.send(new GetObjectCommand({ Bucket: 'absent', Key: 'x' })))).toEqual(
    { code: 'NoSuchBucket', status: 404, message: 'The specified bucket does not exist' });
  expect(await failureOf(client.send(new PutObjectCommand({ Bucket: 'absent', Key: 'x', Body: 'y' })))).toMatchObject({ code: 'NoSuchBucket' });
  expect((await client.send(new GetBucketLocationCommand({ Bucket: BUCKET }))).LocationConstraint || undefined).toBeUndefined();
  await client.send(new CreateBucketCommand({ Bucket: 'another-one' }));
  expect((await client.send(new ListBucketsCommand({}))).Buckets!.map(({ Name }) => Name)).toEqual(['another-one', BUCKET]);
  expect(await failureOf(client.send(new CreateBucketCommand({ Bucket: 'another-one' })))).toMatchObject({ code: 'BucketAlreadyOwnedByYou', status: 409 });
  for (const Bucket of ['Upper', 'ab', 'a..b', 'xn--a']) {
    expect(await failureOf(client.send(new CreateBucketCommand({ Bucket })))).toMatchObject({ code: 'InvalidBucketName', status: 400 });
  }
});

test('what this server has not is refused by name, not ignored', async () => {
  expect(await failureOf(get('x', { VersionId: '1' }))).toMatchObject({ status: 501, message: expect.stringContaining('versionId') });
  expect(await failureOf(get('x', { ResponseContentType: 'text/html' }))).toMatchObject({ status: 501, message: expect.stringContaining('response-content-type') });
  expect(await failureOf(get('x', { PartNumber: 1 }))).toMatchObject({ status: 501, message: expect.stringContaining('partNumber') });
  expect(await failureOf(put('x', 'y', { Tagging: 'a=b' }))).toMatchObject({ status: 501, message: expect.stringContaining('x-amz-tagging') });
  expect(await failureOf(put('x', 'y', { StorageClass: 'GLACIER' }))).toMatchObject({ status: 501, message: expect.stringContaining('GLACIER') });
  expect(await failureOf(put('x', 'y', { ACL: 'public-read' }))).toMatchObject({ code: 'AccessControlListNotSupported', status: 400 });
  const customerKey = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: Buffer.alloc(32).toString('base64') };
  expect(await failureOf(put('x', 'y', customerKey))).toMatchObject({ status: 501 });
});

test('limits: key length and metadata', async () => {
  expect(await failureOf(put('x'.repeat(1025), 'y'))).toMatchObject({ code: 'KeyTooLongError', status: 400 });
  expect(await failureOf(put('x', 'y', { Metadata: { a: 'x'.repeat(2048) } }))).toMatchObject({ code: 'MetadataTooLarge', status: 400 });
  await put('x', 'y', { Metadata: { a: 'x'.repeat(2047) } });
});
