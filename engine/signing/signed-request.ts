import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** What of a request a signature covers, beside its payload. */
export interface SignedRequest {
  readonly method: string;
  /** As sent. */
  readonly rawPath: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
}

export function readRequest(message: IncomingMessage): SignedRequest {
  const url = message.url ?? '/';
  const at = url.indexOf('?');
  return {
    method: message.method ?? 'GET',
    rawPath: at < 0 ? url : url.slice(0, at),
    query: new Map(new URLSearchParams(at < 0 ? '' : url.slice(at + 1))),
    headers: message.headers,
  };
}

/** A header's one value. */
export function header({ headers }: Pick<SignedRequest, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
