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
 * The smallest size that Fargate has for at least this memory and these vCPUs: memory first within the vCPUs, then more
 * vCPUs where these do not allow so much memory. Undefined where nothing is that large.
 */
export function fargateSize(wanted: JobSize): JobSize | undefined {
  for (const { vcpus, memoryMiB } of FARGATE_SIZES) {
    if (vcpus < wanted.vcpus) continue;
    const fitting = memoryMiB.find((memory) => memory >= wanted.memoryMiB);
    if (fitting !== undefined) return { vcpus, memoryMiB: fitting };
  }
  return undefined;
}

/** What a step's jobs get by default, on EC2 with one whole vCPU, on Fargate fitted to its sizes. */
export const DEFAULT_JOB_SIZE = {
  /** Decoding a few genome blocks at a time takes little of either. */
  SEQUENCE_RETRIEVAL: { memoryMiB: 500, vcpus: 0.25 },
  /** Clustal Omega computes all the time, so it gets a whole vCPU. */
  ALIGNMENT: { memoryMiB: 2048, vcpus: 1 },
  /** It merges small JSON files and looks columns up. */
  SEQ_INFO_COLLECTION: { memoryMiB: 500, vcpus: 0.25 },
} as const;
