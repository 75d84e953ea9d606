import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { PolicyDocument } from '../../../engine/iam/policy';
import type { S3Fault } from '../../../engine/s3/s3-service';
import { serveS3 } from '../../engine/s3/support/serve-s3';

const KEY = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'test-secret' };
export const BUCKET = 'pavi-work';

/** What is asked of S3: `getObject`, `putObject`, ... and the key. */
export interface Asked { readonly operation: string; readonly key: string }

export interface TestBucket {
  /** What a process needs to use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every request so far. */
  readonly asked: Asked[];
  /** What happens to the next requests; undefined: what they ask for. */
  fault?: (asked: Asked, count: number) => S3Fault | undefined;
  /** The role's policies; undefined: it may do everything. */
  policies?: readonly PolicyDocument[];
  download(key: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** The project's S3 server with one bucket, faults and permissions. */
export async function startTestBucket(): Promise<TestBucket> {
  const folder = mkdtempSync(join(tmpdir(), 'pavi-test-bucket-'));
  const asked: Asked[] = [];
  const bucket: { -readonly [K in keyof TestBucket]: TestBucket[K] } = {
    asked,
    environment: {},
    download: async () => Buffer.alloc(0),
    close: async () => undefined,
  };
  const server = await serveS3({
    folder,
    region: 'us-east-1',
    bucketPolicy: () => undefined,
    findCredentials: (id) => id !== KEY.accessKeyId ? undefined : {
      ...KEY,
      principal: { arn: 'arn:aws:sts::123456789012:assumed-role/Step/job', roleArn: 'arn:aws:iam::123456789012:role/Step', policies: bucket.policies },
    },
    fault: ({ operation, key }) => {
      asked.push({ operation, key });
      return bucket.fault?.({ operation, key }, asked.length);
    },
  });
  server.createBucket(BUCKET);
  bucket.environment = {
    AWS_ENDPOINT_URL_S3: server.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
    AWS_MAX_ATTEMPTS: '2',
  };
  const client = new S3Client({ endpoint: server.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: KEY });
  bucket.download = async (key) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    return Buffer.from(await Body!.transformToByteArray());
  };
  bucket.close = async () => {
    client.destroy();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return bucket;
}
