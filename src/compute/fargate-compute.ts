import { Annotations } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { ComputePlatform } from './compute-platform';
import { checkJobQueueName, createJobQueue, spotFirst } from './job-queue';
import type { FargateComputeOptions, PipelineComputeConfig } from './pipeline-compute';
import { requireWhole } from '../checks';

const DEFAULT_MAX_VCPUS = 64;

/** Throws for options that Batch would refuse. */
export function checkFargateOptions(options: FargateComputeOptions): void {
  checkJobQueueName(options.jobQueueName);
  requireWhole('maxvCpus', options.maxvCpus, 1, Number.MAX_SAFE_INTEGER, `leave it out for ${DEFAULT_MAX_VCPUS}`);
}

/** A queue over Fargate environments in the VPC. */
export function bindFargate(scope: Construct, options: FargateComputeOptions): PipelineComputeConfig {
  const vpcSubnets = options.subnets ?? (options.assignPublicIp ? { subnetType: ec2.SubnetType.PUBLIC } : undefined);
  if (!options.assignPublicIp && options.vpc.selectSubnets(vpcSubnets).hasPublic) {
    Annotations.of(scope).addWarningV2('cdk-pavi-alignment-pipeline:public-subnets-without-public-ip',
      'jobs in public subnets reach neither images nor genomes without a public IP address, but by endpoints of the VPC: '
      + 'set assignPublicIp: true, or choose private subnets');
  }
  const environments = spotFirst(options.spot, (id, spot) => new batch.FargateComputeEnvironment(scope, id, {
    vpc: options.vpc,
    vpcSubnets,
    securityGroups: options.securityGroups,
    maxvCpus: options.maxvCpus ?? DEFAULT_MAX_VCPUS,
    spot,
  }));
  return {
    jobQueue: createJobQueue(scope, environments, options.jobQueueName),
    platform: ComputePlatform.FARGATE,
    cpuArchitecture: options.cpuArchitecture ?? ecs.CpuArchitecture.X86_64,
    assignPublicIp: options.assignPublicIp ?? false,
  };
}
