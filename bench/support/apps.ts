import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ComputePlatform, PaviAlignmentPipeline, PaviAlignmentPipelineProps, PipelineCompute, PipelineImages } from '../../src';

const QUEUE = 'arn:aws:batch:us-east-1:123456789012:job-queue/bench';

/** Synthesizes an app with one pipeline on a queue that is there already; gives the cloud assembly's folder. */
export function synthesize(folder: string, props: Partial<PaviAlignmentPipelineProps> = {}): string {
  const app = new App({ outdir: folder });
  const stack = new Stack(app, 'Bench');
  const queue = batch.JobQueue.fromJobQueueArn(stack, 'Queue', QUEUE);
  const compute = PipelineCompute.fromJobQueue(queue, { platform: ComputePlatform.EC2 });
  new PaviAlignmentPipeline(stack, 'Pavi', { compute, ...props }).exportOutputs();
  app.synth();
  return folder;
}

/** An image whose program does nothing, and that program's path. */
export function noOpImage(folder: string): { readonly images: PipelineImages; readonly program: string } {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'nothing.sh');
  writeFileSync(program, '#!/bin/sh\nexit 0\n');
  chmodSync(program, 0o755);
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY nothing.sh /nothing.sh\nENTRYPOINT ["/nothing.sh"]\n');
  return { images: PipelineImages.fromImages({ worker: ecs.ContainerImage.fromAsset(folder) }), program };
}
