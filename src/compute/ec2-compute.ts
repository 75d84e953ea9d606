import { Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { PipelineComputeConfig } from './compute-config';
import { ComputePlatform } from './compute-platform';
import { checkJobQueueName, createJobQueue, spotFirst } from './job-queue';
import { warnOfSubnetsWithoutWayOut } from './network-check';
import { requireWhole } from '../checks/values';

/** Options of `PipelineCompute.ec2`. */
export interface Ec2ComputeOptions {
  /**
   * The network of the instances. It must let them reach S3, ECR, ECS, CloudWatch Logs, and the genomes' hosts: by a NAT gateway, by public
   * subnets that give instances an address, or by endpoints of the VPC. A warning names subnets without a way out.
   */
  readonly vpc: ec2.IVpc;
  /**
   * Whether to use Spot instances first, with an on-demand environment second in the queue.
   *
   * @default false
   */
  readonly spot?: boolean;
  /**
   * The architecture of the instances.
   *
   * @default ecs.CpuArchitecture.X86_64
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;
  /**
   * The types that an instance may have, one or more, all of the architecture; Batch takes what fits the jobs.
   *
   * @default - Batch's default families of the architecture
   */
  readonly instanceTypes?: ec2.InstanceType[];
  /**
   * The vCPUs that are kept running without any job, a whole number from 0 to `maxvCpus`; with Spot, of Spot instances.
   *
   * @default 0
   */
  readonly minvCpus?: number;
  /**
   * The most vCPUs that all jobs of a compute environment use at once; a whole number from 1.
   *
   * @default 64
   */
  readonly maxvCpus?: number;
  /**
   * The subnets of the instances. Whether an instance has a public IP address is a setting of its subnet.
   *
   * @default - the VPC's private subnets
   */
  readonly subnets?: ec2.SubnetSelection;
  /**
   * The security groups of the instances.
   *
   * @default - one of each environment's own, that lets everything out and nothing in
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * The role of the instances (of ECS's agent on them, not of the jobs). An own one needs the managed policy
   * `service-role/AmazonEC2ContainerServiceforEC2Role`.
   *
   * @default - a role of its own with that policy
   */
  readonly instanceRole?: iam.IRole;
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
const DEFAULT_MIN_VCPUS = 0;

/** Throws for options that Batch would refuse, or that no job could run with. */
export function checkEc2Options(options: Ec2ComputeOptions): void {
  checkJobQueueName(options.jobQueueName);
  const most = options.maxvCpus ?? DEFAULT_MAX_VCPUS;
  requireWhole('maxvCpus', options.maxvCpus, 1, Number.MAX_SAFE_INTEGER, `leave it out for ${DEFAULT_MAX_VCPUS}`);
  if (!Token.isUnresolved(most)) requireWhole('minvCpus', options.minvCpus, 0, most, `leave it out for ${DEFAULT_MIN_VCPUS}, or raise maxvCpus`);
  if (options.instanceTypes?.length === 0) {
    throw new Error('instanceTypes must name at least one instance type, got an empty list; leave it out for Batch\'s default families');
  }
  const architecture = options.cpuArchitecture ?? ecs.CpuArchitecture.X86_64;
  for (const type of options.instanceTypes ?? []) {
    const own = type.architecture === ec2.InstanceArchitecture.ARM_64 ? ecs.CpuArchitecture.ARM64 : ecs.CpuArchitecture.X86_64;
    if (own !== architecture) {
      throw new Error(`instanceTypes must be of the architecture ${nameOf(architecture)}, got ${type.toString()} (${nameOf(own)}); `
        + 'take other instance types, or set cpuArchitecture');
    }
  }
}

/** A queue over EC2 environments in the VPC. */
export function bindEc2(scope: Construct, options: Ec2ComputeOptions): PipelineComputeConfig {
  const cpuArchitecture = options.cpuArchitecture ?? ecs.CpuArchitecture.X86_64;
  const families = cpuArchitecture === ecs.CpuArchitecture.ARM64 ? batch.DefaultInstanceClass.ARM64 : batch.DefaultInstanceClass.X86_64;
  warnOfSubnetsWithoutWayOut(scope, { vpc: options.vpc, subnets: options.subnets, instances: true });
  // The instances' metadata only for who asks for a token first.
  const launchTemplate = new ec2.LaunchTemplate(scope, 'LaunchTemplate', { requireImdsv2: true });
  const environments = spotFirst(options.spot, (id, spot) => {
    const environment = new batch.ManagedEc2EcsComputeEnvironment(scope, id, {
      vpc: options.vpc,
      vpcSubnets: options.subnets,
      securityGroups: options.securityGroups,
      defaultInstanceClasses: [families],
      images: [{ imageType: batch.EcsMachineImageType.ECS_AL2023 }],
      minvCpus: spot || !options.spot ? options.minvCpus ?? DEFAULT_MIN_VCPUS : 0,
      maxvCpus: options.maxvCpus ?? DEFAULT_MAX_VCPUS,
      instanceRole: options.instanceRole,
      launchTemplate,
      spot,
    });
    if (options.instanceTypes !== undefined) setInstanceTypes(environment, options.instanceTypes);
    return environment;
  });
  return { jobQueue: createJobQueue(scope, environments, options), platform: ComputePlatform.EC2, cpuArchitecture };
}

/** By its own props, the CDK would add the outdated families of `optimal` to them, or warn of a deprecated prop. */
function setInstanceTypes(environment: batch.ManagedEc2EcsComputeEnvironment, types: ec2.InstanceType[]): void {
  const resource = environment.node.defaultChild as batch.CfnComputeEnvironment;
  resource.addPropertyOverride('ComputeResources.InstanceTypes', types.map((type) => type.toString()));
}

function nameOf(architecture: ecs.CpuArchitecture): string {
  return architecture === ecs.CpuArchitecture.ARM64 ? 'arm64' : 'x86_64';
}
