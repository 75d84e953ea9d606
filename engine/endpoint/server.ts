import { randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError } from './api-error';
import { readApiRequest, signedService } from './api-request';
import type { ApiResponse, ApiService } from './json-protocol';
import { queryError } from './query-protocol';
import { AccessDenied } from '../iam/evaluate';
import type { Product } from '../product';
import type { S3Service } from '../s3/s3-service';
import type { FindCredentials } from '../signing/signer';

export interface AwsServerOptions {
  /** 0 for a free one. */
  readonly port: number;
  readonly region: string;
  readonly findCredentials: FindCredentials;
  readonly s3: S3Service;
  readonly product: Product;
  /** The others, by the name that their requests are signed for. */
  readonly services: Readonly<Record<string, ApiService>>;
}

export interface AwsServer {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Ends the requests that are under way. */
  close(): Promise<void>;
}

/** Serves all services to this machine alone; the signature of a request tells which one it is for. */
export async function startAwsServer(options: AwsServerOptions): Promise<AwsServer> {
  const server = createServer((message, response) => {
    response.setHeader('server', options.product.name);
    const service = signedService(message);
    // What is not signed is S3's to refuse: only a bucket may be asked without a signature.
    if (service === undefined || service === 's3') void options.s3.answer(message, response);
    else void answer(options, service, message, response);
  });
  // An upload may take its time; a connection that says nothing may not.
  server.requestTimeout = 0;
  server.headersTimeout = 30_000;
  // Clients keep connections; one that is closed while it waits can be the one that the next request is just sent on.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => close(server) };
}

async function answer(options: AwsServerOptions, name: string, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  const service = Object.hasOwn(options.services, name) ? options.services[name] : undefined;
  try {
    if (service === undefined) {
      throw new ApiError('UnknownOperationException', `the service ${name} is not supported by the local endpoint; these are: s3, ${Object.keys(options.services).join(', ')}`);
    }
    const request = await readApiRequest(message, { ...options, service: name, keyAdvice: options.product.keyAdvice });
    send(response, requestId, await service.answer(request));
  } catch (error) {
    if (response.destroyed) return;
    const known = apiError(error, service);
    // The rest of a body that nobody will read must not be taken for the next request.
    if (!message.complete) response.setHeader('connection', 'close');
    send(response, requestId, service?.error(known, requestId) ?? errorOfUnknown(message, known, requestId));
  }
}

function apiError(error: unknown, service: ApiService | undefined): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof AccessDenied && service !== undefined) return new ApiError(service.denial.code, error.message, service.denial.status);
  return new ApiError('InternalFailure', `a defect of the local endpoint, please report it: ${(error as Error).stack}`, 500);
}

/** In the shape that the request's own suggests. */
function errorOfUnknown(message: IncomingMessage, error: ApiError, requestId: string): ApiResponse {
  if (message.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) return queryError(error, requestId);
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': error.code };
  return { status: error.status, headers, body: JSON.stringify({ __type: error.code, message: error.message }) };
}

function send(response: ServerResponse, requestId: string, { status, headers, body }: ApiResponse): void {
  response.writeHead(status, { 'x-amzn-requestid': requestId, ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
