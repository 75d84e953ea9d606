import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { assertSampleRun, integTest } from './sample-run';
import { PaviAlignmentPipeline, PipelineCompute } from '../src';

/** The pipeline as it is with nothing but a network given; everything goes when the stack goes. */
const app = new App();
const stack = new Stack(app, 'PaviIntegMinimal');
const pipeline = new PaviAlignmentPipeline(stack, 'Pavi', {
  compute: PipelineCompute.fargate({ vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }) }),
  removalPolicy: RemovalPolicy.DESTROY,
});
assertSampleRun(integTest(app, [stack]), pipeline);

app.synth();
