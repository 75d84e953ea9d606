import { Duration, RemovalPolicy, Token } from 'aws-cdk-lib';

/** Throws unless the value is a whole number within the bounds (no upper one: `Number.MAX_SAFE_INTEGER`); absent values and unresolved tokens pass. */
export function requireWhole(name: string, value: number | undefined, least: number, most: number, fix: string): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (!Number.isInteger(value) || value < least || value > most) {
    const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
    throw new Error(`${name} must be a whole number from ${least}${upTo}, got ${value}; ${fix}`);
  }
}

/** Throws unless the duration is a number of whole days, from 1; absent values and unresolved tokens pass. */
export function requireDays(name: string, value: Duration | undefined, fix: string): void {
  if (value === undefined || value.isUnresolved()) return;
  const days = value.toMilliseconds() / Duration.days(1).toMilliseconds();
  if (!Number.isInteger(days) || days < 1) throw new Error(`${name} must be whole days from 1, got ${value.toHumanString()}; ${fix}`);
}

/** Throws unless the duration is within the bounds; absent values and unresolved tokens pass. */
export function requireDuration(name: string, value: Duration | undefined, least: Duration, most: Duration, fix: string): void {
  if (value === undefined || value.isUnresolved() || most.isUnresolved()) return;
  if (value.toMilliseconds() < least.toMilliseconds() || value.toMilliseconds() > most.toMilliseconds()) {
    throw new Error(`${name} must be from ${least.toHumanString()} to ${most.toHumanString()}, got ${value.toHumanString()}; ${fix}`);
  }
}

/** Of a job queue and of a job definition: AWS Batch API reference, pages "CreateJobQueue" and "RegisterJobDefinition". */
export const BATCH_NAME = { pattern: /^[A-Za-z0-9_-]{1,128}$/, allowed: '1 to 128 letters, digits, "-" and "_"' };

/** Throws unless the name is one that the service allows; absent values and unresolved tokens pass. */
export function requireName(prop: string, name: string | undefined, pattern: RegExp, allowed: string): void {
  if (name === undefined || Token.isUnresolved(name) || pattern.test(name)) return;
  throw new Error(`${prop} must be ${allowed}, got "${name}"; leave it out for one of CloudFormation's`);
}

/** Throws for an ARN that is not a job queue's: that of a compute environment looks much the same. Unresolved tokens pass. */
export function requireJobQueueArn(arn: string): void {
  if (Token.isUnresolved(arn) || /^arn:[^:]+:batch:[^:]+:[^:]+:job-queue\/[A-Za-z0-9_-]{1,128}$/.test(arn)) return;
  const cure = arn.includes(':compute-environment/') ? 'that is a compute environment: give the queue that is over it' : 'see aws batch describe-job-queues';
  throw new Error(`the job queue's ARN must be arn:PARTITION:batch:REGION:ACCOUNT:job-queue/NAME, got "${arn}"; ${cure}`);
}

/** Throws for a snapshot, which neither buckets nor log groups nor tables have. */
export function requireRemovalPolicy(value: RemovalPolicy | undefined): void {
  if (value !== RemovalPolicy.SNAPSHOT) return;
  throw new Error(`removalPolicy must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY, got ${value}; leave it out for RETAIN`);
}
