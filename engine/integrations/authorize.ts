import { evaluate } from '../iam/evaluate';
import type { Principal, RequestContext } from '../iam/policy';

/** Who may do what, for the calls that the state machine makes as its role. */
export function authorize(principal: Principal, action: string, resources: readonly string[], context?: RequestContext): string | undefined {
  for (const resource of resources) {
    const { allowed, reason } = evaluate({ principal, action, resource, context });
    if (!allowed) return reason ?? `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource}`;
  }
  return undefined;
}
