import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ComputePlatform } from './compute-platform';
import { bindEc2, checkEc2Options } from './ec2-compute';
import { bindFargate, checkFargateOptions } from './fargate-compute';

/** Where the jobs run, as a pipeline uses it. */
export interface PipelineComputeConfig {
  /** The queue that every job is submitted to. */
  readonly jobQueue: batch.IJobQueue;
  /** What the queue's machines are. */
  readonly platform: ComputePlatform;
  /** The architecture of the queue's machines; the worker's image is built for it. */
  readonly cpuArchitecture: ecs.CpuArchitecture;
  /**
   * Whether a Fargate job gets a public IP address.
   *
   * @default false
   */
  readonly assignPublicIp?: boolean;
}

/** Options of `PipelineCompute.fromJobQueue`. */
export interface JobQueueComputeOptions {
  /** What the queue's machines are; Batch does not say it of an imported queue. */
  readonly platform: ComputePlatform;
  /**
   * The architecture of the queue's machines.
   *
   * @default ecs.CpuArchitecture.X86_64
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;
  /**
   * Whether Fargate jobs get a public IP address; needed in public subnets without VPC endpoints. Refused for EC2.
   *
   * @default false
   */
  readonly assignPublicIp?: boolean;
}

/** Options of `PipelineCompute.fargate`. */
export interface FargateComputeOptions {
  /** The network of the jobs. It must let them reach S3, ECR, CloudWatch Logs, and the genomes' hosts. */
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
}

/** Options of `PipelineCompute.ec2`. */
export interface Ec2ComputeOptions {
  /** The network of the instances. It must let them reach S3, ECR, ECS, CloudWatch Logs, and the genomes' hosts. */
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
}

/** Where the pipeline's jobs run. Extend it to bring your own kind of compute. */
export abstract class PipelineCompute {
  /**
   * An existing job queue, imported ones included; nothing is created and nothing is looked up.
   *
   * @param jobQueue the queue
   * @param options what cannot be seen from the queue
   */
  public static fromJobQueue(jobQueue: batch.IJobQueue, options: JobQueueComputeOptions): PipelineCompute {
    if (options.assignPublicIp && options.platform === ComputePlatform.EC2) {
      throw new Error('assignPublicIp: true is for Fargate jobs, got platform EC2; leave it out (the instances\' subnets decide)');
    }
    const config = { cpuArchitecture: ecs.CpuArchitecture.X86_64, ...defined(options), jobQueue, platform: options.platform };
    return new BoundCompute(() => config);
  }

  /**
   * Fargate in an existing VPC, with a queue of its own.
   *
   * @param options the network, and the kind and amount of compute
   */
  public static fargate(options: FargateComputeOptions): PipelineCompute {
    checkFargateOptions(options);
    return new BoundCompute((scope) => bindFargate(scope, options));
  }

  /**
   * EC2 instances in an existing VPC, with a queue of its own. Batch starts and stops the instances.
   *
   * @param options the network, and the kind and amount of compute
   */
  public static ec2(options: Ec2ComputeOptions): PipelineCompute {
    checkEc2Options(options);
    return new BoundCompute((scope) => bindEc2(scope, options));
  }

  /**
   * Called once by the pipeline: creates what is needed under the scope.
   *
   * @param scope where to create it
   */
  public abstract bind(scope: Construct): PipelineComputeConfig;
}

class BoundCompute extends PipelineCompute {
  constructor(private readonly binding: (scope: Construct) => PipelineComputeConfig) {
    super();
  }

  public bind(scope: Construct): PipelineComputeConfig {
    return this.binding(scope);
  }
}

/** Without the keys whose value is undefined, so that they don't hide a default. */
function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
