import { Duration, Token } from 'aws-cdk-lib';

/** Throws unless the value is a whole number within the bounds; absent values and unresolved tokens pass. */
export function requireWhole(name: string, value: number | undefined, least: number, most: number, fix: string): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`${name} must be a whole number from ${least} to ${most}, got ${value}; ${fix}`);
  }
}

/** Throws unless the duration is within the bounds; absent values and unresolved tokens pass. */
export function requireDuration(name: string, value: Duration | undefined, least: Duration, most: Duration, fix: string): void {
  if (value === undefined || value.isUnresolved()) return;
  if (value.toMilliseconds() < least.toMilliseconds() || value.toMilliseconds() > most.toMilliseconds()) {
    throw new Error(`${name} must be from ${least.toHumanString()} to ${most.toHumanString()}, got ${value.toHumanString()}; ${fix}`);
  }
}
