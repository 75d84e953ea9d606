import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { BUCKET, LocalS3, OWNER, someBytes } from './support/local-s3';

const MEBIBYTE = 1024 * 1024;
const SIZE = 200 * MEBIBYTE;
const long = process.env.PAVI_LONG_TESTS === '1' ? test : test.skip;

/** The most resident memory that the process ever had, in bytes. */
function peakMemory(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}

async function digestOf(client: S3Client, Key: string): Promise<string> {
  const hash = createHash('sha256');
  const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  for await (const chunk of Body as Readable) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

// PAVI_LONG_TESTS=1: some 10 seconds, and 1 GB of disk for a moment.
long('an object of 200 MB comes, is copied and goes without being held in memory', async () => {
  const s3 = await LocalS3.start();
  await s3.server.close();
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'support/serve.ts'), s3.folder],
    { cwd: join(__dirname, '../../..'), stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const endpoint = await new Promise<string>((resolve) => { createInterface(child.stdout).once('line', resolve); });
    const client = s3.client(OWNER, { endpoint });
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'small', Body: someBytes(MEBIBYTE) }));
    await digestOf(client, 'small');
    const before = peakMemory(child.pid!);
    const expected = createHash('sha256');
    const body = Readable.from((async function* () {
      for (let i = 0; i < SIZE / MEBIBYTE; i++) {
        const bytes = someBytes(MEBIBYTE, i);
        expected.update(bytes);
        yield bytes;
      }
    })());
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'large', Body: body, ContentLength: SIZE, ChecksumAlgorithm: 'SHA256' }));
    await client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'copy', CopySource: `${BUCKET}/large` }));
    const digest = expected.digest('hex');
    expect(await Promise.all(['large', 'copy'].map((key) => digestOf(client, key)))).toEqual([digest, digest]);
    const grown = (peakMemory(child.pid!) - before) / MEBIBYTE;
    expect(grown).toBeLessThan(100);
  } finally {
    child.kill('SIGKILL');
    await s3.stop();
  }
}, 300_000);
