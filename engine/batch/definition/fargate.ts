import type { Amount } from '../capacity';

const steps = (from: number, to: number, by: number) => Array.from({ length: (to - from) / by + 1 }, (_, step) => from + step * by);

/** The MiB that there are for each number of vCPUs (API reference, "ResourceRequirement"). */
const MEMORY_OF_VCPUS: ReadonlyMap<number, readonly number[]> = new Map([
  [0.25, [512, 1024, 2048]],
  [0.5, steps(1024, 4096, 1024)],
  [1, steps(2048, 8192, 1024)],
  [2, steps(4096, 16_384, 1024)],
  [4, steps(8192, 30_720, 1024)],
  [8, steps(16_384, 61_440, 4096)],
  [16, steps(32_768, 122_880, 8192)],
]);

/** What is wrong with a size on Fargate, if anything. */
export function fargateProblem({ vcpus, memoryMiB }: Amount): string | undefined {
  const memory = MEMORY_OF_VCPUS.get(vcpus);
  if (memory === undefined) return `Fargate has ${[...MEMORY_OF_VCPUS.keys()].join(', ')} vCPU, got ${vcpus}`;
  return memory.includes(memoryMiB) ? undefined : `Fargate has ${memory.join(', ')} MiB for ${vcpus} vCPU, got ${memoryMiB}`;
}
