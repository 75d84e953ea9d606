import { ApiError } from './api-error';
import { evaluate } from '../iam/evaluate';
import type { Principal } from '../iam/policy';

/**
 * Throws unless the caller may do this.
 *
 * @param code the service's name for it
 */
export function authorize(principal: Principal, action: string, resource: string, code = 'AccessDeniedException', status = 400): void {
  const { allowed, reason } = evaluate({ principal, action, resource });
  if (!allowed) throw new ApiError(code, reason ?? `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource}`, status);
}
