import { ComputePlatform } from './compute-platform';
import { fargateSize, JobSize } from '../contract/job-sizes';

/** The smallest size that the platform has for at least this memory and these vCPUs; undefined where nothing is that large. */
export function smallestSize(platform: ComputePlatform, wanted: JobSize): JobSize | undefined {
  return platform === ComputePlatform.EC2 ? wanted : fargateSize(wanted);
}

/** The sizes that a job is run with, one after the other, as long as it runs out of memory: doubled up to the maximum. */
export function escalation(platform: ComputePlatform, first: JobSize, maxMemoryMiB: number): JobSize[] {
  const sizes = [first];
  for (let last = first; last.memoryMiB < maxMemoryMiB;) {
    const memoryMiB = Math.min(last.memoryMiB * 2, maxMemoryMiB);
    const next = smallestSize(platform, { memoryMiB, vcpus: first.vcpus });
    if (next === undefined) break;
    sizes.push(next);
    last = next;
  }
  return sizes;
}
