import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand, ChecksumAlgorithm, CompletedPart, CompleteMultipartUploadCommand, CreateMultipartUploadCommand, GetObjectCommand,
  HeadObjectCommand, ListMultipartUploadsCommand, ListPartsCommand, PutObjectCommand, S3Client, UploadPartCommand,
} from '@aws-sdk/client-s3';
import { BUCKET, failureOf, LocalS3, someBytes } from './support/local-s3';

const MIN_PART = 5 * 1024 * 1024;
let s3: LocalS3;
let client: S3Client;

beforeAll(async () => {
  s3 = await LocalS3.start();
  client = s3.owner();
});
afterAll(() => s3.stop());

async function create(Key: string, more: object = {}): Promise<string> {
  return (await client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key, ...more }))).UploadId!;
}

async function upload(Key: string, UploadId: string, PartNumber: number, Body: Buffer, more: object = {}): Promise<CompletedPart> {
  const { $metadata: _, ServerSideEncryption: __, ...part } = await client.send(
    new UploadPartCommand({ Bucket: BUCKET, Key, UploadId, PartNumber, Body, ...more }));
  return { PartNumber, ...part };
}

function complete(Key: string, UploadId: string, Parts: CompletedPart[], more: object = {}) {
  return client.send(new CompleteMultipartUploadCommand({ Bucket: BUCKET, Key, UploadId, MultipartUpload: { Parts }, ...more }));
}

async function get(Key: string) {
  const answer = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  return { ...answer, bytes: Buffer.from(await answer.Body!.transformToByteArray()) };
}

function md5(bytes: Buffer): Buffer {
  return createHash('md5').update(bytes).digest();
}

test('parts that came in any order make one object, with the ETag of its parts', async () => {
  const bodies = [someBytes(MIN_PART, 1), someBytes(MIN_PART + 3, 2), someBytes(7, 3)];
  const id = await create('parts', { Metadata: { a: '1' }, ContentType: 'text/plain' });
  const parts: CompletedPart[] = [];
  for (const number of [3, 1, 2]) parts[number - 1] = await upload('parts', id, number, bodies[number - 1]);
  expect(parts.map(({ ETag }) => ETag)).toEqual(bodies.map((body) => `"${md5(body).toString('hex')}"`));
  const { ETag } = await complete('parts', id, parts);
  expect(ETag).toBe(`"${md5(Buffer.concat(bodies.map(md5))).toString('hex')}-3"`);
  const answer = await get('parts');
  expect(answer.bytes.equals(Buffer.concat(bodies))).toBe(true);
  expect(answer).toMatchObject({ ETag, Metadata: { a: '1' }, ContentType: 'text/plain' });
  expect(await failureOf(complete('parts', id, parts))).toMatchObject({ code: 'NoSuchUpload', status: 404 });
  // Nothing of the upload is left but the object's one file.
  expect(readdirSync(join(s3.folder, 'buckets', BUCKET, 'data'))).toHaveLength(1);
});

test('the numbers of the parts may have gaps, a part may be sent again, and parts may be left out', async () => {
  const id = await create('gaps');
  await upload('gaps', id, 5, Buffer.from('first try'));
  const left = await upload('gaps', id, 7, Buffer.from('left out'));
  const part = await upload('gaps', id, 5, Buffer.from('second try'));
  expect(left.PartNumber).toBe(7);
  await complete('gaps', id, [part]);
  expect((await get('gaps')).bytes.toString()).toBe('second try');
});

test('an upload can be aborted, not listed; the object of that name stays', async () => {
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'stays', Body: 'old' }));
  const id = await create('stays');
  for (const number of [2, 1, 3]) await upload('stays', id, number, Buffer.from(`part ${number}`));
  const list = client.send(new ListPartsCommand({ Bucket: BUCKET, Key: 'stays', UploadId: id }));
  expect(await failureOf(list)).toMatchObject({ status: 501, message: expect.stringContaining('uploadId') });
  const listAll = client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
  expect(await failureOf(listAll)).toMatchObject({ status: 501, message: expect.stringContaining('uploads') });
  const before = readdirSync(join(s3.folder, 'buckets', BUCKET, 'data')).length;
  await client.send(new AbortMultipartUploadCommand({ Bucket: BUCKET, Key: 'stays', UploadId: id }));
  expect(readdirSync(join(s3.folder, 'buckets', BUCKET, 'data'))).toHaveLength(before - 3);
  expect(await failureOf(upload('stays', id, 4, Buffer.from('late')))).toMatchObject({ code: 'NoSuchUpload', status: 404 });
  expect((await get('stays')).bytes.toString()).toBe('old');
});

test('what cannot be completed says why, and the upload goes on', async () => {
  const id = await create('wrong');
  const one = await upload('wrong', id, 1, someBytes(MIN_PART - 1));
  const two = await upload('wrong', id, 2, Buffer.from('last'));
  const fails = (parts: CompletedPart[]) => failureOf(complete('wrong', id, parts));
  expect(await fails([one, two])).toMatchObject({ code: 'EntityTooSmall', status: 400 });
  expect(await fails([two, one])).toMatchObject({ code: 'InvalidPartOrder', status: 400 });
  expect(await fails([one, one])).toMatchObject({ code: 'InvalidPartOrder', status: 400 });
  expect(await fails([{ ...one, ETag: '"0"' }])).toMatchObject({ code: 'InvalidPart', status: 400 });
  expect(await fails([one, { ...two, PartNumber: 3 }])).toMatchObject({ code: 'InvalidPart', status: 400 });
  expect(await fails([])).toMatchObject({ code: 'MalformedXML', status: 400 });
  expect(await failureOf(complete('another key', id, [one]))).toMatchObject({ code: 'NoSuchUpload' });
  expect(await failureOf(upload('wrong', id, 10_001, Buffer.from('x')))).toMatchObject({ code: 'InvalidArgument', status: 400 });
  expect(await failureOf(complete('wrong', id, [two], { MpuObjectSize: 5 }))).toMatchObject({ code: 'InvalidRequest', status: 400 });
  await complete('wrong', id, [two], { MpuObjectSize: 4 });
  expect((await get('wrong')).bytes.toString()).toBe('last');
});

test('a completed upload obeys the conditions of a write', async () => {
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'there', Body: 'old' }));
  const id = await create('there');
  const part = await upload('there', id, 1, Buffer.from('new'));
  expect(await failureOf(complete('there', id, [part], { IfNoneMatch: '*' }))).toMatchObject({ code: 'PreconditionFailed', status: 412 });
  await complete('there', id, [part]);
  expect((await get('there')).bytes.toString()).toBe('new');
});

test.each<[ChecksumAlgorithm, 'COMPOSITE' | 'FULL_OBJECT']>([
  ['CRC32', 'COMPOSITE'], ['CRC32C', 'COMPOSITE'], ['SHA1', 'COMPOSITE'], ['SHA256', 'COMPOSITE'], ['CRC32', 'FULL_OBJECT'], ['CRC64NVME', 'FULL_OBJECT'],
])('%s, %s', async (algorithm, type) => {
  const field = `Checksum${algorithm}` as const;
  const bodies = [someBytes(MIN_PART, 4), someBytes(10, 5)];
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'whole', Body: Buffer.concat(bodies), ChecksumAlgorithm: algorithm }));
  const whole = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'whole', ChecksumMode: 'ENABLED' }));
  const id = await create('checked', { ChecksumAlgorithm: algorithm, ...algorithm === 'CRC64NVME' ? {} : { ChecksumType: type } });
  const parts: CompletedPart[] = [];
  for (const [index, body] of bodies.entries()) parts.push(await upload('checked', id, index + 1, body, { ChecksumAlgorithm: algorithm }));
  expect(parts.every((part) => typeof (part as unknown as Record<string, unknown>)[field] === 'string')).toBe(true);
  const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  if (type === 'COMPOSITE') {
    expect(await failureOf(complete('checked', id, bare))).toMatchObject({ code: 'InvalidRequest', message: expect.stringContaining('missing for part 1') });
  }
  const wrong = parts.map((part) => ({ ...part, [field]: parts[0].ETag }));
  expect(await failureOf(complete('checked', id, wrong))).toMatchObject({ code: 'InvalidPart' });
  if (type === 'FULL_OBJECT') {
    expect(await failureOf(complete('checked', id, bare, { [field]: 'AAAA' }))).toMatchObject({ code: 'BadDigest' });
    await complete('checked', id, bare, { [field]: whole[field], ChecksumType: type });
  } else {
    await complete('checked', id, parts);
  }
  const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'checked', ChecksumMode: 'ENABLED' }));
  expect(head.ChecksumType).toBe(type);
  if (type === 'FULL_OBJECT') expect(head[field]).toBe(whole[field]);
  else expect(head[field]).toMatch(/-2$/);
  expect((await get('checked')).bytes.equals(Buffer.concat(bodies))).toBe(true);
});

test('a part\'s checksum must be of the kind that the upload was created with', async () => {
  const id = await create('kind', { ChecksumAlgorithm: 'SHA256' });
  expect(await failureOf(upload('kind', id, 1, Buffer.from('x'), { ChecksumAlgorithm: 'CRC32' }))).toMatchObject({
    code: 'InvalidRequest', message: 'Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32',
  });
});

test('a part that is uploaded again and again while it is completed leaves one whole object', async () => {
  const id = await create('race');
  const parts = await Promise.all([1, 2, 3, 4].map(() => upload('race', id, 1, someBytes(1000, 9))));
  const results = await Promise.allSettled(parts.map((part) => complete('race', id, [part])));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect((await get('race')).bytes.equals(someBytes(1000, 9))).toBe(true);
});
