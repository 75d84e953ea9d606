import { ComputePlatform } from './compute-platform';

/** What one job asks Batch for. */
export interface JobSize {
  readonly memoryMiB: number;
  readonly vcpus: number;
}

/**
 * Fargate's pairs: for a number of vCPUs, the least and the most memory, and the step between. Source: the AWS Batch API
 * reference, page "ResourceRequirement" (MEMORY and VCPU on Fargate resources).
 */
export const FARGATE_SIZES = [
  { vcpus: 0.25, memoryMiB: [512, 1024, 2048] },
  { vcpus: 0.5, memoryMiB: steps(1024, 4096, 1024) },
  { vcpus: 1, memoryMiB: steps(2048, 8192, 1024) },
  { vcpus: 2, memoryMiB: steps(4096, 16_384, 1024) },
  { vcpus: 4, memoryMiB: steps(8192, 30_720, 1024) },
  { vcpus: 8, memoryMiB: steps(16_384, 61_440, 4096) },
  { vcpus: 16, memoryMiB: steps(32_768, 122_880, 8192) },
];

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, step) => from + step * by);
}

/**
 * The smallest size that the platform has for at least this memory and these vCPUs: memory first within the vCPUs, then more
 * vCPUs where these do not allow so much memory. Undefined where nothing is that large.
 */
export function smallestSize(platform: ComputePlatform, wanted: JobSize): JobSize | undefined {
  if (platform === ComputePlatform.EC2) return wanted;
  for (const { vcpus, memoryMiB } of FARGATE_SIZES) {
    if (vcpus < wanted.vcpus) continue;
    const fitting = memoryMiB.find((memory) => memory >= wanted.memoryMiB);
    if (fitting !== undefined) return { vcpus, memoryMiB: fitting };
  }
  return undefined;
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
