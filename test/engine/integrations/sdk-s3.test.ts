import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { TaskContext } from '../../../engine/asl/visit/task-integration';
import { integrations } from '../../../engine/integrations/find-integration';
import { ACCOUNT, BUCKET, LocalS3 } from '../s3/support/local-s3';

let s3: LocalS3;
let machine: S3Client;
let stranger: S3Client;

beforeAll(async () => {
  s3 = await LocalS3.start();
  machine = s3.role([
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], Resource: `arn:aws:s3:::${BUCKET}/*` },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${BUCKET}` },
  ]);
  stranger = s3.role([]);
});
afterAll(() => s3.stop());

const context: TaskContext = {
  signal: new AbortController().signal, executionArn: 'arn', executionName: 'run', stateName: 'State', retryCount: 0, record: () => undefined, heartbeat: () => undefined,
};

function call(operation: string, args: Record<string, unknown>, client = machine): Promise<any> {
  const find = integrations({ s3: client } as Parameters<typeof integrations>[0]);
  return find(`arn:aws:states:::aws-sdk:s3:${operation}`, 'State')!({ Bucket: BUCKET, ...args }, context);
}

test('an object is put, read, described, copied, listed and deleted', async () => {
  const { ETag } = await call('putObject', { Key: 'a.txt', Body: 'text ü', ContentType: 'text/plain' });
  const read = await call('getObject', { Key: 'a.txt' });
  expect(read).toMatchObject({ Body: 'text ü', ContentLength: 7, ContentType: 'text/plain', ETag, LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) });
  expect(JSON.parse(JSON.stringify(read))).toEqual(read);
  expect(read).not.toHaveProperty('$metadata');
  expect(await call('headObject', { Key: 'a.txt' })).toMatchObject({ ContentLength: 7, ETag });
  expect(await call('copyObject', { Key: 'b.txt', CopySource: `${BUCKET}/a.txt` })).toMatchObject({ CopyObjectResult: { ETag } });
  expect(await call('listObjectsV2', {})).toMatchObject({ KeyCount: 2, Contents: [{ Key: 'a.txt', Size: 7 }, { Key: 'b.txt' }] });
  await call('deleteObject', { Key: 'a.txt' });
  expect(await call('deleteObjects', { Delete: { Objects: [{ Key: 'b.txt' }] } })).toMatchObject({ Deleted: [{ Key: 'b.txt' }] });
  expect((await call('listObjectsV2', {})).Contents).toBeUndefined();
});

test('a Body that is no text is written as JSON', async () => {
  await call('putObject', { Key: 'entries.json', Body: [{ a: 1 }, 'ü'] });
  expect((await call('getObject', { Key: 'entries.json' })).Body).toBe('[{"a":1},"ü"]');
});

test.each<[string, string, Record<string, unknown>, string, RegExp]>([
  ['no such key', 'getObject', { Key: 'absent' }, 'S3.NoSuchKeyException', /^The specified key does not exist\. \(Service: S3, Status Code: 404, Request ID: \w+\)$/],
  ['no such key, described', 'headObject', { Key: 'absent' }, 'S3.NoSuchKeyException', /\(Service: S3, Status Code: 404, Request ID: \w+\)$/],
  ['no such bucket', 'getObject', { Bucket: 'absent', Key: 'x' }, 'S3.NoSuchBucketException', /^The specified bucket does not exist \(Service: S3, Status Code: 404/],
  ['no such range', 'getObject', { Key: 'there', Range: 'bytes=9-' }, 'S3.S3Exception', /^The requested range is not satisfiable \(Service: S3, Status Code: 416/],
  ['a condition', 'putObject', { Key: 'there', Body: 'x', IfNoneMatch: '*' }, 'S3.S3Exception', /Status Code: 412/],
])('an error has the name and the words that Step Functions gives it: %s', async (_name, operation, args, errorName, errorCause) => {
  await s3.owner().send(new PutObjectCommand({ Bucket: BUCKET, Key: 'there', Body: 'text' }));
  await expect(call(operation, args)).rejects.toMatchObject({ errorName, errorCause: expect.stringMatching(errorCause) });
});

test('the call is the state machine\'s role\'s: a denial names who, what and where', async () => {
  await expect(call('putObject', { Key: 'x', Body: 'y' }, stranger)).rejects.toMatchObject({
    errorName: 'S3.S3Exception',
    errorCause: expect.stringMatching(new RegExp(`^User: arn:aws:sts::${ACCOUNT}:assumed-role/Role\\d+/session is not authorized to perform: s3:PutObject `
      + `on resource: "arn:aws:s3:::${BUCKET}/x" because no identity-based policy allows the s3:PutObject action \\(Service: S3, Status Code: 403, Request ID: \\w+\\)$`)),
  });
});

test('a connection that breaks off is an error of the client', async () => {
  await s3.owner().send(new PutObjectCommand({ Bucket: BUCKET, Key: 'there', Body: 'x'.repeat(10_000) }));
  const broken = await LocalS3.start({ folder: s3.folder, fault: () => ({ resetAfterBytes: 10 }) });
  await expect(call('getObject', { Key: 'there' }, broken.owner())).rejects.toMatchObject({ errorName: 'S3.SdkClientException', errorCause: expect.stringContaining('aborted') });
  await broken.server.close();
  await expect(call('getObject', { Key: 'there' }, broken.owner())).rejects.toMatchObject({ errorName: 'S3.SdkClientException', errorCause: expect.stringContaining('ECONNREFUSED') });
});

test('a state that is stopped does not wait for its call', async () => {
  const find = integrations({ s3: machine } as Parameters<typeof integrations>[0]);
  const aborted = find('arn:aws:states:::aws-sdk:s3:getObject', 'State')!({ Bucket: BUCKET, Key: 'there' }, { ...context, signal: AbortSignal.abort() });
  await expect(aborted).rejects.toThrow();
});
