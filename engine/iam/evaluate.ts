import type { AccessDecision, AccessRequest, PolicyDocument, PolicyStatement, RequestContext } from './policy';
import { accountOf, namesPrincipal, namesSession, statementApplies, statementsOf } from './statement';

/**
 * Decides a request as IAM does within one account ("Policy evaluation for requests within a single account"): an explicit Deny anywhere
 * wins; otherwise an Allow of an identity policy or of the resource's policy suffices, within the permissions boundary where the role has
 * one. What the resource's policy allows to the session itself, or to everybody, no boundary limits. The owner, who has no policies, is
 * stopped only by an explicit Deny. Policies must have passed `checkPolicy`; an operator that is not supported throws.
 */
export function evaluate(request: AccessRequest): AccessDecision {
  const context = withPrincipalKeys(request);
  const { principal, action } = request;
  const applies = (statement: PolicyStatement) => statementApplies(statement, request, context);
  const byIdentity = (principal.policies ?? []).flatMap(statementsOf).filter(applies);
  const byResource = resourceStatements(request.resourcePolicy).filter((statement) => namesPrincipal(statement, principal) && applies(statement));
  const byBoundary = principal.boundary === undefined ? undefined : statementsOf(principal.boundary).filter(applies);
  if (byIdentity.some(isDeny)) return denied(request, 'with an explicit deny in an identity-based policy');
  if (byResource.some(isDeny)) return denied(request, 'with an explicit deny in a resource-based policy');
  if (byBoundary?.some(isDeny) === true) return denied(request, 'with an explicit deny in a permissions boundary');
  if (principal.policies === undefined || byResource.some((statement) => namesSession(statement, principal))) return { allowed: true };
  if (byIdentity.length + byResource.length === 0) return denied(request, `because no identity-based policy allows the ${action} action`);
  return byBoundary?.length === 0 ? denied(request, `because no permissions boundary allows the ${action} action`) : { allowed: true };
}

/** Why the caller may not do what it asked for, in AWS's words; each protocol has its own code and status for it. */
export class AccessDenied extends Error {}

/** @throws AccessDenied */
export function authorize(request: AccessRequest): void {
  const decision = evaluate(request);
  if (!decision.allowed) throw new AccessDenied(decision.reason);
}

function resourceStatements(policy: PolicyDocument | undefined): readonly PolicyStatement[] {
  return policy ? statementsOf(policy) : [];
}

function isDeny(statement: PolicyStatement): boolean {
  return statement.Effect === 'Deny';
}

/** The keys that IAM itself puts into every request's context. */
function withPrincipalKeys(request: AccessRequest): RequestContext {
  const now = new Date();
  const account = accountOf(request.principal);
  return {
    'aws:principalarn': request.principal.roleArn ?? request.principal.arn,
    'aws:principalaccount': account,
    'aws:resourceaccount': account,
    'aws:currenttime': now.toISOString(),
    'aws:epochtime': String(Math.floor(now.getTime() / 1000)),
    ...request.context,
  };
}

function denied(request: AccessRequest, because: string): AccessDecision {
  const { principal, action, resource } = request;
  return { allowed: false, reason: `User: ${principal.arn} is not authorized to perform: ${action} on resource: "${resource}" ${because}` };
}
