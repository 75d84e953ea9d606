import { ApiError } from './api-error';
import { Input, Page, page } from './json-protocol';

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];
const [DEFAULT_PAGE, MAX_PAGE] = [100, 1000];

export function required(input: Input, name: string): string {
  if (typeof input[name] === 'string' && input[name] !== '') return input[name];
  throw new ApiError('ValidationException', `1 validation error detected: Value ${input[name] === '' ? '\'\'' : 'null'} at '${name}' failed to satisfy constraint: Member must not be null`);
}

export function invalidArn(arn: string): ApiError {
  return new ApiError('InvalidArn', `Invalid Arn: '${arn}'`);
}

export function pageOf<T>(items: readonly T[], input: Input): Page<T> {
  return page(items, input, DEFAULT_PAGE, MAX_PAGE);
}

interface Filtered { readonly status: string; readonly redriveCount: number }

/** What ListExecutions was asked for, by statusFilter and redriveFilter. */
export function filtered<T extends Filtered>(records: readonly T[], { statusFilter, redriveFilter }: Input): T[] {
  if (statusFilter !== undefined && !STATUSES.includes(statusFilter)) {
    throw new ApiError('ValidationException', `1 validation error detected: Value '${String(statusFilter)}' at 'statusFilter' failed to satisfy constraint: `
      + `Member must satisfy enum value set: [${STATUSES.join(', ')}]`);
  }
  return records.filter(({ status, redriveCount }) => (statusFilter === undefined || status === statusFilter)
    && (redriveFilter === undefined || (redriveCount > 0) === (redriveFilter === 'REDRIVEN')));
}
