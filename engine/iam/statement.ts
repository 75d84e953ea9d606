import { conditionsHold } from './conditions';
import type { AccessRequest, PolicyDocument, PolicyStatement, Principal, RequestContext } from './policy';
import { matchesArn, matchesWildcard } from './wildcard';

/** A policy's statements; IAM takes one without a list. */
export function statementsOf(policy: PolicyDocument): readonly PolicyStatement[] {
  return oneOrMany(policy.Statement);
}

/** IAM lets a single value stand without a list nearly everywhere. */
export function oneOrMany<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) {
    return [];
  }
  return Array.isArray(value) ? value as readonly T[] : [value as T];
}

/** Whether a statement speaks of this action, this resource and these circumstances; whom it speaks of is asked elsewhere. */
export function statementApplies(statement: PolicyStatement, request: AccessRequest, context: RequestContext): boolean {
  return actionApplies(statement, request.action)
    && resourceApplies(statement, request.resource)
    && conditionsHold(statement.Condition, context);
}

/**
 * Whether a resource policy's statement names the principal. An account (its number or its root ARN) in a Deny means everybody in it;
 * in an Allow it only hands the decision to the account's own identity policies, so that a role gains nothing by it
 * (IAM User Guide, "AWS JSON policy elements: Principal"). Services and federated users never call here.
 */
export function namesPrincipal(statement: PolicyStatement, principal: Principal): boolean {
  return awsPrincipals(statement).some((name) => isNamed(name, statement.Effect, principal));
}

/** Whether it names the role's session, or everybody, so that it is the session that is allowed and not its role. */
export function namesSession(statement: PolicyStatement, principal: Principal): boolean {
  return awsPrincipals(statement).some((name) => name === '*' || name === principal.arn);
}

function awsPrincipals({ Principal: named }: PolicyStatement): readonly string[] {
  if (named === '*') return ['*'];
  return typeof named === 'object' && named !== null ? oneOrMany((named as { AWS?: string | string[] }).AWS) : [];
}

function isNamed(name: string, effect: PolicyStatement['Effect'], principal: Principal): boolean {
  if (name === '*' || name === principal.arn || name === principal.roleArn) {
    return true;
  }
  return effect === 'Deny' && accountNamed(name) === accountOf(principal);
}

function accountNamed(name: string): string | undefined {
  return /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1];
}

/** The account number in a principal's ARN. */
export function accountOf(principal: Principal): string {
  return principal.arn.split(':')[4] ?? '';
}

function actionApplies(statement: PolicyStatement, action: string): boolean {
  const matches = (pattern: string) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase());
  return statement.NotAction === undefined
    ? oneOrMany(statement.Action).some(matches)
    : !oneOrMany(statement.NotAction).some(matches);
}

function resourceApplies(statement: PolicyStatement, resource: string): boolean {
  const matches = (pattern: string) => matchesArn(pattern, resource);
  return statement.NotResource === undefined
    ? oneOrMany(statement.Resource).some(matches)
    : !oneOrMany(statement.NotResource).some(matches);
}
