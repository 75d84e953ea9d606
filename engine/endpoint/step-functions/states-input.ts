import { MAX_PAYLOAD_BYTES } from '../../asl/definition/payload-size';
import { ApiError } from '../api-error';
import { Input, Page, page } from '../json-protocol';

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];
const REDRIVE_FILTERS = ['REDRIVEN', 'NOT_REDRIVEN'];
const [DEFAULT_PAGE, MAX_PAGE] = [100, 1000];
/** Lengths in the API's model: of most ARNs, and of a Map run's. */
const MAX_ARN = 256;
export const MAX_MAP_RUN_ARN = 2000;
const MAX_NAME = 80;

/** A parameter that is not as the API's model has it; a sensitive one's value is not told, as AWS does not. */
function violation(name: string, value: unknown, constraint: string, sensitive = false): ApiError {
  const told = sensitive ? 'Value' : value === undefined ? 'Value null' : `Value '${String(value)}'`;
  return new ApiError('ValidationException', `1 validation error detected: ${told} at '${name}' failed to satisfy constraint: ${constraint}`);
}

/** A text of the request, with at least a character; undefined where it is left out. */
export function text(input: Input, name: string, most: number, { least = 1, sensitive = false } = {}): string | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new ApiError('SerializationException', `${name} must be a string, got ${JSON.stringify(value)}`);
  if (value.length < least) throw violation(name, value, `Member must have length greater than or equal to ${least}`, sensitive);
  if (value.length > most) throw violation(name, value, `Member must have length less than or equal to ${most}`, sensitive);
  return value;
}

export function required(input: Input, name: string, most = MAX_ARN, sensitive = false): string {
  const value = text(input, name, most, { sensitive });
  if (value === undefined) throw violation(name, undefined, 'Member must not be null');
  return value;
}

/** A whole number of the request; undefined where it is left out. */
export function wholeNumber(input: Input, name: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!Number.isInteger(value)) throw new ApiError('SerializationException', `${name} must be a whole number, got ${JSON.stringify(value)}`);
  if (value < least) throw violation(name, value, `Member must have value greater than or equal to ${least}`);
  if (value > most) throw violation(name, value, `Member must have value less than or equal to ${most}`);
  return value;
}

/** Refuses parameters that would do nothing here. */
export function known(what: string, input: Input, names: readonly string[]): void {
  const unknown = Object.keys(input).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new ApiError('ValidationException', `${what} with ${unknown.join(', ')} is not supported by the local endpoint; it knows ${names.join(', ')}`);
  }
}

/** One of a set of words; undefined where it is left out. */
export function oneOf(input: Input, name: string, values: readonly string[]): string | undefined {
  const value = input[name] ?? undefined;
  if (value !== undefined && !values.includes(value)) throw violation(name, value, `Member must satisfy enum value set: [${values.join(', ')}]`);
  return value;
}

/** A new execution's, as the request has them. */
export interface StartText {
  readonly name?: string;
  readonly input?: string;
}

/** Name and input of a new execution, as far as the API's model limits them: that comes before anything else is looked at. */
export function startText(input: Input): StartText {
  const payload = text(input, 'input', Infinity, { least: 0 });
  if (payload !== undefined && Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) {
    throw violation('input', payload, `Member must have size less than or equal to ${MAX_PAYLOAD_BYTES} bytes in UTF-8 encoding`, true);
  }
  return { name: text(input, 'name', MAX_NAME), input: payload };
}

export function invalidArn(arn: string): ApiError {
  return new ApiError('InvalidArn', `Invalid Arn: '${arn}'`);
}

export function typeNotSupported(): ApiError {
  return new ApiError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
}

export function pageOf<T>(items: readonly T[], input: Input): Page<T> {
  wholeNumber(input, 'maxResults', 0, MAX_PAGE);
  return page(items, input, DEFAULT_PAGE, MAX_PAGE);
}

interface Filtered { readonly status: string; readonly redriveCount: number }

/** What ListExecutions was asked for, by statusFilter and redriveFilter. */
export function filtered<T extends Filtered>(records: readonly T[], input: Input): T[] {
  const statusFilter = oneOf(input, 'statusFilter', STATUSES);
  const redriveFilter = oneOf(input, 'redriveFilter', REDRIVE_FILTERS);
  return records.filter(({ status, redriveCount }) => (statusFilter === undefined || status === statusFilter)
    && (redriveFilter === undefined || (redriveCount > 0) === (redriveFilter === 'REDRIVEN')));
}
