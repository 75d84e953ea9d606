import { App, Aws, CfnOutput, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { publicVpc } from './public-vpc';
import { assertSampleRun, integTest } from './sample-run';
import { ComputePlatform, PaviAlignmentPipeline, PipelineCompute } from '../src';

const NAME = 'pavi-integ-existing';
/** Buckets' names are the whole world's. */
const BUCKET = `${NAME}-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
const [JOB_LOGS, EXECUTION_LOGS] = [`${NAME}/jobs`, `/aws/vendedlogs/states/${NAME}`];
const JOB_ROLES = ['retrieval', 'alignment', 'collection', 'execution'].map((step) => `${NAME}-${step}`);
const STATE_MACHINE_ROLE = `${NAME}-state-machine`;

/** What an account has before the pipeline comes to it; nothing of it knows of the pipeline. */
function addWhatExists(stack: Stack): void {
  const removalPolicy = RemovalPolicy.DESTROY;
  const vpc = publicVpc(stack);
  new CfnOutput(stack, 'VpcId', { value: vpc.vpcId, exportName: `${NAME}-vpc` });
  vpc.publicSubnets.forEach(({ subnetId }, index) => new CfnOutput(stack, `SubnetId${index}`, { value: subnetId, exportName: `${NAME}-subnet-${index}` }));
  const computeEnvironment = new batch.FargateComputeEnvironment(stack, 'Environment', { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } });
  new batch.JobQueue(stack, 'Queue', { jobQueueName: NAME, computeEnvironments: [{ computeEnvironment, order: 1 }] });
  new s3.Bucket(stack, 'Bucket', { bucketName: BUCKET, enforceSSL: true, removalPolicy, autoDeleteObjects: true });
  new logs.LogGroup(stack, 'JobLogs', { logGroupName: JOB_LOGS, removalPolicy });
  new logs.LogGroup(stack, 'ExecutionLogs', { logGroupName: EXECUTION_LOGS, removalPolicy });
  for (const roleName of JOB_ROLES) new iam.Role(stack, roleName, { roleName, assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  new iam.Role(stack, STATE_MACHINE_ROLE, { roleName: STATE_MACHINE_ROLE, assumedBy: new iam.ServicePrincipal('states.amazonaws.com') });
}

const app = new App();
const existing = new Stack(app, 'PaviIntegExistingThere');
addWhatExists(existing);

/** Two pipelines that share a bucket: one on the queue with the roles that are there, one with a queue of its own in the VPC. */
const stack = new Stack(app, 'PaviIntegExisting');
stack.addDependency(existing);
const shared = {
  workBucket: s3.Bucket.fromBucketName(stack, 'Bucket', BUCKET),
  jobLogGroup: logs.LogGroup.fromLogGroupName(stack, 'JobLogs', JOB_LOGS),
  executionLogGroup: logs.LogGroup.fromLogGroupName(stack, 'ExecutionLogs', EXECUTION_LOGS),
  removalPolicy: RemovalPolicy.DESTROY,
};
const role = (name: string) => iam.Role.fromRoleName(stack, name, name);
const [retrieval, alignment, collection, execution] = JOB_ROLES.map(role);
const onQueue = new PaviAlignmentPipeline(stack, 'OnQueue', {
  ...shared,
  compute: PipelineCompute.fromJobQueue(
    batch.JobQueue.fromJobQueueArn(stack, 'Queue', stack.formatArn({ service: 'batch', resource: 'job-queue', resourceName: NAME })),
    { platform: ComputePlatform.FARGATE, assignPublicIp: true }),
  sequenceRetrieval: { jobRole: retrieval },
  alignment: { jobRole: alignment },
  seqInfoCollection: { jobRole: collection },
  executionRole: execution,
  stateMachineRole: role(STATE_MACHINE_ROLE),
});
const inVpc = new PaviAlignmentPipeline(stack, 'InVpc', {
  ...shared,
  keyPrefix: 'in-vpc/',
  compute: PipelineCompute.fargate({
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: Fn.importValue(`${NAME}-vpc`),
      availabilityZones: [0, 1].map((index) => Fn.select(index, Fn.getAzs())),
      publicSubnetIds: [0, 1].map((index) => Fn.importValue(`${NAME}-subnet-${index}`)),
    }),
    assignPublicIp: true,
  }),
});
const test = integTest(app, [existing, stack]);
assertSampleRun(test, onQueue);
assertSampleRun(test, inVpc, { keyPrefix: 'in-vpc/' });

app.synth();
