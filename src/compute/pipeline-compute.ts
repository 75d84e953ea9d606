import { Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { ComputePlatform } from './compute-platform';
import { createFargateQueue } from './fargate-queue';

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
    return new FixedCompute({ cpuArchitecture: ecs.CpuArchitecture.X86_64, ...defined(options), jobQueue, platform: options.platform });
  }

  /**
   * Fargate in an existing VPC, with a queue of its own.
   *
   * @param options the network, and the kind and amount of compute
   */
  public static fargate(options: FargateComputeOptions): PipelineCompute {
    const { maxvCpus } = options;
    if (maxvCpus !== undefined && !Token.isUnresolved(maxvCpus) && !(Number.isInteger(maxvCpus) && maxvCpus >= 1)) {
      throw new Error(`maxvCpus must be a whole number from 1, got ${maxvCpus}; leave it out for 64`);
    }
    return new FargateCompute(options);
  }

  /**
   * Called once by the pipeline: creates what is needed under the scope.
   *
   * @param scope where to create it
   */
  public abstract bind(scope: Construct): PipelineComputeConfig;
}

class FixedCompute extends PipelineCompute {
  constructor(private readonly config: PipelineComputeConfig) {
    super();
  }

  public bind(_scope: Construct): PipelineComputeConfig {
    return this.config;
  }
}

class FargateCompute extends PipelineCompute {
  constructor(private readonly options: FargateComputeOptions) {
    super();
  }

  public bind(scope: Construct): PipelineComputeConfig {
    return {
      jobQueue: createFargateQueue(scope, this.options),
      platform: ComputePlatform.FARGATE,
      cpuArchitecture: this.options.cpuArchitecture ?? ecs.CpuArchitecture.X86_64,
      assignPublicIp: this.options.assignPublicIp ?? false,
    };
  }
}

/** Without the keys whose value is undefined, so that they don't hide a default. */
function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
