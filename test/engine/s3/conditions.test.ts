import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { BUCKET, failureOf, LocalS3, someBytes } from './support/local-s3';

let s3: LocalS3;
let client: S3Client;

beforeAll(async () => {
  s3 = await LocalS3.start();
  client = s3.owner();
});
afterAll(() => s3.stop());

function put(Key: string, Body: string | Buffer, more: object = {}) {
  return client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...more }));
}

async function text(Key: string) {
  return (await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body!.transformToString();
}

test('If-None-Match: * writes only what is not there yet', async () => {
  await put('new', 'first', { IfNoneMatch: '*' });
  expect(await failureOf(put('new', 'second', { IfNoneMatch: '*' }))).toEqual({
    code: 'PreconditionFailed', status: 412, message: 'At least one of the pre-conditions you specified did not hold',
  });
  expect(await text('new')).toBe('first');
});

test('If-Match writes only over what is known', async () => {
  const { ETag } = await put('known', 'first');
  await put('known', 'second', { IfMatch: ETag });
  expect(await failureOf(put('known', 'third', { IfMatch: ETag }))).toMatchObject({ code: 'PreconditionFailed', status: 412 });
  expect(await text('known')).toBe('second');
  expect(await failureOf(put('not there', 'x', { IfMatch: ETag }))).toMatchObject({ code: 'NoSuchKey', status: 404 });
});

test('If-None-Match with an ETag is no condition of a write', async () => {
  expect(await failureOf(put('etag', 'x', { IfNoneMatch: '"0"' }))).toMatchObject({ status: 501 });
});

test('of many writers of a new key exactly one wins, and its bytes are there', async () => {
  const writers = Array.from({ length: 12 }, (_, index) => s3.owner().send(
    new PutObjectCommand({ Bucket: BUCKET, Key: 'race', Body: someBytes(200_000, index + 1), IfNoneMatch: '*' })).then(() => index));
  const results = await Promise.allSettled(writers);
  const won = results.filter((result) => result.status === 'fulfilled');
  expect(won).toHaveLength(1);
  const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'race' }));
  expect(Buffer.from(await Body!.transformToByteArray()).equals(someBytes(200_000, won[0].value + 1))).toBe(true);
});

test('of many writers that replace what they read exactly one wins each round: no update is lost', async () => {
  await put('counter', '0');
  let conflicts = 0;
  const writers = Array.from({ length: 5 }, () => s3.owner());
  const read = async (own: S3Client) => {
    const { Body, ETag } = await own.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'counter' }));
    return { ETag, count: Number(await Body!.transformToString()) };
  };
  // In the first round all have read before one writes.
  const first = await Promise.all(writers.map(read));
  await Promise.all(writers.map(async (own, index) => {
    let known = first[index];
    for (let added = 0; added < 4; known = await read(own)) {
      try {
        await own.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'counter', Body: String(known.count + 1), IfMatch: known.ETag }));
        added += 1;
      } catch {
        conflicts += 1;
      }
    }
  }));
  expect(await text('counter')).toBe('20');
  expect(conflicts).toBeGreaterThanOrEqual(4);
});

test('readers see whole objects while writers replace them', async () => {
  const versions = [someBytes(300_000, 1), someBytes(150_000, 2), someBytes(10, 3)];
  await put('flux', versions[0]);
  const write = async () => { for (let i = 0; i < 15; i++) await put('flux', versions[i % 3]); };
  const read = async () => {
    for (let i = 0; i < 15; i++) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'flux' }));
      const bytes = Buffer.from(await Body!.transformToByteArray());
      expect(versions.some((version) => version.equals(bytes))).toBe(true);
    }
  };
  await Promise.all([write(), read(), write(), read()]);
});

describe('reads', () => {
  let etag: string;
  const [past, future] = [new Date(Date.now() - 86_400_000), new Date(Date.now() + 86_400_000)];
  beforeAll(async () => { etag = (await put('read', 'text')).ETag!; });

  test.each<[string, () => object, number]>([
    ['If-Match, the same', () => ({ IfMatch: etag }), 200],
    ['If-Match, *', () => ({ IfMatch: '*' }), 200],
    ['If-Match, another', () => ({ IfMatch: '"0"' }), 412],
    ['If-None-Match, the same', () => ({ IfNoneMatch: etag }), 304],
    ['If-None-Match, another', () => ({ IfNoneMatch: '"0"' }), 200],
    ['If-Modified-Since, before', () => ({ IfModifiedSince: past }), 200],
    ['If-Modified-Since, now', () => ({ IfModifiedSince: new Date() }), 304],
    ['If-Unmodified-Since, before', () => ({ IfUnmodifiedSince: past }), 412],
    ['If-Unmodified-Since, later', () => ({ IfUnmodifiedSince: future }), 200],
    ['a matching If-Match outdoes If-Unmodified-Since', () => ({ IfMatch: etag, IfUnmodifiedSince: past }), 200],
    ['an other If-None-Match outdoes If-Modified-Since', () => ({ IfNoneMatch: '"0"', IfModifiedSince: new Date() }), 200],
  ])('%s: %3$i', async (_name, condition, status) => {
    for (const Command of [GetObjectCommand, HeadObjectCommand]) {
      const call = client.send(new Command({ Bucket: BUCKET, Key: 'read', ...condition() }) as GetObjectCommand);
      expect(status === 200 ? (await call).$metadata.httpStatusCode : (await failureOf(call)).status).toBe(status);
    }
  });
});
