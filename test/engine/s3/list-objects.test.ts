import { ListObjectsCommand, ListObjectsV2Command, ListObjectsV2CommandInput, paginateListObjectsV2, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { BUCKET, failureOf, LocalS3 } from './support/local-s3';

let s3: LocalS3;
let client: S3Client;
/** In the order of their UTF-8 bytes, which is another one than JavaScript's: U+FFFD stands before an emoji. */
const KEYS = [
  'A', 'a b', 'a&b', 'a+b', 'photos/2025/a.jpg', 'photos/2025/b.jpg', 'photos/2026/c.jpg', 'photos/index', 'photos2/x', 'z/', 'z/1', 'ä', '�', '😀',
];

beforeAll(async () => {
  s3 = await LocalS3.start();
  client = s3.owner();
  for (const Key of [...KEYS].reverse()) await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
});
afterAll(() => s3.stop());

function list(input: Partial<ListObjectsV2CommandInput> = {}) {
  return client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...input }));
}

async function names(input: Partial<ListObjectsV2CommandInput> = {}) {
  const { Contents = [], CommonPrefixes = [] } = await list(input);
  return [...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => `${Prefix}…`)];
}

test('all keys, in the order of their bytes', async () => {
  const answer = await list();
  expect(answer.Contents!.map(({ Key }) => Key)).toEqual(KEYS);
  expect(answer).toMatchObject({ Name: BUCKET, KeyCount: KEYS.length, IsTruncated: false, MaxKeys: 1000 });
  expect(answer.NextContinuationToken).toBeUndefined();
  expect(answer.Contents![0]).toMatchObject({ Size: 1, ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/), StorageClass: 'STANDARD', LastModified: expect.any(Date) });
});

test.each<[string, Partial<ListObjectsV2CommandInput>, string[]]>([
  ['a prefix', { Prefix: 'photos/' }, ['photos/2025/a.jpg', 'photos/2025/b.jpg', 'photos/2026/c.jpg', 'photos/index']],
  ['a prefix that is a key', { Prefix: 'photos/index' }, ['photos/index']],
  ['a prefix that nothing has', { Prefix: 'none' }, []],
  ['a delimiter', { Delimiter: '/' }, ['A', 'a b', 'a&b', 'a+b', 'ä', '�', '😀', 'photos/…', 'photos2/…', 'z/…']],
  ['both', { Prefix: 'photos/', Delimiter: '/' }, ['photos/index', 'photos/2025/…', 'photos/2026/…']],
  ['a key that is its own folder', { Prefix: 'z/', Delimiter: '/' }, ['z/', 'z/1']],
  ['a delimiter of several characters', { Prefix: 'photos/', Delimiter: '25/' }, ['photos/2026/c.jpg', 'photos/index', 'photos/2025/…']],
  ['a start', { StartAfter: 'photos/index' }, ['photos2/x', 'z/', 'z/1', 'ä', '�', '😀']],
  ['a start that is no key', { StartAfter: 'photos/3', Prefix: 'photos' }, ['photos/index', 'photos2/x']],
  ['no keys at all', { MaxKeys: 0 }, []],
])('with %s', async (_name, input, expected) => {
  expect(await names(input)).toEqual(expected);
});

test.each([1, 2, 3, 5, 13, 14])('pages of %i make the same list', async (pageSize) => {
  const found: string[] = [];
  for await (const page of paginateListObjectsV2({ client, pageSize }, { Bucket: BUCKET })) {
    expect(page.KeyCount).toBeLessThanOrEqual(pageSize);
    found.push(...(page.Contents ?? []).map(({ Key }) => Key!));
  }
  expect(found).toEqual(KEYS);
});

test.each([1, 2, 3])('pages of %i with a delimiter name each common prefix once', async (pageSize) => {
  const keys: string[] = [];
  const prefixes: string[] = [];
  for await (const page of paginateListObjectsV2({ client, pageSize }, { Bucket: BUCKET, Delimiter: '/' })) {
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!));
  }
  expect(keys).toEqual(['A', 'a b', 'a&b', 'a+b', 'ä', '�', '😀']);
  expect(prefixes).toEqual(['photos/', 'photos2/', 'z/']);
});

test('a full last page is not truncated', async () => {
  expect(await list({ MaxKeys: KEYS.length })).toMatchObject({ IsTruncated: false });
  expect(await list({ MaxKeys: KEYS.length - 1 })).toMatchObject({ IsTruncated: true });
});

test('keys, prefixes and delimiters are encoded where it is asked for', async () => {
  const answer = await list({ EncodingType: 'url', Prefix: 'a', Delimiter: '+' });
  expect(answer).toMatchObject({ EncodingType: 'url', Prefix: 'a', Delimiter: '%2B' });
  expect(answer.Contents!.map(({ Key }) => Key)).toEqual(['a%20b', 'a%26b']);
  expect(answer.CommonPrefixes).toEqual([{ Prefix: 'a%2B' }]);
  expect(await failureOf(list({ EncodingType: 'base64' as 'url' }))).toMatchObject({ code: 'InvalidArgument', status: 400 });
});

test('a wrong token or number is refused', async () => {
  expect(await failureOf(list({ ContinuationToken: 'not a token' }))).toMatchObject({ code: 'InvalidArgument', status: 400 });
  expect(await failureOf(list({ MaxKeys: -1 }))).toMatchObject({ code: 'InvalidArgument', status: 400 });
});

test('the first version of the listing', async () => {
  const first = await client.send(new ListObjectsCommand({ Bucket: BUCKET, MaxKeys: 3, Delimiter: '/' }));
  expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'a&b' });
  const rest = await client.send(new ListObjectsCommand({ Bucket: BUCKET, Marker: first.NextMarker, Delimiter: '/' }));
  expect(rest.Contents!.map(({ Key }) => Key)).toEqual(['a+b', 'ä', '�', '😀']);
  expect(rest.CommonPrefixes).toEqual([{ Prefix: 'photos/' }, { Prefix: 'photos2/' }, { Prefix: 'z/' }]);
});

test('the owner is told where it is asked for, and always by the first version', async () => {
  const owners = ({ Contents = [] }: { Contents?: { Owner?: { ID?: string } }[] }) => [...new Set(Contents.map(({ Owner }) => Owner?.ID))];
  const id = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(owners(await list({ FetchOwner: true }))).toEqual([id]);
  expect(owners(await list())).toEqual([undefined]);
  expect(owners(await client.send(new ListObjectsCommand({ Bucket: BUCKET })))).toEqual([id]);
});
