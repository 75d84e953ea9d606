import { App, Stack, StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ComputePlatform, FargateComputeOptions, PaviAlignmentPipeline, PaviAlignmentPipelineProps, PipelineCompute } from '../../../src';

export const QUEUE_ARN = 'arn:aws:batch:us-east-1:123456789012:job-queue/pavi';

export interface Resource {
  readonly Type: string;
  readonly Properties: any;
  readonly [attribute: string]: any;
}

/** A stack of an app of its own; without an environment, as most libraries' users first synthesize. */
export function newStack(props: StackProps = {}): Stack {
  return new Stack(new App(), 'Stack', props);
}

/** A VPC that is there already, with private and public subnets. */
export function importedVpc(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-00000000000000001',
    availabilityZones: ['us-east-1a', 'us-east-1b'],
    privateSubnetIds: ['subnet-0000000000000000a', 'subnet-0000000000000000b'],
    publicSubnetIds: ['subnet-0000000000000000c', 'subnet-0000000000000000d'],
  });
}

/** Fargate in a VPC that is there already. */
export function fargate(stack: Stack, options: Partial<FargateComputeOptions> = {}): PipelineCompute {
  return PipelineCompute.fargate({ vpc: importedVpc(stack), ...options });
}

/** A queue of EC2 instances that is there already, known by its ARN. */
export function importedQueue(stack: Stack, platform = ComputePlatform.EC2): PipelineCompute {
  return PipelineCompute.fromJobQueue(batch.JobQueue.fromJobQueueArn(stack, 'Queue', QUEUE_ARN), { platform });
}

/** A pipeline on an imported queue, where the test says nothing else. */
export function newPipeline(stack: Stack, props: Partial<PaviAlignmentPipelineProps> = {}, id = 'Pavi'): PaviAlignmentPipeline {
  return new PaviAlignmentPipeline(stack, id, { compute: props.compute ?? importedQueue(stack), ...props });
}

/** The template of a stack with one pipeline. */
export function templateWith(props: Partial<PaviAlignmentPipelineProps> = {}, stack = newStack()): Template {
  newPipeline(stack, props);
  return Template.fromStack(stack);
}

/** The resources of a type, by their logical ids. */
export function resourcesOf(template: Template, type: string): { [logicalId: string]: Resource } {
  return template.findResources(type) as { [logicalId: string]: Resource };
}

/** The only resource of the type whose logical id matches. */
export function resource(template: Template, type: string, logicalId: RegExp = /./): Resource & { readonly logicalId: string } {
  const found = Object.entries(resourcesOf(template, type)).filter(([id]) => logicalId.test(id));
  if (found.length !== 1) throw new Error(`expected one ${type} matching ${logicalId}, got ${found.map(([id]) => id).join(', ') || 'none'}`);
  return { ...found[0][1], logicalId: found[0][0] };
}

/** The statements of all policies that are attached to the role. */
export function statementsOf(template: Template, roleLogicalId: RegExp): any[] {
  const role = resource(template, 'AWS::IAM::Role', roleLogicalId).logicalId;
  return Object.values(resourcesOf(template, 'AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some((attached: any) => attached.Ref === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}
