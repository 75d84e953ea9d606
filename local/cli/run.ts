import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { FailedJobLog, failedJobLog } from './failed-job-log';
import { MAX_PAYLOAD_BYTES } from './run-input';
import type { JobOptions } from '../account/job-options';
import type { LoadedPipeline } from '../account/load-pipeline';
import { LocalAccount } from '../account/local-account';
import type { HistoryEvent } from '../asl/history';
import { ENTRIES_FILE, EXECUTION_FILE, HISTORY_FILE } from '../report/run-folder';

export interface RunOptions {
  readonly pipeline: LoadedPipeline;
  readonly input: Record<string, unknown>;
  /** The execution's name. */
  readonly name: string;
  /** Where results, job logs and the execution's history go. */
  readonly outputFolder: string;
  /** Whether the jobs may read `file://` and `http://` genomes of this machine. */
  readonly allowLocalGenomes: boolean;
  readonly jobs: JobOptions;
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

/** Runs one execution to its end. Nothing of it stays but the output folder: no process, no server, no bucket. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { pipeline: assembly, outputFolder, allowLocalGenomes, jobs } = options;
  const folder = await mkdtemp(join(tmpdir(), 'pavi-pipeline-'));
  let account: LocalAccount | undefined;
  try {
    account = await LocalAccount.start({
      assembly, folder, logFolder: logFolder(options), notificationsFile: join(outputFolder, 'notifications.jsonl'), allowLocalGenomes, port: 0, jobs,
    });
    const owner = account.s3Client(account.tokens.forOwner());
    const { record: { status, output, error, cause }, events } = await execute(options, account, await storedInput(options, owner));
    if (status === 'SUCCEEDED') return { status, results: await copyResults(JSON.parse(output!), owner, outputFolder) };
    return { status: status as RunResult['status'], error, cause, results: [], failedJobLog: failedJobLog(events, logFolder(options)) };
  } finally {
    await account?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function execute(options: RunOptions, { executions }: LocalAccount, input: unknown) {
  const { pipeline: { stateMachine: machine }, name, outputFolder, signal, onEvent } = options;
  const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
  const running = executions.start({ arn, name, machine, input: JSON.stringify(input) }, onEvent);
  const stop = () => executions.stop(arn);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const trail = await running.ended;
  await mkdir(outputFolder, { recursive: true });
  await writeFile(join(outputFolder, HISTORY_FILE), JSON.stringify(trail.events, null, 2));
  const { record: { stateMachineArn, status, startDate, stopDate } } = trail;
  const described = { executionArn: arn, stateMachineArn, name, status, startDate, stopDate };
  await writeFile(join(outputFolder, EXECUTION_FILE), JSON.stringify(described, null, 2));
  return trail;
}

function logFolder({ outputFolder }: RunOptions): string {
  return join(outputFolder, 'logs');
}

/** An input that does not fit a payload is uploaded, as a caller of the deployed pipeline would. */
async function storedInput({ input, pipeline: { outputs, buckets }, name, outputFolder }: RunOptions, owner: S3Client): Promise<unknown> {
  const entries = input.seq_regions;
  if (Buffer.byteLength(JSON.stringify(input)) <= MAX_PAYLOAD_BYTES || !Array.isArray(entries)) return input;
  const bucket = String(outputs.WorkBucketName ?? [...buckets.keys()][0]);
  const key = `inputs/${name}.json`;
  await owner.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(entries), ContentType: 'application/json' }));
  await mkdir(outputFolder, { recursive: true });
  await writeFile(join(outputFolder, ENTRIES_FILE), JSON.stringify(entries));
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
