import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error';
import type { Principal } from '../iam/policy';
import { verifySignature } from '../signing/signature';
import { SignatureError } from '../signing/signature-error';
import { header, readRequest } from '../signing/signed-request';
import type { FindCredentials } from '../signing/signer';

/** A request to another service than S3 whose signature held. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly target: string | undefined;
  readonly body: string;
  readonly principal: Principal;
}

/** DynamoDB's limit of a request is the largest: 16 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** The service that a request is signed for; undefined where it is not signed. */
export function signedService(message: IncomingMessage): string | undefined {
  const inHeader = /\bCredential=[^/,\s]+\/\d+\/[^/,\s]+\/([^/,\s]+)\/aws4_request/.exec(message.headers.authorization ?? '');
  if (inHeader !== null) return inHeader[1];
  const inUrl = /[?&]X-Amz-Credential=[^&]+?(?:%2F|\/)\d+(?:%2F|\/)[^&]+?(?:%2F|\/)([^&]+?)(?:%2F|\/)aws4_request/i.exec(message.url ?? '');
  return inUrl?.[1];
}

/** What a request must be signed for. */
interface Expected {
  readonly service: string;
  readonly findCredentials: FindCredentials;
  readonly region: string;
  /** See the product. */
  readonly keyAdvice: string;
}

/** Reads a request and checks who sent it. */
export async function readApiRequest(message: IncomingMessage, { service, findCredentials, region, keyAdvice }: Expected): Promise<ApiRequest> {
  const body = await readBody(message);
  try {
    const request = readRequest(message);
    const payload = createHash('sha256').update(body).digest('hex');
    const { credentials: { principal } } = await verifySignature(request, findCredentials, region, Date.now(), { service, payload });
    return { method: request.method, path: request.rawPath, target: header(request, 'x-amz-target'), body: body.toString('utf8'), principal };
  } catch (error) {
    if (error instanceof SignatureError) throw signatureError(error, keyAdvice);
    throw error;
  }
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new ApiError('RequestEntityTooLarge', `the request has more than ${MAX_BODY_BYTES} bytes`, 413);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** A signature that does not hold, in the words of the services other than S3 ("Common Errors" of each API reference). */
function signatureError({ problem, message }: SignatureError, keyAdvice: string): ApiError {
  switch (problem) {
    case 'UnknownKey':
    case 'WrongToken':
      return new ApiError('UnrecognizedClientException', `The security token included in the request is invalid. ${keyAdvice}`, 403);
    case 'Mismatch':
    case 'Skewed':
      return new ApiError('InvalidSignatureException', message, 403);
    case 'Denied':
      return new ApiError('MissingAuthenticationTokenException', message, 403);
    default:
      return new ApiError('IncompleteSignatureException', message, 403);
  }
}
