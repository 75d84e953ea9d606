import { Annotations } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { PipelineComputeConfig } from './compute-config';
import { ComputePlatform } from './compute-platform';
import { checkJobQueueName, createJobQueue, spotFirst } from './job-queue';
import { warnOfSubnetsWithoutWayOut } from './network-check';
import { requireWhole } from '../checks/values';

/** Options of `PipelineCompute.fargate`. */
export interface FargateComputeOptions {
  /**
   * The network of the jobs. It must let them reach S3, ECR, CloudWatch Logs, and the genomes' hosts: by a NAT gateway, by public subnets
   * with `assignPublicIp`, or by endpoints of the VPC. A warning names subnets without a way out.
   */
  readonly vpc: ec2.IVpc;
  /**
   * Whether to use Fargate Spot first, with an on-demand environment second in the queue.
   *
   * @default false
   */
  readonly spot?: boolean;
  /**
   * The architecture of the jobs. Fargate Spot in Batch has x86_64 and, where the region offers it, arm64.
   *
   * @default ecs.CpuArchitecture.X86_64
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;
  /**
   * The most vCPUs that all jobs of a compute environment use at once; a whole number from 1.
   *
   * @default 64
   */
  readonly maxvCpus?: number;
  /**
   * The subnets of the jobs.
   *
   * @default - the VPC's private subnets; its public ones where `assignPublicIp` is true
   */
  readonly subnets?: ec2.SubnetSelection;
  /**
   * The security groups of the jobs.
   *
   * @default - one of its own, that lets everything out and nothing in
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Whether the jobs get a public IP address; needed in public subnets without VPC endpoints.
   *
   * @default false
   */
  readonly assignPublicIp?: boolean;
  /**
   * The queue's name: up to 128 letters, digits, `-` and `_`.
   *
   * @default - made by CloudFormation
   */
  readonly jobQueueName?: string;
  /**
   * The queue's fair-share scheduling policy, which divides its vCPUs between shares. It needs the pipeline's `shareIdentifier`. A queue keeps
   * a policy for good: Batch can replace it, but neither remove it nor add one later.
   *
   * @default - none: first in, first out
   */
  readonly schedulingPolicy?: batch.IFairshareSchedulingPolicy;
}

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
      'without a public IP address, jobs in public subnets reach neither images nor genomes, except by endpoints of the VPC: '
      + 'set assignPublicIp: true, or choose private subnets');
  }
  warnOfSubnetsWithoutWayOut(scope, { vpc: options.vpc, subnets: vpcSubnets, instances: false });
  const environments = spotFirst(options.spot, (id, spot) => new batch.FargateComputeEnvironment(scope, id, {
    vpc: options.vpc,
    vpcSubnets,
    securityGroups: options.securityGroups,
    maxvCpus: options.maxvCpus ?? DEFAULT_MAX_VCPUS,
    spot,
  }));
  return {
    jobQueue: createJobQueue(scope, environments, options),
    platform: ComputePlatform.FARGATE,
    cpuArchitecture: options.cpuArchitecture ?? ecs.CpuArchitecture.X86_64,
    assignPublicIp: options.assignPublicIp ?? false,
  };
}
