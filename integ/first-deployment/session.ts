import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchClient, DescribeJobsCommand, JobDetail } from '@aws-sdk/client-batch';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand, DescribeExecutionOutput, GetExecutionHistoryCommand, HistoryEvent, SFNClient, StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { STACK_NAME } from './names';

export interface SessionOptions {
  readonly region: string;
  /** Of `pavi-pipeline serve`. @default AWS */
  readonly endpoint?: string;
  /** Where everything that AWS answers is kept. */
  readonly folder: string;
  readonly waitSeconds: number;
}

/** An account, and the folder that keeps its answers. */
export class Session {
  public readonly sfn: SFNClient;
  public readonly batch: BatchClient;
  private readonly cloudFormation: CloudFormationClient;
  private readonly s3: S3Client;

  constructor(public readonly options: SessionOptions) {
    const { region, endpoint } = options;
    const settings = { region, endpoint };
    // TestState has an address of its own in AWS, before which the SDK puts `sync-`.
    this.sfn = new SFNClient({ ...settings, disableHostPrefix: endpoint !== undefined });
    this.batch = new BatchClient(settings);
    this.cloudFormation = new CloudFormationClient(settings);
    this.s3 = new S3Client({ ...settings, forcePathStyle: endpoint !== undefined });
  }

  public get isLocal(): boolean {
    return this.options.endpoint !== undefined;
  }

  /** Keeps an answer; `replay.ts` reads it. */
  public keep(name: string, value: unknown): void {
    writeFileSync(join(this.options.folder, `${name}.json`), `${JSON.stringify(value, withoutMetadata, 2)}\n`);
  }

  /** The outputs of the deployed app. */
  public async outputs(): Promise<Readonly<Record<string, string>>> {
    const { Stacks = [] } = await this.cloudFormation.send(new DescribeStacksCommand({ StackName: STACK_NAME })).catch((error: Error) => {
      if (error.name !== 'ValidationError') throw error;
      throw new Error(`the stack ${STACK_NAME} is not there; run the step deploy before this one, with --keep if it is run by itself`);
    });
    return Object.fromEntries((Stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  }

  public async start(stateMachineArn: string, input: object): Promise<string> {
    const { executionArn } = await this.sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
    return executionArn!;
  }

  /** The execution when it has ended; its description, history and jobs are kept under the name. */
  public async ended(executionArn: string, name: string): Promise<EndedExecution> {
    const description = await this.until(`the end of ${executionArn}`, async () => {
      const found = await this.sfn.send(new DescribeExecutionCommand({ executionArn }));
      return found.status === 'RUNNING' ? undefined : found;
    });
    const events = await this.history(executionArn);
    const jobs = await this.jobs(jobIds(events));
    this.keep(`${name}-execution`, description);
    this.keep(`${name}-history`, events);
    this.keep(`${name}-jobs`, jobs);
    return { description, events, jobs };
  }

  public async history(executionArn: string): Promise<HistoryEvent[]> {
    const all: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const { events = [], nextToken: next } = await this.sfn.send(new GetExecutionHistoryCommand({ executionArn, nextToken }));
      all.push(...events);
      nextToken = next;
    } while (nextToken !== undefined);
    return all;
  }

  public async jobs(ids: readonly string[]): Promise<JobDetail[]> {
    if (ids.length === 0) return [];
    const { jobs = [] } = await this.batch.send(new DescribeJobsCommand({ jobs: ids.slice(0, 100) }));
    return jobs;
  }

  public async object(uri: string): Promise<Buffer> {
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from(await Body!.transformToByteArray());
  }

  /** Asks until there is an answer. */
  public async until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    const { waitSeconds } = this.options;
    const end = Date.now() + waitSeconds * 1000;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (Date.now() > end) throw new Error(`waited ${waitSeconds} s for ${what}; give more with --wait SECONDS`);
      await sleep(this.isLocal ? 200 : 5000);
    }
  }

  public close(): void {
    this.sfn.destroy();
    this.batch.destroy();
    this.cloudFormation.destroy();
    this.s3.destroy();
  }
}

export interface EndedExecution {
  readonly description: DescribeExecutionOutput;
  readonly events: readonly HistoryEvent[];
  readonly jobs: readonly JobDetail[];
}

/** Of the jobs that an execution has submitted, from what Step Functions tells of it. */
export function jobIds(events: readonly HistoryEvent[]): string[] {
  return events.flatMap(({ taskSubmittedEventDetails: submitted }) => {
    const id = submitted?.resourceType === 'batch' ? (JSON.parse(submitted.output ?? '{}') as { JobId?: string }).JobId : undefined;
    return id === undefined ? [] : [id];
  });
}

/** The SDK's own words on a call are nobody's to compare. */
function withoutMetadata(name: string, value: unknown): unknown {
  return name === '$metadata' ? undefined : value;
}
