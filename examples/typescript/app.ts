import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PaviAlignmentPipeline, PipelineCompute } from 'cdk-pavi-alignment-pipeline';

/** A proof of concept in an account of its own: creates everything, and everything goes with the stack, results included. */
const app = new App();
const stack = new Stack(app, 'PaviProofOfConcept');

// Public subnets without a NAT gateway: jobs get a public address and let nothing in, and an idle network costs nothing.
const vpc = new ec2.Vpc(stack, 'Vpc', {
  maxAzs: 2,
  natGateways: 0,
  subnetConfiguration: [{ name: 'jobs', subnetType: ec2.SubnetType.PUBLIC }],
  gatewayEndpoints: { s3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
});

const pipeline = new PaviAlignmentPipeline(stack, 'Pavi', {
  compute: PipelineCompute.fargate({ vpc, spot: true, assignPublicIp: true, maxvCpus: 16 }),
  removalPolicy: RemovalPolicy.DESTROY,
});
pipeline.exportOutputs();

// Whoever starts runs and reads results: people who may assume this role, and nothing else.
const scientist = new iam.Role(stack, 'Scientist', { assumedBy: new iam.AccountRootPrincipal() });
pipeline.grantStartExecution(scientist);
pipeline.grantReadResults(scientist);
new CfnOutput(stack, 'ScientistRoleArn', { value: scientist.roleArn });

app.synth();
