import { join } from 'node:path';
import { App, Aws, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { assertSampleRun, integTest } from './sample-run';
import { JobsTable, PaviAlignmentPipeline, PipelineCompute, PipelineImages, ShareIdentifier } from '../src';

const NAME = 'pavi-integ-all-options';

/** Every option of a pipeline that makes what it needs, and everything that it can give. */
const app = new App();
const stack = new Stack(app, 'PaviIntegAllOptions', { tags: { Environment: 'integ' } });
const removalPolicy = RemovalPolicy.DESTROY;

const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
const bucket = (id: string) => new s3.Bucket(stack, id, { enforceSSL: true, removalPolicy, autoDeleteObjects: true });
const genomes = bucket('Genomes');
const role = (id: string, service = 'ecs-tasks.amazonaws.com') => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal(service) });
const instanceRole = role('InstanceRole', 'ec2.amazonaws.com');
instanceRole.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonEC2ContainerServiceforEC2Role'));
const topic = new sns.Topic(stack, 'Topic');
const image = new ecrAssets.DockerImageAsset(stack, 'Worker', { directory: join(__dirname, '../assets/worker'), platform: ecrAssets.Platform.LINUX_AMD64 });
const step = { vcpus: 2, timeout: Duration.minutes(20), attempts: 2 };
const keyPrefix = 'pavi/integ/';

const pipeline = new PaviAlignmentPipeline(stack, 'Pavi', {
  compute: PipelineCompute.ec2({
    vpc,
    spot: true,
    // Not arm64: whoever deploys this from another machine would build the image by emulation.
    cpuArchitecture: ecs.CpuArchitecture.X86_64,
    instanceTypes: ['m7i.large', 'm6i.large', 'm7i.xlarge', 'm6i.xlarge'].map((name) => new ec2.InstanceType(name)),
    minvCpus: 0,
    maxvCpus: 8,
    jobQueueName: NAME,
    subnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    securityGroups: [new ec2.SecurityGroup(stack, 'Group', { vpc })],
    instanceRole,
    schedulingPolicy: new batch.FairshareSchedulingPolicy(stack, 'Shares'),
  }),
  shareIdentifier: ShareIdentifier.fixed('integ'),
  schedulingPriority: 1,
  images: PipelineImages.fromImages({ worker: ecs.ContainerImage.fromDockerImageAsset(image) }),
  sequenceRetrieval: { ...step, memory: Size.gibibytes(1), maxMemory: Size.gibibytes(4), jobRole: role('RetrievalRole') },
  alignment: { ...step, memory: Size.gibibytes(3), maxMemory: Size.gibibytes(12), jobRole: role('AlignmentRole') },
  seqInfoCollection: { ...step, memory: Size.gibibytes(1), maxMemory: Size.gibibytes(4), jobRole: role('CollectionRole') },
  executionRole: role('JobExecutionRole'),
  stateMachineRole: role('RunRole', 'states.amazonaws.com'),
  genomeSources: ['https://s3.amazonaws.com/agrjbrowse/fasta/'],
  genomeBuckets: [genomes],
  variantApiUrl: 'https://www.alliancegenome.org/api/variant',
  workflowType: sfn.StateMachineType.STANDARD,
  // Above 40: a Distributed Map.
  maxConcurrency: 100,
  regionsPerJob: 1,
  keyPrefix,
  encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true, removalPolicy, pendingWindow: Duration.days(7) }),
  serverAccessLogsBucket: bucket('AccessLogs'),
  serverAccessLogsPrefix: 'pavi/',
  workExpiration: Duration.days(7),
  resultsExpiration: Duration.days(30),
  removalPolicy,
  jobsTable: JobsTable.create(),
  logRetention: logs.RetentionDays.ONE_WEEK,
  runTimeout: Duration.minutes(45),
  tracing: true,
  names: {
    stateMachineName: NAME,
    sequenceRetrievalJobDefinitionName: `${NAME}-sequence-retrieval`,
    alignmentJobDefinitionName: `${NAME}-alignment`,
    seqInfoCollectionJobDefinitionName: `${NAME}-seq-info-collection`,
    // Buckets' names are the whole world's.
    workBucketName: `${NAME}-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
    jobLogGroupName: `${NAME}/jobs`,
    executionLogGroupName: `/aws/vendedlogs/states/${NAME}`,
    jobsTableName: NAME,
    dashboardName: NAME,
  },
  tags: { AppComponent: 'integ' },
  monitoring: { alarms: true, dashboard: true, savedQueries: true, alarmTopic: topic, alarmActions: [new actions.SnsAction(new sns.Topic(stack, 'Pager'))] },
});
pipeline.exportOutputs({ prefix: 'Integ' });
pipeline.createCallerPolicy('CallerPolicy', { managedPolicyName: `${NAME}-callers`, operate: true });
pipeline.onRunFailed('RunFailedRule', { target: new targets.SnsTopic(topic) });
pipeline.onRunSucceeded('RunSucceededRule', { target: new targets.SnsTopic(topic) });
pipeline.onJobStateChange('JobRule', { target: new targets.SnsTopic(topic) });
const caller = role('Caller', 'lambda.amazonaws.com');
pipeline.grantStartExecution(caller);
pipeline.grantReadResults(caller);
pipeline.grantWriteInput(caller);
assertSampleRun(integTest(app, [stack]), pipeline, { keyPrefix, genomeBucket: genomes });

app.synth();
