import { Duration, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { fargate, newPipeline, newStack, QUEUE_ARN, resource, resourcesOf, templateWith } from './support/pipeline-stack';
import { plain, withoutHashes } from './support/plain-text';
import { FargateComputeOptions } from '../../src';
import { FARGATE_SIZES } from '../../src/contract/job-sizes';

function fargateTemplate(options: Partial<FargateComputeOptions> = {}): Template {
  const stack = newStack();
  newPipeline(stack, { compute: fargate(stack, options) });
  return Template.fromStack(stack);
}

describe('an existing queue', () => {
  test('is used as it is, and nothing is created for it', () => {
    const template = templateWith();
    for (const type of ['AWS::Batch::JobQueue', 'AWS::Batch::ComputeEnvironment', 'AWS::EC2::VPC', 'AWS::EC2::SecurityGroup', 'AWS::EC2::NatGateway']) {
      template.resourceCountIs(type, 0);
    }
    expect(JSON.stringify(template.toJSON())).toContain(QUEUE_ARN);
  });

  test('gives the pipeline its ARN', () => {
    expect(newPipeline(newStack()).jobQueue.jobQueueArn).toBe(QUEUE_ARN);
  });
});

describe('Fargate', () => {
  const environments = (template: Template) => Object.entries(withoutHashes(resourcesOf(template, 'AWS::Batch::ComputeEnvironment')));

  test('is one on-demand environment in the VPC\'s private subnets, up to 64 vCPUs', () => {
    const found = environments(fargateTemplate()) as [string, any][];
    expect(found).toHaveLength(1);
    expect(found[0][1].Properties).toMatchObject({
      Type: 'managed',
      State: 'ENABLED',
      ReplaceComputeEnvironment: false,
      ComputeResources: {
        Type: 'FARGATE', MaxvCpus: 64, Subnets: ['subnet-0000000000000000a', 'subnet-0000000000000000b'], SecurityGroupIds: ['<PaviOnDemandEnvironmentSecurityGroup.GroupId>'],
      },
    });
  });

  test('with Spot has the on-demand environment second in the queue', () => {
    const template = fargateTemplate({ spot: true });
    expect(environments(template).map(([, { Properties }]: any) => Properties.ComputeResources.Type)).toEqual(['FARGATE_SPOT', 'FARGATE']);
    expect(withoutHashes(resource(template, 'AWS::Batch::JobQueue').Properties.ComputeEnvironmentOrder)).toEqual([
      { ComputeEnvironment: '<PaviSpotEnvironment.ComputeEnvironmentArn>', Order: 1 },
      { ComputeEnvironment: '<PaviOnDemandEnvironment.ComputeEnvironmentArn>', Order: 2 },
    ]);
  });

  test('takes subnets, security groups and the most vCPUs', () => {
    const stack = newStack();
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-00000000000000001');
    newPipeline(stack, { compute: fargate(stack, { subnets: { subnetType: ec2.SubnetType.PUBLIC }, securityGroups: [securityGroup], maxvCpus: 8 }) });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
    expect(resource(template, 'AWS::Batch::ComputeEnvironment').Properties.ComputeResources)
      .toEqual({ Type: 'FARGATE', MaxvCpus: 8, Subnets: ['subnet-0000000000000000c', 'subnet-0000000000000000d'], SecurityGroupIds: ['sg-00000000000000001'] });
  });

  test('gives no public IP address unless asked to, and then uses the public subnets', () => {
    const addresses = (template: Template) => Object.values(resourcesOf(template, 'AWS::Batch::JobDefinition'))
      .map(({ Properties }) => Properties.ContainerProperties.NetworkConfiguration);
    expect(addresses(fargateTemplate())).toEqual(Array(3).fill({ AssignPublicIp: 'DISABLED' }));
    const asked = fargateTemplate({ assignPublicIp: true });
    expect(addresses(asked)).toEqual(Array(3).fill({ AssignPublicIp: 'ENABLED' }));
    expect(resource(asked, 'AWS::Batch::ComputeEnvironment').Properties.ComputeResources.Subnets).toEqual(['subnet-0000000000000000c', 'subnet-0000000000000000d']);
  });

  test('warns of public subnets without a public IP address, and only of these', () => {
    const warnings = (options: Partial<FargateComputeOptions>) => {
      const stack = newStack();
      newPipeline(stack, { compute: fargate(stack, options) });
      return Annotations.fromStack(stack).findWarning('/Stack/Pavi', Match.stringLikeRegexp('public-subnets-without-public-ip')).length;
    };
    const subnets = { subnetType: ec2.SubnetType.PUBLIC };
    expect([warnings({ subnets }), warnings({ subnets, assignPublicIp: true }), warnings({})]).toEqual([1, 0, 0]);
  });

  test('runs the jobs on the architecture, and builds the image for it', () => {
    const template = fargateTemplate({ cpuArchitecture: ecs.CpuArchitecture.ARM64 });
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::Batch::JobDefinition'))) {
      expect(Properties.ContainerProperties.RuntimePlatform).toEqual({ CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' });
    }
  });

  test('cancels a job that can never be placed', () => {
    expect(resource(fargateTemplate(), 'AWS::Batch::JobQueue').Properties.JobStateTimeLimitActions).toEqual([
      { Action: 'CANCEL', State: 'RUNNABLE', Reason: 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE', MaxTimeSeconds: 1800 },
      { Action: 'CANCEL', State: 'RUNNABLE', Reason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', MaxTimeSeconds: 1800 },
    ]);
  });

  test('takes a number of vCPUs that only the deployment knows', () => {
    const template = fargateTemplate({ maxvCpus: Token.asNumber({ Ref: 'MaxvCpus' }) });
    expect(plain(resource(template, 'AWS::Batch::ComputeEnvironment').Properties.ComputeResources.MaxvCpus)).toBe('<MaxvCpus>');
  });

  test('has no NAT gateway or VPC of its own', () => {
    const template = fargateTemplate({ spot: true });
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.hasResourceProperties('AWS::Batch::JobDefinition', { Timeout: { AttemptDurationSeconds: Duration.minutes(15).toSeconds() } });
    template.allResourcesProperties('AWS::Batch::JobDefinition', { PlatformCapabilities: Match.arrayEquals(['FARGATE']) });
  });
});

test('Fargate\'s pairs of vCPUs and memory are those of its documentation', () => {
  expect(FARGATE_SIZES.map(({ vcpus, memoryMiB }) => [vcpus, memoryMiB[0], memoryMiB[1] - memoryMiB[0], memoryMiB[memoryMiB.length - 1]])).toEqual([
    [0.25, 512, 512, 2048], [0.5, 1024, 1024, 4096], [1, 2048, 1024, 8192], [2, 4096, 1024, 16_384], [4, 8192, 1024, 30_720],
    [8, 16_384, 4096, 61_440], [16, 32_768, 8192, 122_880],
  ]);
  expect(FARGATE_SIZES[0].memoryMiB).toEqual([512, 1024, 2048]);
});
