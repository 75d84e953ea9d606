import { lookup as dnsLookup, LookupAddress } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import { TransientError } from './retry';
import { redacted, UrlPolicy } from './url-policy';

/** No byte for so long ends an attempt. */
const IDLE_TIMEOUT_MS = 30_000;
const ATTEMPT_TIMEOUT_MS = 300_000;
const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
const TRANSIENT_STATUSES = [408, 425, 429, 500, 502, 503, 504];
const CONNECTIONS_PER_HOST = 8;

export interface HttpGet {
  readonly url: URL;
  /** More than that is not read. */
  readonly maxBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** The whole body; empty for a status of 400 and more. */
  readonly body: Buffer;
}

/** An answer that trying again would not change. */
export class HttpError extends Error {
  constructor(message: string, public readonly status?: number) {
    super(message);
    this.name = 'HttpError';
  }
}

/** GET requests under a URL policy; one attempt each. Keeps connections open between requests until closed. */
export class HttpClient {
  private readonly agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS_PER_HOST }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: CONNECTIONS_PER_HOST }),
  };

  constructor(private readonly policy: UrlPolicy) {}

  /**
   * Follows redirects; each one is checked as the first URL is.
   *
   * @throws TransientError where trying again may help; HttpError where it won't; WorkerError where the policy refuses
   */
  public async get(request: HttpGet): Promise<HttpAnswer> {
    let url = request.url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      this.policy.check(url);
      const answer = await this.send(url, request);
      if (!REDIRECTS.includes(answer.status)) return answer;
      const { location } = answer.headers;
      if (location === undefined) throw new HttpError(`${redacted(url)} answered ${answer.status} without a Location`, answer.status);
      url = resolved(location, url);
    }
    throw new HttpError(`${redacted(request.url)} redirects more than ${MAX_REDIRECTS} times`);
  }

  public close(): void {
    Object.values(this.agents).forEach((agent) => agent.destroy());
  }

  private send(url: URL, request: HttpGet): Promise<HttpAnswer> {
    const secure = url.protocol === 'https:';
    if (!secure && url.protocol !== 'http:') throw new HttpError(`${redacted(url)} is neither https:// nor http://`);
    return new Promise((resolve, reject) => {
      const signals = [AbortSignal.timeout(ATTEMPT_TIMEOUT_MS), ...request.signal ? [request.signal] : []];
      const sent = (secure ? https : http).request(url, {
        agent: secure ? this.agents['https:'] : this.agents['http:'],
        // A compressed answer would not be the bytes that were asked for.
        headers: { 'accept-encoding': 'identity', 'user-agent': 'cdk-pavi-alignment-pipeline', ...request.headers },
        lookup: this.checkedLookup,
        signal: AbortSignal.any(signals),
        timeout: IDLE_TIMEOUT_MS,
      });
      const fail = (error: unknown) => reject(failure(url, error, request.signal));
      sent.on('timeout', () => sent.destroy(new TransientError(`${redacted(url)} sent nothing for ${IDLE_TIMEOUT_MS / 1000} s`)));
      sent.on('error', fail);
      sent.on('response', (response) => receive(url, response, request.maxBytes).then(resolve, (error) => {
        sent.destroy();
        fail(error);
      }));
      sent.end();
    });
  }

  /** Checks every address of a name, so that one cannot point into this network. */
  private readonly checkedLookup: LookupFunction = (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => {
      if (error) return callback(error, '', 0);
      try {
        addresses.forEach(({ address }) => this.policy.checkAddress(hostname, address));
      } catch (refusal) {
        return callback(refusal as NodeJS.ErrnoException, '', 0);
      }
      if (options.all) return callback(null, addresses);
      callback(null, addresses[0].address, addresses[0].family);
    });
  };
}

function resolved(location: string, from: URL): URL {
  try {
    return new URL(location, from);
  } catch {
    throw new HttpError(`${redacted(from)} redirects to what is no URL`);
  }
}

async function receive(url: URL, response: http.IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const status = response.statusCode ?? 0;
  if (TRANSIENT_STATUSES.includes(status)) {
    response.resume();
    throw new TransientError(`${redacted(url)} answered ${status}`, retryAfter(response.headers['retry-after']));
  }
  if (status >= 300) {
    response.resume();
    return { status, headers: response.headers, body: Buffer.alloc(0) };
  }
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new HttpError(`${redacted(url)} answered with content-encoding ${encoding}, which was not asked for`, status);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new HttpError(`${redacted(url)} answered with more than the ${maxBytes} bytes that may be read`, status);
    chunks.push(chunk);
  }
  const declared = response.headers['content-length'];
  if (declared !== undefined && Number(declared) !== length) {
    throw new TransientError(`${redacted(url)} sent ${length} of ${declared} bytes`);
  }
  return { status, headers: response.headers, body: Buffer.concat(chunks) };
}

/** Milliseconds from a `Retry-After` header: seconds, or a date. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, until - Date.now());
}

/** A refusal or a permanent error as it is; what the network did as a transient one. */
function failure(url: URL, error: unknown, stopped: AbortSignal | undefined): unknown {
  if (stopped?.aborted) return stopped.reason;
  if (!(error instanceof Error)) return error;
  if (error instanceof HttpError || error instanceof TransientError || error.name.startsWith('Pavi.')) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOTFOUND') return new HttpError(`the host ${url.hostname} does not exist (ENOTFOUND)`);
  return new TransientError(`${redacted(url)}: ${error.message}`, undefined, error);
}
