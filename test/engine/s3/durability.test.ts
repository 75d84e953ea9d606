import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { BUCKET, failureOf, LocalS3, OWNER, someBytes } from './support/local-s3';
import type { S3Fault } from '../../../engine/s3/s3-service';

const ROOT = join(__dirname, '../../..');
const PROGRAM = join(__dirname, 'support/serve.ts');

async function text(client: S3Client, Key: string): Promise<string> {
  return (await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body!.transformToString();
}

test('objects are there again after a restart, with all that was said of them', async () => {
  const s3 = await LocalS3.start();
  try {
    await s3.owner().send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a/b', Body: 'text', ContentType: 'text/plain', Metadata: { a: '1' } }));
    await s3.owner().send(new PutObjectCommand({ Bucket: BUCKET, Key: 'c', Body: 'first' }));
    await s3.owner().send(new PutObjectCommand({ Bucket: BUCKET, Key: 'c', Body: 'second' }));
    const before = await s3.owner().send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a/b' }));
    await s3.restart();
    const client = s3.owner();
    const after = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a/b' }));
    expect(await after.Body!.transformToString()).toBe('text');
    for (const name of ['ETag', 'LastModified', 'ContentType', 'Metadata'] as const) expect(after[name]).toEqual(before[name]);
    expect(await text(client, 'c')).toBe('second');
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    expect(Contents!.map(({ Key }) => Key)).toEqual(['a/b', 'c']);
  } finally {
    await s3.stop();
  }
});

test('a server that is killed in the middle of a write leaves the old object, and nothing of the new one', async () => {
  const s3 = await LocalS3.start();
  try {
    await s3.owner().send(new PutObjectCommand({ Bucket: BUCKET, Key: 'key', Body: 'old' }));
    await s3.server.close();
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, s3.folder], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    const endpoint = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
      createInterface(child.stdout).once('line', resolve);
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const client = s3.client(OWNER, { endpoint });
    // The upload's second half never comes.
    let halfWritten = () => undefined as void;
    const waiting = new Promise<void>((resolve) => { halfWritten = resolve; });

    const half = Readable.from((async function* () {
      yield someBytes(1_000_000);
      halfWritten();
      await new Promise(() => undefined);
    })());
    const put = client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'key', Body: half, ContentLength: 2_000_000 })).catch((error: Error) => error);
    await waiting;
    const unfinished = join(s3.folder, 'buckets', BUCKET, 'unfinished');
    while (readdirSync(unfinished).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGKILL');
    await exited;
    expect(await put).toBeInstanceOf(Error);
    await s3.restart();
    expect(await text(s3.owner(), 'key')).toBe('old');
    expect(readdirSync(unfinished)).toEqual([]);
    expect(readdirSync(join(s3.folder, 'buckets', BUCKET, 'data'))).toHaveLength(1);
  } finally {
    await s3.stop();
  }
});

test('a client that goes away in the middle of a write leaves the old object', async () => {
  const s3 = await LocalS3.start();
  try {
    const client = s3.owner();
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'key', Body: 'old' }));
    const abort = new AbortController();

    const half = Readable.from((async function* () {
      yield someBytes(100_000);
      setTimeout(() => abort.abort(), 100);
      await new Promise(() => undefined);
    })());
    const put = client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'key', Body: half, ContentLength: 200_000 }), { abortSignal: abort.signal });
    await expect(put).rejects.toThrow();
    expect(await text(client, 'key')).toBe('old');
    const unfinished = join(s3.folder, 'buckets', BUCKET, 'unfinished');
    while (readdirSync(unfinished).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  } finally {
    await s3.stop();
  }
});

test('what is no HTTP, or no S3, does not stop the server', async () => {
  const s3 = await LocalS3.start();
  try {
    const url = new URL(s3.server.endpoint);
    for (const garbage of ['hello\r\n\r\n', 'GET /%zz HTTP/1.1\r\nhost: x\r\n\r\n', 'GET http://other/ HTTP/1.1\r\nhost: x\r\n\r\n', 'BREW / HTTP/1.1\r\n\r\n']) {
      const answer = await new Promise<string>((resolve, reject) => {
        let received = '';
        const socket = connect(Number(url.port), url.hostname, () => socket.end(garbage));
        socket.setEncoding('latin1').on('data', (chunk) => { received += chunk; }).on('end', () => resolve(received)).on('error', reject);
      });
      expect(answer).toMatch(/^HTTP\/1\.1 [45]\d\d /);
    }
    await s3.owner().send(new PutObjectCommand({ Bucket: BUCKET, Key: 'key', Body: 'x' }));
  } finally {
    await s3.stop();
  }
});

test('faults: an error instead of an answer, and an answer that breaks off', async () => {
  let fault: S3Fault | undefined;
  const asked: string[] = [];
  const s3 = await LocalS3.start({
    fault: ({ operation, bucket, key }) => {
      asked.push(`${operation} ${bucket}/${key}`);
      return fault;
    },
  });
  try {
    const client = s3.owner();
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'key', Body: someBytes(500_000) }));
    fault = { code: 'SlowDown', status: 503 };
    expect(await failureOf(client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'key' })))).toMatchObject({ code: 'SlowDown', status: 503 });
    expect(await failureOf(client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'key', Body: 'new' })))).toMatchObject({ code: 'SlowDown' });
    fault = { resetAfterBytes: 1000 };
    // While it makes a checksum the client also tells of the end by an event, before anybody can listen.
    const { Body } = await s3.owner({ responseChecksumValidation: 'WHEN_REQUIRED' }).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'key' }));
    await expect(Body!.transformToByteArray()).rejects.toThrow();
    fault = undefined;
    const whole = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'key' }));
    expect(Buffer.from(await whole.Body!.transformToByteArray()).equals(someBytes(500_000))).toBe(true);
    expect(asked).toEqual(['PutObject', 'GetObject', 'PutObject', 'GetObject', 'GetObject'].map((operation) => `${operation} ${BUCKET}/key`));
  } finally {
    await s3.stop();
  }
});

test('the server listens on the loopback address alone', async () => {
  const s3 = await LocalS3.start();
  expect(s3.server.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  await s3.stop();
});
