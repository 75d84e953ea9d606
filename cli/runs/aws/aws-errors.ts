import { OperateError } from './operate-error';

/** What the SDK's errors have; nothing of it is sure to be there. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly cause?: unknown;
  readonly $fault?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const LOST_CODES = [
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN',
  'ERR_STREAM_PREMATURE_CLOSE',
];
const LOST_NAMES = /^(TimeoutError|RequestTimeout|RequestTimeoutException)$/;
const THROTTLED = /Throttl|TooManyRequests|LimitExceeded|SlowDown|ServiceUnavailable|BandwidthLimit/;
const DENIED = /^(AccessDenied|Forbidden|Unauthorized|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|ExpiredToken|InvalidAccessKeyId|InvalidToken$|MissingAuthenticationToken|IncompleteSignature|OptInRequired|AuthFailure|CredentialsProviderError|TokenProviderError|NotAuthorized)/;
const EXPIRED = /^(ExpiredToken|TokenProviderError)/;

/** Whether the same request may be answered a little later: the connection is lost, or AWS is too busy. */
export function isPassing(error: unknown): boolean {
  const { name = '', code, cause, $fault, $metadata } = asSdkError(error);
  const status = $metadata?.httpStatusCode ?? 0;
  if (LOST_CODES.includes(code ?? '') || LOST_NAMES.test(name) || THROTTLED.test(name)) return true;
  // Credentials may come from an address as well (an instance's, a container's).
  if (cause !== undefined && cause !== error && isPassing(cause)) return true;
  return status >= 500 || status === 429 || $fault === 'server';
}

export function isDenied(error: unknown): boolean {
  const { name = '', $metadata } = asSdkError(error);
  return DENIED.test(name) || $metadata?.httpStatusCode === 401 || $metadata?.httpStatusCode === 403;
}

/** Whether AWS answered with this error, by its name with or without "Exception" at its end. */
export function isNamed(error: unknown, ...names: string[]): boolean {
  return names.includes(asSdkError(error).name?.replace(/Exception$/, '') ?? '');
}

/** In a few words, for a line that says that it is tried again. */
export function shortReason(error: unknown): string {
  const { name, message = '', code } = asSdkError(error);
  return code ?? (name === undefined || name === 'Error' ? firstLine(message) : name);
}

/** What to tell of an error that nobody knows better. */
export function operateError(error: unknown, what: string): OperateError {
  if (error instanceof OperateError) return error;
  const { name = 'Error', message = '', code } = asSdkError(error);
  const told = firstLine(message);
  if (/^Region is missing|Invalid region/i.test(told)) {
    return new OperateError('Usage', `${what}: no region is known; give --region NAME, or set AWS_REGION, or give the profile a region`);
  }
  if (name === 'CredentialsProviderError') {
    return new OperateError('NotAllowed', `${what}: no credentials were found (${told}); sign in (for example "aws sso login"), set AWS_PROFILE or give --profile NAME`);
  }
  if (EXPIRED.test(name)) {
    return new OperateError('NotAllowed', `${what}: the credentials have expired (${told}); sign in again and give the same command: what was started goes on`);
  }
  if (isDenied(error)) {
    return new OperateError('NotAllowed', `${what} is not allowed: ${name}: ${told}; docs/operating.md lists what each command needs, and --profile NAME chooses who asks`);
  }
  if (isPassing(error)) return new OperateError('Unavailable', `${what}: AWS cannot be reached, or is too busy: ${[code ?? name, told].filter((text) => text !== '').join(': ')}`);
  return new OperateError('Unavailable', `${what}: AWS answered with ${name}: ${told}`);
}

function firstLine(text: string): string {
  return text.split('\n')[0].slice(0, 1000);
}

function asSdkError(error: unknown): SdkError {
  return typeof error === 'object' && error !== null ? error : {};
}
