import {
  AbortMultipartUploadCommand, CopyObjectCommand, CreateMultipartUploadCommand, DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand,
  HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { ACCOUNT, BUCKET, failureOf, LocalS3 } from './support/local-s3';
import type { PolicyStatement } from '../../../engine/iam/policy';

let s3: LocalS3;
const ARN = `arn:aws:s3:::${BUCKET}`;

beforeAll(async () => {
  s3 = await LocalS3.start();
  await s3.owner().send(new PutObjectCommand({ Bucket: BUCKET, Key: 'work/key', Body: 'text' }));
});
afterEach(() => s3.bucketPolicy(undefined));
afterAll(() => s3.stop());

const allow = (Action: string | string[], Resource: string, more: object = {}): PolicyStatement => ({ Effect: 'Allow', Action, Resource, ...more });
const get = (client: S3Client, Key = 'work/key') => client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
const put = (client: S3Client, Key = 'work/new') => client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' }));
const list = (client: S3Client, Prefix?: string) => client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }));

test('a denial names who, what and where, in AWS\'s words', async () => {
  const reader = s3.role([allow('s3:GetObject', `${ARN}/work/*`)]);
  await get(reader);
  const { code, status, message } = await failureOf(put(reader));
  expect({ code, status }).toEqual({ code: 'AccessDenied', status: 403 });
  expect(message).toMatch(new RegExp(`^User: arn:aws:sts::${ACCOUNT}:assumed-role/Role\\d+/session is not authorized to perform: s3:PutObject `
    + `on resource: "${ARN}/work/new" because no identity-based policy allows the s3:PutObject action$`));
});

test('only the key\'s prefix that is allowed', async () => {
  const writer = s3.role([allow('s3:PutObject', `${ARN}/work/*/sequences/*`)]);
  await put(writer, 'work/run/sequences/a.fa');
  expect(await failureOf(put(writer, 'work/run/errors/a.json'))).toMatchObject({ status: 403 });
  expect(await failureOf(put(writer, 'work/../work/run/a'))).toMatchObject({ status: 403 });
});

test('a key that is not there: 404 for who may list the bucket, 403 for who may not', async () => {
  const reader = s3.role([allow('s3:GetObject', `${ARN}/*`)]);
  const lister = s3.role([allow('s3:GetObject', `${ARN}/*`), allow('s3:ListBucket', ARN)]);
  expect(await failureOf(get(lister, 'absent'))).toMatchObject({ code: 'NoSuchKey', status: 404 });
  const { code, message } = await failureOf(get(reader, 'absent'));
  expect(code).toBe('AccessDenied');
  expect(message).toContain('s3:ListBucket');
  const head = (client: S3Client) => failureOf(client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'absent' })));
  expect(await head(lister)).toMatchObject({ status: 404 });
  expect(await head(reader)).toMatchObject({ status: 403 });
});

test('a listing may be bound to a prefix', async () => {
  const lister = s3.role([allow('s3:ListBucket', ARN, { Condition: { StringLike: { 's3:prefix': 'work/*' } } })]);
  await list(lister, 'work/');
  await list(lister, 'work/a');
  expect(await failureOf(list(lister, 'other/'))).toMatchObject({ status: 403 });
  expect(await failureOf(list(lister))).toMatchObject({ status: 403 });
});

test('each operation wants its own permission', async () => {
  const nobody = s3.role([allow('s3:GetObject', `${ARN}/none`)]);
  const calls: [string, () => Promise<unknown>][] = [
    ['s3:PutObject', () => put(nobody)],
    ['s3:DeleteObject', () => nobody.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'work/key' }))],
    ['s3:GetObject', () => nobody.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'x', CopySource: `${BUCKET}/work/key` }))],
    ['s3:PutObject', () => nobody.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: 'x' }))],
    ['s3:AbortMultipartUpload', () => nobody.send(new AbortMultipartUploadCommand({ Bucket: BUCKET, Key: 'x', UploadId: 'x' }))],
  ];
  for (const [action, call] of calls) expect(await failureOf(call())).toMatchObject({ status: 403, message: expect.stringContaining(action) });
});

test('a copy needs both: to read the one, and to write the other', async () => {
  const copy = (client: S3Client) => client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'copy', CopySource: `${BUCKET}/work/key` }));
  await copy(s3.role([allow('s3:GetObject', `${ARN}/work/*`), allow('s3:PutObject', `${ARN}/copy`)]));
  expect(await failureOf(copy(s3.role([allow('s3:GetObject', `${ARN}/work/*`)])))).toMatchObject({ message: expect.stringContaining('s3:PutObject') });
});

test('DeleteObjects deletes what it may, and says what it may not', async () => {
  const owner = s3.owner();
  await put(owner, 'gone');
  await put(owner, 'kept');
  const { Deleted, Errors } = await s3.role([allow('s3:DeleteObject', `${ARN}/gone`)]).send(
    new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: [{ Key: 'gone' }, { Key: 'kept' }] } }));
  expect(Deleted).toEqual([{ Key: 'gone' }]);
  expect(Errors).toMatchObject([{ Key: 'kept', Code: 'AccessDenied' }]);
  await get(owner, 'kept');
});

test('a bucket policy can deny even the owner, and can let a role in that has no policy of its own', async () => {
  const role = s3.issue([]);
  const client = s3.client(role);
  expect(await failureOf(get(client))).toMatchObject({ status: 403 });
  s3.bucketPolicy({ Statement: [{ Effect: 'Allow', Principal: { AWS: role.principal.roleArn }, Action: 's3:GetObject', Resource: `${ARN}/*` }] });
  await get(client);
  s3.bucketPolicy({ Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `${ARN}/work/*` }] });
  expect(await failureOf(put(s3.owner()))).toMatchObject({ status: 403, message: expect.stringContaining('explicit deny in a resource-based policy') });
});

test('a policy that wants TLS does not stop the loopback', async () => {
  s3.bucketPolicy({
    Statement: { Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: [ARN, `${ARN}/*`], Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  });
  await get(s3.owner());
});
