import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { PipelineComputeConfig } from './compute-config';
import { ComputePlatform } from './compute-platform';
import { bindEc2, checkEc2Options, Ec2ComputeOptions } from './ec2-compute';
import { bindFargate, checkFargateOptions, FargateComputeOptions } from './fargate-compute';

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
