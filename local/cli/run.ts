import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { LocalSecurityTokens } from './credentials';
import { FailedJobLog, failedJobLog } from './failed-job-log';
import { LoadedPipeline, REGION } from './load-pipeline';
import { MAX_PAYLOAD_BYTES } from './run-input';
import { systemClock } from '../asl/clock';
import { runExecution } from '../asl/execution';
import type { HistoryEvent } from '../asl/history';
import { ACCOUNT, PARTITION } from '../assembly/resource-names';
import { BatchService } from '../batch/batch-service';
import { Capacity } from '../batch/capacity';
import { imageProgram } from '../batch/image-program';
import { integrations } from '../integrations/find-integration';
import type { LocalCredentials } from '../s3/credentials';
import { S3Server, startS3Server } from '../s3/server';

export interface RunOptions {
  readonly pipeline: LoadedPipeline;
  readonly input: Record<string, unknown>;
  /** The execution's name. */
  readonly name: string;
  /** Where results, job logs and the execution's history go. */
  readonly outputFolder: string;
  /** Whether the jobs may read `file://` and `http://` genomes of this machine. */
  readonly allowLocalGenomes: boolean;
  readonly signal: AbortSignal;
  readonly onEvent: (event: HistoryEvent) => void;
}

export interface RunResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly error?: string;
  readonly cause?: string;
  /** The files that the execution's output names, copied to the output folder. */
  readonly results: readonly string[];
  readonly failedJobLog?: FailedJobLog;
}

/** What the worker reads; see the contract of its command line. */
const ALLOW_LOCAL_ENV = 'PAVI_ALLOW_LOCAL';
const MEBIBYTE = 1024 * 1024;

/** Runs one execution to its end. Nothing of it stays but the output folder: no process, no server, no bucket. */
export async function run(options: RunOptions): Promise<RunResult> {
  const state = await mkdtemp(join(tmpdir(), 'pavi-pipeline-'));
  const tokens = new LocalSecurityTokens();
  const server = await startS3Server({
    folder: state,
    findCredentials: tokens.find,
    region: REGION,
    bucketPolicy: (bucket) => options.pipeline.buckets.get(bucket),
  });
  const clients: S3Client[] = [];
  const clientOf = (credentials: LocalCredentials) => {
    const client = new S3Client({ endpoint: server.endpoint, region: REGION, forcePathStyle: true, credentials, maxAttempts: 3 });
    clients.push(client);
    return client;
  };
  try {
    for (const bucket of options.pipeline.buckets.keys()) await server.createBucket(bucket);
    const owner = clientOf(tokens.forOwner());
    const result = await execute(options, server, tokens, clientOf, await storedInput(options, owner));
    const { status, error, cause, events } = result;
    if (status !== 'SUCCEEDED') return { status, error, cause, results: [], failedJobLog: failedJobLog(events, logFolder(options)) };
    return { status, results: await copyResults(result.output, owner, options.outputFolder) };
  } finally {
    clients.forEach((client) => client.destroy());
    await server.close();
    await rm(state, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function execute(
  options: RunOptions, server: S3Server, tokens: LocalSecurityTokens, clientOf: (credentials: LocalCredentials) => S3Client, input: unknown,
) {
  const { pipeline: { stateMachine, roles, definitions, queueArns, images }, name } = options;
  const credentials = tokens.forRole(stateMachine.role, name.slice(0, 64));
  const batch = new BatchService({
    capacity: new Capacity({ vcpus: availableParallelism(), memoryMiB: Math.floor(totalmem() / MEBIBYTE) }),
    logFolder: logFolder(options),
    region: REGION,
    programOf: (image) => imageProgram(image, images),
    environmentOf: (job) => ({
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL_S3: server.endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...options.allowLocalGenomes ? { [ALLOW_LOCAL_ENV]: '1' } : {},
      ...jobCredentials(tokens, roles.get(job.definition.jobRoleArn ?? ''), job.id),
    }),
  });
  const executionArn = `arn:${PARTITION}:states:${REGION}:${ACCOUNT}:execution:${stateMachine.name}:${name}`;
  const result = await runExecution({
    definition: stateMachine.definition,
    input,
    name,
    executionArn,
    stateMachineArn: stateMachine.arn,
    stateMachineName: stateMachine.name,
    roleArn: stateMachine.role.arn,
    findIntegration: integrations({ batch, principal: credentials.principal, definitions, queueArns, s3: clientOf(credentials) }),
    clock: systemClock,
    signal: options.signal,
    onEvent: options.onEvent,
  });
  await mkdir(options.outputFolder, { recursive: true });
  await writeFile(join(options.outputFolder, 'execution-history.json'), JSON.stringify(result.events, null, 2));
  return result;
}

function logFolder({ outputFolder }: RunOptions): string {
  return join(outputFolder, 'logs');
}

/** Keys for one job of a role; a job without a role gets none, as in AWS. */
function jobCredentials(tokens: LocalSecurityTokens, role: Parameters<LocalSecurityTokens['forRole']>[0] | undefined, jobId: string): Record<string, string> {
  if (role === undefined) return {};
  const { accessKeyId, secretAccessKey, sessionToken } = tokens.forRole(role, jobId);
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken! };
}

/** An input that does not fit a payload is uploaded, as a caller of the deployed pipeline would. */
async function storedInput({ input, pipeline: { outputs, buckets }, name }: RunOptions, owner: S3Client): Promise<unknown> {
  const entries = input.seq_regions;
  if (Buffer.byteLength(JSON.stringify(input)) <= MAX_PAYLOAD_BYTES || !Array.isArray(entries)) return input;
  const bucket = String(outputs.WorkBucketName ?? [...buckets.keys()][0]);
  const key = `inputs/${name}.json`;
  await owner.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(entries), ContentType: 'application/json' }));
  const { seq_regions: _entries, ...rest } = input;
  return { ...rest, seq_regions_uri: `s3://${bucket}/${key}`, input_count: entries.length };
}

/** Every object that a field of the output names by an S3 URI. */
async function copyResults(output: unknown, owner: S3Client, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const results: string[] = [];
  for (const [field, value] of Object.entries((output ?? {}) as Record<string, unknown>)) {
    const place = field.endsWith('_s3_uri') && typeof value === 'string' ? /^s3:\/\/([^/]+)\/(.+)$/.exec(value) : null;
    if (place === null) continue;
    const target = resolve(folder, basename(place[2]));
    const { Body } = await owner.send(new GetObjectCommand({ Bucket: place[1], Key: place[2] }));
    await pipeline(Body as Readable, createWriteStream(target));
    results.push(target);
  }
  return results;
}
