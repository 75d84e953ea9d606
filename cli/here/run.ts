import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { FailedJobLog, failedJobLog } from './failed-job-log';
import { PRODUCT, workerEnvironment } from './product';
import { type HistoryEvent, type JobOptions, type LoadedPipeline, LocalAccount } from '../../engine';
import { s3Uri } from '../../formats/s3-uri';
import { RunInput } from '../../src/contract/run-input';
import { StackOutput } from '../../src/contract/stack-outputs';
import { StoragePrefix, WorkKey } from '../../src/contract/storage-keys';
import { resultPlaces } from '../runs/result-places';
import { saveObjects } from '../runs/save-objects';
import { storedInput } from '../runs/stored-input';
import { EXECUTION_FILE, HISTORY_FILE, LOGS_FOLDER, NOTIFICATIONS_FILE } from '../trail/run-folder';

export interface RunOptions {
  readonly pipeline: LoadedPipeline;
  readonly input: RunInput;
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
      assembly,
      folder,
      temporary: true,
      logFolder: join(outputFolder, LOGS_FOLDER),
      notificationsFile: join(outputFolder, NOTIFICATIONS_FILE),
      jobEnvironment: workerEnvironment(allowLocalGenomes),
      product: PRODUCT,
      port: 0,
      jobs,
    });
    const owner = account.s3Client(account.tokens.forOwner());
    const { record: { arn, status, output, error, cause }, events } = await execute(options, account, await storedRunInput(options, owner));
    if (status === 'SUCCEEDED') return { status, results: await copyResults(JSON.parse(output!), owner, outputFolder) };
    const histories = [events, ...account.executions.children.histories(arn)];
    return { status: status as RunResult['status'], error, cause, results: [], failedJobLog: failedJobLog(histories, join(outputFolder, LOGS_FOLDER)) };
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

/** An input that does not fit a payload is uploaded, as a caller of the deployed pipeline would. */
async function storedRunInput({ input, pipeline: { outputs, buckets }, outputFolder }: RunOptions, owner: S3Client): Promise<unknown> {
  const inputsUri = () => String(outputs[StackOutput.INPUTS_URI]
    ?? s3Uri({ bucket: String(outputs[StackOutput.WORK_BUCKET_NAME] ?? [...buckets.keys()][0]), key: StoragePrefix.INPUTS }));
  const stored = await storedInput(input, inputsUri, ({ bucket, key }, body) =>
    owner.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' })));
  if (stored.uploaded !== undefined) {
    await mkdir(outputFolder, { recursive: true });
    await writeFile(join(outputFolder, WorkKey.SEQ_REGIONS), stored.uploaded.entries);
  }
  return stored.input;
}

/** Every object that a field of the output names by an S3 URI. */
async function copyResults(output: unknown, client: S3Client, folder: string): Promise<string[]> {
  const saved = await saveObjects(resultPlaces(output), { client, folder });
  return saved.map(({ file }) => file);
}
