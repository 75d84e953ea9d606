import { join } from 'node:path';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3deploy from 'aws-cdk-lib/aws-s3-deployment';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { PROBE_ARN_OUTPUT, PROBE_STATE, STACK_NAME } from './names';
import { PaviAlignmentPipeline, PipelineCompute } from '../../src';
import { publicVpc } from '../public-vpc';

/**
 * The least pipeline, with the sample's genome in its work bucket, and a state machine that runs one job with a time limit of its own.
 * Its network has no NAT gateway, which would cost as long as it is there.
 */
const app = new App();
const stack = new Stack(app, STACK_NAME);
const pipeline = new PaviAlignmentPipeline(stack, 'Pavi', {
  compute: PipelineCompute.fargate({ vpc: publicVpc(stack), assignPublicIp: true }),
  removalPolicy: RemovalPolicy.DESTROY,
});
pipeline.exportOutputs();
new s3deploy.BucketDeployment(stack, 'SampleGenome', {
  destinationBucket: pipeline.workBucket,
  destinationKeyPrefix: 'inputs/sample',
  sources: [s3deploy.Source.asset(join(__dirname, '../../samples/worm-apl-1'), { exclude: ['*', '!WBcel235-sparse.fna.gz*'] })],
});

const probe = new sfn.StateMachine(stack, 'Probe', {
  definitionBody: sfn.DefinitionBody.fromString(JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: PROBE_STATE,
    States: {
      [PROBE_STATE]: {
        Type: 'Task',
        Resource: 'arn:${Partition}:states:::batch:submitJob.sync',
        TimeoutSeconds: '{% $states.input.timeout %}',
        Arguments: {
          JobName: 'pavi-probe',
          JobQueue: '${JobQueue}',
          JobDefinition: '${JobDefinition}',
          ContainerOverrides: { Command: ['align', '--help'] },
        },
        End: true,
      },
    },
  })),
  definitionSubstitutions: {
    Partition: stack.partition, JobQueue: pipeline.jobQueue.jobQueueArn, JobDefinition: pipeline.alignmentJobDefinition.jobDefinitionArn,
  },
});
const allow = (actions: string[], resources: string[]) => probe.addToRolePolicy(new iam.PolicyStatement({ actions, resources }));
const jobDefinition = pipeline.alignmentJobDefinition.jobDefinitionArn;
allow(['batch:SubmitJob'], [
  pipeline.jobQueue.jobQueueArn, jobDefinition, stack.formatArn({ service: 'batch', resource: 'job', resourceName: '*' }),
]);
allow(['batch:TagResource'], [stack.formatArn({ service: 'batch', resource: 'job', resourceName: '*' })]);
allow(['batch:DescribeJobs', 'batch:TerminateJob'], ['*']);
allow(['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], [
  stack.formatArn({ service: 'events', resource: 'rule', resourceName: 'StepFunctionsGetEventsForBatchJobsRule' }),
]);
new CfnOutput(stack, PROBE_ARN_OUTPUT, { value: probe.stateMachineArn });

app.synth();
