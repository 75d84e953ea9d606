import { price } from './price-table';

export type Compute = 'fargate' | 'fargate-arm' | 'fargate-spot' | 'ec2' | 'ec2-spot';

export const COMPUTES: readonly Compute[] = ['fargate', 'fargate-arm', 'fargate-spot', 'ec2', 'ec2-spot'];

export interface JobSize {
  readonly vcpus: number;
  readonly memoryMiB: number;
}

/** AWS Fargate pricing page: by the second from the pull of the image on, with a minimum of one minute. */
export const FARGATE_MINIMUM_SECONDS = 60;
const MIB_PER_GB = 1024;
/** Of an m5.large, which Batch's "optimal" may choose; ECS's agent takes some of the memory. */
const INSTANCE = { vcpus: 2, memoryMiB: 7_600 };

/**
 * What one attempt of a job costs, in US dollars.
 *
 * On EC2 it is the job's share of an instance that is full of such jobs: what an instance idles on top of it depends on the queue.
 */
export function attemptCost(compute: Compute, { vcpus, memoryMiB }: JobSize, seconds: number): number {
  if (compute === 'ec2' || compute === 'ec2-spot') {
    const share = Math.max(vcpus / INSTANCE.vcpus, memoryMiB / INSTANCE.memoryMiB);
    return share * price('ec2M5LargeHour') * (compute === 'ec2-spot' ? price('ec2SpotShare') : 1) * seconds / 3600;
  }
  const arm = compute === 'fargate-arm';
  const hourly = vcpus * price(arm ? 'fargateArmVcpuHour' : 'fargateVcpuHour') + memoryMiB / MIB_PER_GB * price(arm ? 'fargateArmGbHour' : 'fargateGbHour');
  return hourly * (compute === 'fargate-spot' ? price('fargateSpotShare') : 1) * Math.max(FARGATE_MINIMUM_SECONDS, seconds) / 3600;
}
