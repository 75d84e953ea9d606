import type { AccessDecision, AccessRequest, PolicyDocument, PolicyStatement, RequestContext } from './policy';
import { accountOf, namesPrincipal, statementApplies, statementsOf } from './statement';

/**
 * Decides a request as IAM does within one account ("Policy evaluation logic"): an explicit Deny anywhere wins; otherwise an Allow of an
 * identity policy or of the resource's policy suffices. The owner, who has no policies, is stopped only by an explicit Deny.
 * Policies must have passed `checkPolicy`; an operator that is not supported throws.
 */
export function evaluate(request: AccessRequest): AccessDecision {
  const context = withPrincipalKeys(request);
  const { principal } = request;
  const byIdentity = (principal.policies ?? []).flatMap(statementsOf).filter((statement) => statementApplies(statement, request, context));
  const byResource = resourceStatements(request.resourcePolicy)
    .filter((statement) => namesPrincipal(statement, principal) && statementApplies(statement, request, context));
  if (byIdentity.some(isDeny)) {
    return denied(request, 'with an explicit deny in an identity-based policy');
  }
  if (byResource.some(isDeny)) {
    return denied(request, 'with an explicit deny in a resource-based policy');
  }
  if (principal.policies === undefined || byIdentity.length > 0 || byResource.length > 0) {
    return { allowed: true };
  }
  return denied(request, `because no identity-based policy allows the ${request.action} action`);
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
