import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AwsApiCall, ExpectedResult, IApiCall, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, Fn, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as s3deploy from 'aws-cdk-lib/aws-s3-deployment';
import type { PaviAlignmentPipeline } from '../src';

const SAMPLE = join(__dirname, '../samples/worm-apl-1');
const GENOME = 'WBcel235-sparse.fna.gz';
const RESULTS = ['alignment-output.aln', 'aligned_seq_info.json'];
/** Longer than a run's jobs take where an instance has to be started for each of them. */
const WAIT = { totalTimeout: Duration.minutes(25), interval: Duration.seconds(15) };

export interface SampleRunOptions {
  /** The pipeline's, where it has one. */
  readonly keyPrefix?: string;
  /**
   * Where the sample's genome is put: one of the pipeline's genome buckets.
   *
   * @default - below `inputs/` in the work bucket, which retrieval jobs may read as well
   */
  readonly genomeBucket?: s3.IBucket;
  /** Step Functions keeps no state of an Express run: then the jobs table is asked whether it succeeded. */
  readonly isExpress?: boolean;
}

/**
 * A test that deploys the stacks, in this order. The stack of a snapshot is not deployed before that of the app: its assets are not kept.
 */
export function integTest(app: App, stacks: Stack[]): IntegTest {
  return new IntegTest(app, `${stacks.at(-1)!.stackName}Test`, { testCases: stacks, stackUpdateWorkflow: false });
}

/**
 * Runs the sample with the deployed pipeline: puts its genome into a bucket, starts an execution, waits for its success, and compares
 * size and CRC32 of both results with those of the expected ones. (S3 keeps the CRC32 that the worker sends. The ETag is an object's
 * MD5 only where no KMS key encrypts it: S3 API reference, "Object".)
 *
 * The assertions are resources of a stack of their own. Functions of integ-tests carry them out in AWS; `scripts/integ-local` has the
 * same functions carry them out on this machine.
 */
export function assertSampleRun(integ: IntegTest, pipeline: PaviAlignmentPipeline, options: SampleRunOptions = {}): void {
  const { keyPrefix = '', genomeBucket, isExpress = false } = options;
  const genomes = { bucket: genomeBucket ?? pipeline.workBucket, prefix: genomeBucket === undefined ? `${keyPrefix}inputs/integ-genome` : 'sample' };
  const genome = new s3deploy.BucketDeployment(pipeline, 'SampleGenome', {
    destinationBucket: genomes.bucket,
    destinationKeyPrefix: genomes.prefix,
    sources: [s3deploy.Source.asset(SAMPLE, { exclude: ['*', `!${GENOME}*`] })],
  });
  const start = integ.assertions.awsApiCall('StepFunctions', 'startExecution', {
    stateMachineArn: pipeline.stateMachine.stateMachineArn,
    // Not Stack.toJsonString: what that gives is put between quotes as it is, and its own quotes would end it.
    input: JSON.stringify({ seq_regions: sampleEntries(`s3://${genomes.bucket.bucketName}/${genomes.prefix}/${GENOME}`) }),
  });
  start.node.addDependency(genome);
  const executionArn = start.getAttString('executionArn');
  // arn:aws:states:REGION:ACCOUNT:execution:STATE-MACHINE:NAME
  const run = Fn.select(7, Fn.split(':', executionArn));
  let last: IApiCall = (isExpress
    ? integ.assertions.awsApiCall('DynamoDB', 'getItem', { TableName: pipeline.jobsTable!.tableName, Key: { job_id: { S: run } } })
      .expect(ExpectedResult.objectLike({ Item: { status: { S: 'COMPLETED' } } }))
    : integ.assertions.awsApiCall('StepFunctions', 'describeExecution', { executionArn })
      .expect(ExpectedResult.objectLike({ status: 'SUCCEEDED' }))).waitForAssertions(WAIT);
  for (const file of RESULTS) {
    const head = integ.assertions.awsApiCall('S3', 'headObject', {
      Bucket: pipeline.workBucket.bucketName, Key: `${keyPrefix}results/${run}/${file}`, ChecksumMode: 'ENABLED',
    }).expect(ExpectedResult.objectLike(expectedOf(file)));
    allow(head, 's3:GetObject', pipeline.workBucket.arnForObjects(`${keyPrefix}results/*`));
    // S3 gives the checksum of what a key encrypts to those alone who may decrypt it.
    if (pipeline.workBucket.encryptionKey !== undefined) allow(head, 'kms:Decrypt', pipeline.workBucket.encryptionKey.keyArn);
    last = last.next(head);
  }
}

function allow(call: IApiCall, action: string, resource: string): void {
  (call as AwsApiCall).provider.addToRolePolicy({ Effect: 'Allow', Action: [action], Resource: [resource] });
}

function sampleEntries(genome: string): object[] {
  const entries = JSON.parse(readFileSync(join(SAMPLE, 'seq_regions.json'), 'utf8')) as object[];
  return entries.map((entry) => ({ ...entry, fasta_file_url: genome }));
}

/** As HeadObject tells of the result. */
function expectedOf(file: string): { ContentLength: number; ChecksumCRC32: string } {
  const bytes = readFileSync(join(SAMPLE, 'expected', file));
  return { ContentLength: bytes.length, ChecksumCRC32: crc32(bytes) };
}

/** Base64 of its bytes, the highest first, as S3 has it; a gzip file ends with it, the lowest first, and the size (RFC 1952). */
function crc32(bytes: Buffer): string {
  return Buffer.from(gzipSync(bytes).subarray(-8, -4)).reverse().toString('base64');
}
