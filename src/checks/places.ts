import { Arn, ArnFormat, IResource, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * Throws for a resource that is known to be elsewhere than the scope's stack, where a state machine cannot use it: Step Functions calls
 * the services of its own region, which take a table by its name, and a job for a queue of their own account.
 */
export function requireSamePlace(scope: Construct, what: string, resource: IResource, arn: string): void {
  const { region, account } = Token.isUnresolved(arn) ? resource.env : Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME);
  requireSame(scope, what, 'region', region);
  requireSame(scope, what, 'account', account);
}

/** The same of what may be another account's (`region`), or has no region (`account`). */
export function requireSame(scope: Construct, what: string, kind: 'region' | 'account', got: string | undefined): void {
  const expected = Stack.of(scope)[kind];
  if (got === undefined || Token.compareStrings(got, expected) !== TokenComparison.DIFFERENT) return;
  throw new Error(`${what} must be in the ${kind} of the pipeline's stack, ${expected}, got ${got}; bring one of there, or put the stack there`);
}
