import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { publicVpc } from './public-vpc';
import { assertSampleRun, integTest } from './sample-run';
import { PaviAlignmentPipeline, PipelineCompute } from '../src';

/** Fargate Spot with an on-demand environment behind it, in public subnets. */
const app = new App();
const stack = new Stack(app, 'PaviIntegSpotFargate');
const pipeline = new PaviAlignmentPipeline(stack, 'Pavi', {
  compute: PipelineCompute.fargate({ vpc: publicVpc(stack), spot: true, assignPublicIp: true }),
  removalPolicy: RemovalPolicy.DESTROY,
});
assertSampleRun(integTest(app, [stack]), pipeline);

app.synth();
