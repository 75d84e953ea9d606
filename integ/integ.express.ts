import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { publicVpc } from './public-vpc';
import { assertSampleRun, integTest } from './sample-run';
import { JobsTable, PaviAlignmentPipeline, PipelineCompute } from '../src';

/** An Express workflow, with a jobs table that keeps what becomes of its runs. */
const app = new App();
const stack = new Stack(app, 'PaviIntegExpress');
const pipeline = new PaviAlignmentPipeline(stack, 'Pavi', {
  compute: PipelineCompute.fargate({ vpc: publicVpc(stack), assignPublicIp: true }),
  workflowType: sfn.StateMachineType.EXPRESS,
  jobsTable: JobsTable.create(),
  removalPolicy: RemovalPolicy.DESTROY,
});
assertSampleRun(integTest(app, [stack]), pipeline, { isExpress: true });

app.synth();
