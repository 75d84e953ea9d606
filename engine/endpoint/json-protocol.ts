import { ApiError } from './api-error';
import type { ApiRequest } from './api-request';
import type { Principal } from '../iam/policy';

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The service's name is the credential scope's. */
export interface ApiService {
  /** The service's own name and status for a caller who may not do what it asked for. */
  readonly denial: { readonly code: string; readonly status: number };
  answer(request: ApiRequest): Promise<ApiResponse>;
  error(error: ApiError, requestId: string): ApiResponse;
}

export type Input = Readonly<Record<string, any>>;
export type Operation = (input: Input, caller: Principal) => object | Promise<object>;

/**
 * A service that speaks AWS JSON 1.0 or 1.1: the operation in the header X-Amz-Target, input and output as JSON, times as seconds since
 * 1970 (smithy.io, "AWS JSON 1.0 protocol").
 *
 * @param prefix of the target, for example AWSStepFunctions
 */
export function jsonService(version: '1.0' | '1.1', prefix: string, operations: Readonly<Record<string, Operation>>): ApiService {
  const headers = { 'content-type': `application/x-amz-json-${version}` };
  return {
    denial: { code: 'AccessDeniedException', status: 400 },
    answer: async ({ target = '', body, principal }) => {
      const [, name] = target.split('.');
      if (!target.startsWith(`${prefix}.`) || !Object.hasOwn(operations, name)) throw unknownOperation(target);
      const output = await operations[name](inputOf(body), principal);
      return { status: 200, headers, body: JSON.stringify(output) };
    },
    error: ({ code, message, status }) => ({ status, headers, body: JSON.stringify({ __type: code, message }) }),
  };
}

/**
 * A service that speaks AWS restJson1, where an operation has a path of its own.
 *
 * @param routes by method and path, for example `POST /v1/describejobs`
 */
export function restJsonService(routes: Readonly<Record<string, Operation>>): ApiService {
  const headers = { 'content-type': 'application/json' };
  return {
    denial: { code: 'AccessDeniedException', status: 403 },
    answer: async ({ method, path, body, principal }) => {
      const operation = routes[`${method} ${path}`];
      if (operation === undefined) throw unknownOperation(`${method} ${path}`);
      return { status: 200, headers, body: JSON.stringify(await operation(inputOf(body), principal)) };
    },
    error: ({ code, message, status }) => ({ status, headers: { ...headers, 'x-amzn-errortype': code }, body: JSON.stringify({ message }) }),
  };
}

export function unknownOperation(name: string): ApiError {
  return new ApiError('UnknownOperationException', `${name === '' ? 'A request without an operation' : `The operation ${name}`} is not supported by the local endpoint`);
}

function inputOf(body: string): Input {
  let input: unknown;
  try {
    input = body === '' ? {} : JSON.parse(body);
  } catch (error) {
    throw new ApiError('SerializationException', `the request is not JSON: ${(error as Error).message}`);
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new ApiError('SerializationException', 'the request must be a JSON object');
  return input as Input;
}

/** ISO 8601 as these protocols write a time. */
export function seconds(date: string | undefined): number | undefined {
  return date === undefined ? undefined : Date.parse(date) / 1000;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/** One page of a list; tokens are good for the same question alone. */
export function page<T>(items: readonly T[], { maxResults, nextToken }: Input, fallback: number, max: number): Page<T> {
  const size = maxResults === undefined || maxResults === 0 ? fallback : Math.min(Number(maxResults), max);
  const start = nextToken === undefined ? 0 : Number(/^page-(\d{1,9})$/.exec(Buffer.from(String(nextToken), 'base64').toString('latin1'))?.[1] ?? NaN);
  if (Number.isNaN(start)) throw new ApiError('InvalidToken', 'Invalid Token: \'Invalid token\'');
  const end = start + size;
  return { items: items.slice(start, end), ...end < items.length ? { nextToken: Buffer.from(`page-${end}`).toString('base64') } : {} };
}

/** The token that an answer has where there is more. */
export function following(nextToken: string | undefined): { nextToken?: string } {
  return nextToken === undefined ? {} : { nextToken };
}
