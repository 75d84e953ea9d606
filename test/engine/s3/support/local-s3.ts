import { createCipheriv } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { S3Server, serveS3 } from './serve-s3';
import type { PolicyDocument, PolicyStatement, Principal } from '../../../../engine/iam/policy';
import type { S3ServiceOptions } from '../../../../engine/s3/s3-service';
import type { LocalCredentials } from '../../../../engine/signing/signer';

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';
export const BUCKET = 'bucket';
export const OWNER: LocalCredentials = {
  accessKeyId: 'AKIAOWNER', secretAccessKey: 'the-owner-s-secret', principal: { arn: `arn:aws:iam::${ACCOUNT}:root` },
};

/** Many tests want the call to fail: what the client says of it would only hide what went wrong. */
const nothing = () => undefined;
const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** An S3 server for a test, with clients for whom the test names. */
export class LocalS3 {
  public static async start(options: Partial<S3ServiceOptions> = {}): Promise<LocalS3> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'pavi-s3-test-'));
    const local = new LocalS3(folder, options);
    await local.restart();
    local.server.createBucket(BUCKET);
    return local;
  }

  public server!: S3Server;
  private readonly credentials = new Map<string, LocalCredentials>([[OWNER.accessKeyId, OWNER]]);
  private readonly policies = new Map<string, PolicyDocument>();
  private readonly clients: S3Client[] = [];

  private constructor(public readonly folder: string, private readonly options: Partial<S3ServiceOptions>) {}

  /** A new server on the same folder. */
  public async restart(): Promise<void> {
    await this.server?.close();
    this.server = await serveS3({
      folder: this.folder,
      findCredentials: (id) => this.credentials.get(id),
      region: REGION,
      bucketPolicy: (bucket) => this.policies.get(bucket),
      ...this.options,
    });
  }

  public owner(config: S3ClientConfig = {}): S3Client {
    return this.client(OWNER, config);
  }

  /** A client of a role that may do what the statements allow. */
  public role(statements: readonly PolicyStatement[], config: S3ClientConfig = {}): S3Client {
    return this.client(this.issue(statements), config);
  }

  public issue(statements: readonly PolicyStatement[]): LocalCredentials {
    const name = `Role${this.credentials.size}`;
    const principal: Principal = {
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/session`,
      roleArn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
      policies: [{ Version: '2012-10-17', Statement: statements }],
    };
    const credentials = { accessKeyId: `ASIA${name}`, secretAccessKey: `${name}-secret`, sessionToken: `${name}-token`, principal };
    this.credentials.set(credentials.accessKeyId, credentials);
    return credentials;
  }

  public client(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }, config: S3ClientConfig = {}): S3Client {
    const client = new S3Client({
      endpoint: this.server.endpoint, region: REGION, forcePathStyle: true, credentials, maxAttempts: 1, logger: SILENT, ...config,
    });
    this.clients.push(client);
    return client;
  }

  public bucketPolicy(policy: PolicyDocument | undefined): void {
    if (policy === undefined) this.policies.delete(BUCKET);
    else this.policies.set(BUCKET, policy);
  }

  public async stop(): Promise<void> {
    this.clients.forEach((client) => client.destroy());
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a call fails with, in the words that its answer has; fails where it does not fail. */
export async function failureOf(call: Promise<unknown>): Promise<{ code: string; status: number; message: string }> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as { name: string; message: string; $metadata?: { httpStatusCode?: number } };
    if ($metadata?.httpStatusCode === undefined) throw error;
    return { code: name, status: $metadata.httpStatusCode, message };
  }
  throw new Error('the call succeeded');
}

/** Bytes that look random, the same in each run: a chain of digests would be slower, and zeros would hide a mistake. */
export function someBytes(length: number, seed = 1): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(length));
}
