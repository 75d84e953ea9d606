import { XMLBuilder } from 'fast-xml-parser';
import type { ApiError } from './api-error';
import type { ApiResponse } from './json-protocol';

const HEADERS = { 'content-type': 'text/xml' };
const builder = new XMLBuilder({ ignoreAttributes: false });
/** What XML 1.0 cannot hold: an answer with one of a caller's would be none. */
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** An answer of a service that speaks the query protocol (smithy.io, "AWS query protocol"). */
export function queryResult(action: string, namespace: string, result: object): ApiResponse {
  const content = { '@_xmlns': namespace, [`${action}Result`]: result, 'ResponseMetadata': { RequestId: 'local' } };
  return { status: 200, headers: HEADERS, body: xml({ [`${action}Response`]: content }) };
}

export function queryError({ code, message, status }: ApiError, requestId: string, namespace?: string): ApiResponse {
  const Error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message };
  const content = { ...namespace === undefined ? {} : { '@_xmlns': namespace }, Error, RequestId: requestId };
  return { status, headers: HEADERS, body: xml({ ErrorResponse: content }) };
}

function xml(document: object): string {
  return (builder.build(document) as string).replace(NOT_XML, '\ufffd');
}
