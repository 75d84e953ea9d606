/** What a job queue's machines are: Batch wants job definitions written for one or the other. */
export class ComputePlatform {
  /** Containers on EC2 instances; whole vCPUs, any amount of memory that an instance has. */
  public static readonly EC2 = new ComputePlatform('EC2');
  /** Containers without instances; only certain pairs of vCPUs and memory. */
  public static readonly FARGATE = new ComputePlatform('FARGATE');

  /** @param name the platform's name in AWS Batch (`platformCapabilities`) */
  private constructor(public readonly name: string) {}

  /** The platform's name in AWS Batch. */
  public toString(): string {
    return this.name;
  }
}
