import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { PaviAlignmentPipeline, PipelineCompute } from '../../src';

const app = new App();
const stack = new Stack(app, 'PaviSample');

const pipeline = new PaviAlignmentPipeline(stack, 'Pavi', {
  compute: PipelineCompute.fargate({ vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }) }),
});
pipeline.exportOutputs();

app.synth();
