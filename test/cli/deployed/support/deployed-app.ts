import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { fargate, newPipeline } from '../../../src/support/pipeline-stack';
import { TestFolders } from '../../here/support/sample-run';

/**
 * An app with each kind of stack that the commands meet: `Pavi` (a key prefix, one job an entry, roles of a caller and of an operator), `Express`,
 * `Distributed`, `Two` pipelines in one stack, and `Silent`, which exports nothing.
 */
export function deployedApp(folders: TestFolders): string {
  const folder = folders.path('cdk.out');
  const app = new App({ outdir: folder });
  const pavi = new Stack(app, 'Pavi');
  const pipeline = newPipeline(pavi, { compute: fargate(pavi), keyPrefix: 'pavi/dev/', regionsPerJob: 1 });
  pipeline.exportOutputs();
  const role = (id: string, ...managedPolicies: iam.IManagedPolicy[]) =>
    new iam.Role(pavi, id, { roleName: id, assumedBy: new iam.AccountRootPrincipal(), managedPolicies });
  role('operator', pipeline.createCallerPolicy('OperatorPolicy', { operate: true }));
  role('caller', pipeline.createCallerPolicy('CallerPolicy'));
  role('nobody');
  const express = new Stack(app, 'Express');
  newPipeline(express, { compute: fargate(express), workflowType: sfn.StateMachineType.EXPRESS }).exportOutputs();
  const distributed = new Stack(app, 'Distributed');
  newPipeline(distributed, { compute: fargate(distributed), maxConcurrency: 50, regionsPerJob: 1 }).exportOutputs();
  const two = new Stack(app, 'Two');
  const compute = fargate(two);
  for (const prefix of ['Dev', 'Stage']) newPipeline(two, { compute }, prefix).exportOutputs({ prefix });
  const silent = new Stack(app, 'Silent');
  newPipeline(silent, { compute: fargate(silent) });
  app.synth();
  return folder;
}
