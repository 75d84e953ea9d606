import { Annotations, Duration, Size, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PipelineStepProps } from './pipeline-step-props';
import { requireDuration, requireWhole } from '../checks/values';
import { ComputePlatform } from '../compute/compute-platform';
import { escalation, smallestSize } from '../compute/job-size';
import { FARGATE_SIZES, JobSize } from '../contract/job-sizes';

/** The defaults of a step. */
export interface StepDefaults {
  readonly memory: Size;
  readonly fargateVcpus: number;
  readonly timeout: Duration;
}

/** A step's props, checked, with its defaults and fitted to the platform. */
export interface StepSettings {
  /** The sizes to run a job with, one after the other, as long as it runs out of memory; the first is the job definition's. */
  readonly sizes: JobSize[];
  readonly timeout: Duration;
  readonly attempts: number;
}

const EC2_VCPUS = 1;
const MAX_EC2_VCPUS = 192;
const DEFAULT_ATTEMPTS = 3;
/** "attempts: between 1 and 10", AWS Batch API reference, page "RetryStrategy". */
const MAX_ATTEMPTS = 10;
/** "The minimum value for the timeout is 60 seconds", AWS Batch API reference, page "JobTimeout". */
const MIN_TIMEOUT = Duration.seconds(60);
/** Node does not start in much less. */
const MIN_MEMORY = Size.mebibytes(128);
const MAX_MEMORY_FACTOR = 4;

/** Checks a step's props against the platform and the run's time; a note says when a size that the app chose is rounded up. */
export function stepSettings(
  scope: Construct, step: string, props: PipelineStepProps, defaults: StepDefaults, platform: ComputePlatform, runTimeout: Duration,
): StepSettings {
  requireWhole(`${step}.attempts`, props.attempts, 1, MAX_ATTEMPTS, `leave it out for ${DEFAULT_ATTEMPTS}`);
  requireDuration(`${step}.timeout`, props.timeout, MIN_TIMEOUT, runTimeout, 'shorten it or lengthen runTimeout');
  requireVcpus(step, props.vcpus, platform);
  return {
    sizes: jobSizes(scope, step, props, defaults, platform),
    timeout: props.timeout ?? shorter(defaults.timeout, runTimeout),
    attempts: props.attempts ?? DEFAULT_ATTEMPTS,
  };
}

function requireVcpus(step: string, vcpus: number | undefined, platform: ComputePlatform): void {
  if (platform === ComputePlatform.EC2) {
    requireWhole(`${step}.vcpus`, vcpus, 1, MAX_EC2_VCPUS, 'EC2 jobs take whole vCPUs; only Fargate has fractions');
    return;
  }
  const allowed = FARGATE_SIZES.map((size) => size.vcpus);
  if (vcpus !== undefined && !Token.isUnresolved(vcpus) && !allowed.includes(vcpus)) {
    throw new Error(`${step}.vcpus must be one of ${allowed.join(', ')} on Fargate, got ${vcpus}; leave it out for the step's default`);
  }
}

function jobSizes(
  scope: Construct, step: string, props: PipelineStepProps, defaults: StepDefaults, platform: ComputePlatform,
): JobSize[] {
  const vcpus = props.vcpus ?? (platform === ComputePlatform.FARGATE ? defaults.fargateVcpus : EC2_VCPUS);
  const memory = props.memory ?? defaults.memory;
  // What is known only at deployment can be neither fitted nor doubled: it is taken as it is.
  if (memory.isUnresolved() || props.maxMemory?.isUnresolved() || Token.isUnresolved(vcpus)) {
    return [{ memoryMiB: memory.toMebibytes(), vcpus }];
  }
  const memoryMiB = wholeMiB(`${step}.memory`, memory);
  if (memoryMiB < MIN_MEMORY.toMebibytes()) {
    throw new Error(`${step}.memory must be at least ${MIN_MEMORY.toMebibytes()} MiB, got ${memoryMiB} MiB; leave it out for the step's default`);
  }
  const first = smallestSize(platform, { memoryMiB, vcpus });
  if (first === undefined) {
    const largest = FARGATE_SIZES[FARGATE_SIZES.length - 1].memoryMiB.slice(-1)[0];
    throw new Error(`${step}.memory must be at most ${largest} MiB on Fargate, got ${memoryMiB} MiB; take less, or compute on EC2`);
  }
  const chosen = props.memory !== undefined || props.vcpus !== undefined;
  if (chosen && (first.memoryMiB !== memoryMiB || first.vcpus !== vcpus)) sayFitted(scope, step, { memoryMiB, vcpus }, first);
  return escalation(platform, first, maxMemoryMiB(step, props, memoryMiB, first));
}

function maxMemoryMiB(step: string, props: PipelineStepProps, memoryMiB: number, first: JobSize): number {
  if (props.maxMemory === undefined) return first.memoryMiB * MAX_MEMORY_FACTOR;
  const most = wholeMiB(`${step}.maxMemory`, props.maxMemory);
  if (most < memoryMiB) {
    throw new Error(`${step}.maxMemory must not be less than its memory of ${memoryMiB} MiB, got ${most} MiB; raise it, or lower memory`);
  }
  return most;
}

function wholeMiB(name: string, size: Size): number {
  const mebibytes = size.toKibibytes() / 1024;
  if (!Number.isInteger(mebibytes)) throw new Error(`${name} must be whole MiB, got ${size.toKibibytes()} KiB; round it up`);
  return mebibytes;
}

function sayFitted(scope: Construct, step: string, wanted: JobSize, got: JobSize): void {
  Annotations.of(scope).addInfo(`${step}: ${wanted.memoryMiB} MiB with ${wanted.vcpus} vCPU is no size that Fargate has; `
    + `its jobs get ${got.memoryMiB} MiB with ${got.vcpus} vCPU`);
}

function shorter(one: Duration, other: Duration): Duration {
  return other.isUnresolved() || one.toMilliseconds() <= other.toMilliseconds() ? one : other;
}
