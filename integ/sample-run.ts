import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsApiCall, ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { Duration, Fn, Stack } from 'aws-cdk-lib';
import * as s3deploy from 'aws-cdk-lib/aws-s3-deployment';
import type { PaviAlignmentPipeline } from '../src';

const SAMPLE = join(__dirname, '../samples/worm-apl-1');
const GENOME = 'WBcel235-sparse.fna.gz';
/** Below the one prefix of the work bucket that retrieval jobs may read beside their own run's. */
const GENOME_PREFIX = 'inputs/integ-genome';

/**
 * Runs the sample in the account that the stack was deployed to: puts its genome into the work bucket, starts an execution, waits for
 * its success, and compares the MD5 of both results with those of the expected ones (the ETag of an object that was written whole and
 * encrypted with S3-managed keys is its MD5: S3 API reference, "Object").
 */
export function assertSampleRun(integ: IntegTest, stack: Stack, pipeline: PaviAlignmentPipeline): void {
  const bucket = pipeline.workBucket;
  const genome = new s3deploy.BucketDeployment(stack, 'SampleGenome', {
    destinationBucket: bucket,
    destinationKeyPrefix: GENOME_PREFIX,
    sources: [s3deploy.Source.asset(SAMPLE, { exclude: ['*', `!${GENOME}*`] })],
  });
  const start = integ.assertions.awsApiCall('StepFunctions', 'startExecution', {
    stateMachineArn: pipeline.stateMachine.stateMachineArn,
    input: stack.toJsonString({ seq_regions: sampleEntries(`s3://${bucket.bucketName}/${GENOME_PREFIX}/${GENOME}`) }),
  });
  start.node.addDependency(genome);
  const execution = integ.assertions.awsApiCall('StepFunctions', 'describeExecution', { executionArn: start.getAttString('executionArn') })
    .expect(ExpectedResult.objectLike({ status: 'SUCCEEDED' }))
    .waitForAssertions({ totalTimeout: Duration.minutes(25), interval: Duration.seconds(15) });
  // arn:aws:states:REGION:ACCOUNT:execution:STATE-MACHINE:NAME
  const run = Fn.select(7, Fn.split(':', start.getAttString('executionArn')));
  let last = execution;
  for (const file of ['alignment-output.aln', 'aligned_seq_info.json']) {
    const head = integ.assertions.awsApiCall('S3', 'headObject', { Bucket: bucket.bucketName, Key: `results/${run}/${file}` })
      .expect(ExpectedResult.objectLike({ ETag: `"${md5(join(SAMPLE, 'expected', file))}"` }));
    (head as AwsApiCall).provider.addToRolePolicy({ Effect: 'Allow', Action: ['s3:GetObject'], Resource: [bucket.arnForObjects('results/*')] });
    last = last.next(head);
  }
}

function sampleEntries(genome: string): object[] {
  const entries = JSON.parse(readFileSync(join(SAMPLE, 'seq_regions.json'), 'utf8')) as object[];
  return entries.map((entry) => ({ ...entry, fasta_file_url: genome }));
}

function md5(path: string): string {
  return createHash('md5').update(readFileSync(path)).digest('hex');
}
