import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { ALL_NAMES } from './names';
import { fargate, importedVpc, newPipeline, newStack } from './pipeline-stack';
import { JobsTable, PaviAlignmentPipeline, PipelineCompute, PipelineImages, ShareIdentifier } from '../../../src';

/** The least that a user writes: Fargate in a VPC. */
export function minimalStack(): Stack {
  const stack = newStack();
  newPipeline(stack, { compute: fargate(stack) }).exportOutputs();
  return stack;
}

/** Everything that can be brought or changed, with everything that the pipeline then makes. */
export function allOptionsStack(): Stack {
  const stack = newStack();
  const encryptionKey = new kms.Key(stack, 'Key', { enableKeyRotation: true });
  const step = { maxMemory: Size.gibibytes(16), vcpus: 2, timeout: Duration.minutes(20), attempts: 2 };
  const role = (id: string, service = 'ecs-tasks.amazonaws.com') => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal(service) });
  const pipeline = new PaviAlignmentPipeline(stack, 'Pavi', {
    compute: PipelineCompute.ec2({
      vpc: importedVpc(stack),
      jobQueueName: 'pavi_pipeline_test',
      schedulingPolicy: new batch.FairshareSchedulingPolicy(stack, 'Shares', { shares: [{ shareIdentifier: 'curators', weightFactor: 0.5 }] }),
      spot: true,
      cpuArchitecture: ecs.CpuArchitecture.ARM64,
      instanceTypes: [new ec2.InstanceType('m7g.large'), new ec2.InstanceType('c7g.xlarge')],
      minvCpus: 0,
      maxvCpus: 128,
      subnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-00000000000000001')],
      instanceRole: new iam.Role(stack, 'InstanceRole', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }),
    }),
    shareIdentifier: ShareIdentifier.fromInput('others'),
    schedulingPriority: 10,
    images: PipelineImages.fromImages({
      worker: ecs.ContainerImage.fromEcrRepository(ecr.Repository.fromRepositoryName(stack, 'Images', 'agr_pavi/worker'), '1.0.0'),
    }),
    sequenceRetrieval: { ...step, memory: Size.gibibytes(1), jobRole: role('RetrievalRole') },
    alignment: { ...step, memory: Size.gibibytes(8), jobRole: role('AlignmentRole') },
    seqInfoCollection: { ...step, memory: Size.gibibytes(2), jobRole: role('CollectionRole') },
    executionRole: role('JobExecutionRole'),
    stateMachineRole: role('RunRole', 'states.amazonaws.com'),
    genomeSources: ['https://s3.amazonaws.com/agrjbrowse/fasta/'],
    genomeBuckets: [s3.Bucket.fromBucketName(stack, 'Genomes', 'my-genomes')],
    variantApiUrl: 'https://test.alliancegenome.org/api/variant',
    maxConcurrency: 200,
    regionsPerJob: 5,
    keyPrefix: 'pavi/test/',
    encryptionKey,
    serverAccessLogsBucket: s3.Bucket.fromBucketName(stack, 'AccessLogs', 'my-access-logs'),
    serverAccessLogsPrefix: 'pavi/',
    workExpiration: Duration.days(7),
    resultsExpiration: Duration.days(365),
    removalPolicy: RemovalPolicy.DESTROY,
    jobsTable: JobsTable.create(),
    logRetention: logs.RetentionDays.ONE_YEAR,
    runTimeout: Duration.hours(3),
    tracing: true,
    names: ALL_NAMES,
    tags: { Product: 'PAVI-test', Environment: 'test' },
    monitoring: { alarms: true, dashboard: true, savedQueries: true, alarmTopic: sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:123456789012:pavi') },
  });
  pipeline.exportOutputs({ prefix: 'Test' });
  pipeline.createCallerPolicy('CallerPolicy', { managedPolicyName: 'pavi-callers' });
  pipeline.onRunFailed('RunFailedRule');
  pipeline.onRunSucceeded('RunSucceededRule');
  pipeline.onJobStateChange('JobRule');
  return stack;
}
