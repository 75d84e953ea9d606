import { Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { importedVpc, newPipeline, newStack, QUEUE_ARN, resource, resourcesOf } from './support/pipeline-stack';
import { plain, withoutHashes } from './support/plain-text';
import { ComputePlatform, Ec2ComputeOptions, PipelineCompute, PipelineComputeConfig } from '../../src';

function ec2Template(options: Partial<Ec2ComputeOptions> = {}): Template {
  const stack = newStack();
  newPipeline(stack, { compute: PipelineCompute.ec2({ vpc: importedVpc(stack), ...options }) });
  return Template.fromStack(stack);
}

const environments = (template: Template): any[] => Object.values(withoutHashes(resourcesOf(template, 'AWS::Batch::ComputeEnvironment')))
  .map(({ Properties }: any) => Properties.ComputeResources);

describe('EC2', () => {
  test('is one on-demand environment of Batch\'s default families in the private subnets, which ends when there is nothing to do', () => {
    const template = ec2Template();
    expect(environments(template)).toEqual([expect.objectContaining({
      Type: 'EC2',
      AllocationStrategy: 'BEST_FIT_PROGRESSIVE',
      InstanceTypes: ['default_x86_64'],
      MinvCpus: 0,
      MaxvCpus: 64,
      Subnets: ['subnet-0000000000000000a', 'subnet-0000000000000000b'],
      Ec2Configuration: [{ ImageType: 'ECS_AL2023' }],
      SecurityGroupIds: ['<PaviOnDemandEnvironmentSecurityGroup.GroupId>'],
    })]);
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.allResourcesProperties('AWS::Batch::JobDefinition', { PlatformCapabilities: ['EC2'] });
  });

  test('gives out the instances\' metadata only for a token', () => {
    const template = ec2Template();
    expect(resource(template, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(environments(template)[0].LaunchTemplate).toMatchObject({ LaunchTemplateId: '<PaviLaunchTemplate>' });
  });

  test('with Spot has the on-demand environment second in the queue, and nothing of it kept running', () => {
    const template = ec2Template({ spot: true, minvCpus: 2 });
    expect(environments(template).map(({ Type, AllocationStrategy, MinvCpus }) => [Type, AllocationStrategy, MinvCpus])).toEqual([
      ['SPOT', 'SPOT_PRICE_CAPACITY_OPTIMIZED', 2], ['EC2', 'BEST_FIT_PROGRESSIVE', 0],
    ]);
    expect(withoutHashes(resource(template, 'AWS::Batch::JobQueue').Properties.ComputeEnvironmentOrder)).toEqual([
      { ComputeEnvironment: '<PaviSpotEnvironment.ComputeEnvironmentArn>', Order: 1 },
      { ComputeEnvironment: '<PaviOnDemandEnvironment.ComputeEnvironmentArn>', Order: 2 },
    ]);
  });

  test('cancels a job that can never be placed', () => {
    expect(resource(ec2Template(), 'AWS::Batch::JobQueue').Properties.JobStateTimeLimitActions.map(({ Action, Reason }: any) => [Action, Reason])).toEqual([
      ['CANCEL', 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE'], ['CANCEL', 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT'],
    ]);
  });

  test('takes arm64, whose families and image fit', () => {
    expect(environments(ec2Template({ cpuArchitecture: ecs.CpuArchitecture.ARM64 }))[0].InstanceTypes).toEqual(['default_arm64']);
  });

  test('takes instance types, vCPUs, subnets and security groups', () => {
    const stack = newStack();
    newPipeline(stack, {
      compute: PipelineCompute.ec2({
        vpc: importedVpc(stack),
        instanceTypes: [new ec2.InstanceType('m7g.large'), new ec2.InstanceType('c7g.xlarge')],
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        minvCpus: 1,
        maxvCpus: 9,
        subnets: { subnetType: ec2.SubnetType.PUBLIC },
        securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-00000000000000001')],
      }),
    });
    const template = Template.fromStack(stack);
    expect(environments(template)[0]).toMatchObject({
      InstanceTypes: ['m7g.large', 'c7g.xlarge'], MinvCpus: 1, MaxvCpus: 9, Subnets: ['subnet-0000000000000000c', 'subnet-0000000000000000d'], SecurityGroupIds: ['sg-00000000000000001'],
    });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });

  test('has an instance role with the agent\'s policy, or takes one', () => {
    const own = resource(ec2Template(), 'AWS::IAM::Role', /OnDemandEnvironment/);
    expect(plain(own.Properties.ManagedPolicyArns)).toEqual(['arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role']);
    const stack = newStack();
    const instanceRole = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::123456789012:role/mine');
    newPipeline(stack, { compute: PipelineCompute.ec2({ vpc: importedVpc(stack), instanceRole }) });
    expect(Object.keys(resourcesOf(Template.fromStack(stack), 'AWS::IAM::Role')).filter((id) => /Environment/.test(id))).toEqual([]);
  });

  test('takes numbers that only the deployment knows', () => {
    const token = Token.asNumber({ Ref: 'Parameter' });
    const [environment] = environments(ec2Template({ minvCpus: token, maxvCpus: token }));
    expect([environment.MinvCpus, environment.MaxvCpus]).toEqual(['<Parameter>', '<Parameter>']);
  });
});

test('a user\'s own kind of compute is used as it says', () => {
  class Mine extends PipelineCompute {
    public bind(scope: Construct): PipelineComputeConfig {
      const jobQueue = batch.JobQueue.fromJobQueueArn(scope, 'MyQueue', QUEUE_ARN);
      return { jobQueue, platform: ComputePlatform.FARGATE, cpuArchitecture: ecs.CpuArchitecture.ARM64, assignPublicIp: true };
    }
  }
  const stack = newStack();
  const pipeline = newPipeline(stack, { compute: new Mine() });
  expect(pipeline.jobQueue.node.path).toBe('Stack/Pavi/MyQueue');
  for (const { Properties } of Object.values(resourcesOf(Template.fromStack(stack), 'AWS::Batch::JobDefinition'))) {
    expect(Properties.ContainerProperties).toMatchObject({ NetworkConfiguration: { AssignPublicIp: 'ENABLED' }, RuntimePlatform: { CpuArchitecture: 'ARM64' } });
  }
});
