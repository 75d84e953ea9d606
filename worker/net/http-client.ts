import { lookup as dnsLookup, LookupAddress } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import { foreignCoding } from './content-coding';
import { Pace } from './pace';
import { TransientError } from './retry';
import { redacted, UrlPolicy } from './url-policy';
import { WorkerError } from '../worker-error';

/** How long one request may take. */
export interface HttpTimeouts {
  /** No byte for so long ends it. */
  readonly idleMs: number;
  /** So do fewer than 16 KiB in so long: a slow server may take its time, one that sends drops may not. */
  readonly attemptMs: number;
}

const DEFAULT_TIMEOUTS: HttpTimeouts = { idleMs: 30_000, attemptMs: 120_000 };
/** A body that nobody wants is read to keep the connection, where it is no longer than that. */
const MAX_DRAINED_BYTES = 64 * 1024;
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
  /** Takes the body piece by piece, so that what came before a failure is not lost; the answer's own body is empty then. */
  readonly sink?: BodySink;
}

/** A promise holds the rest of the body back until it resolves; a rejected one ends the request. */
export interface BodySink {
  begin(head: HttpHead): Promise<void> | undefined;
  add(piece: Buffer): Promise<void> | undefined;
}

export interface HttpHead {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
}

export interface HttpAnswer extends HttpHead {
  /** The whole body as it was sent, perhaps packed with gzip; empty for a status of 300 and more. */
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

  constructor(private readonly policy: UrlPolicy, private readonly timeouts: HttpTimeouts = DEFAULT_TIMEOUTS) {}

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
    const { idleMs, attemptMs } = this.timeouts;
    return new Promise((resolve, reject) => {
      const pace = new Pace(attemptMs);
      const sent = (secure ? https : http).request(url, {
        agent: secure ? this.agents['https:'] : this.agents['http:'],
        // A compressed answer would not be the bytes that were asked for.
        headers: { 'accept-encoding': 'identity', 'user-agent': 'cdk-pavi-alignment-pipeline', ...request.headers },
        lookup: this.checkedLookup,
        signal: request.signal === undefined ? pace.signal : AbortSignal.any([pace.signal, request.signal]),
        timeout: idleMs,
      });
      const fail = (error: unknown) => {
        const late = pace.signal.aborted ? new TransientError(`${redacted(url)} did not answer in full within ${attemptMs / 1000} s`) : error;
        pace.end();
        reject(failure(url, late, request.signal));
      };
      sent.on('timeout', () => {
        if (pace.held) return;
        // First, since a destroyed response would only say that it was aborted.
        fail(new TransientError(`${redacted(url)} sent nothing for ${idleMs / 1000} s`));
        sent.destroy();
      });
      sent.on('error', fail);
      sent.on('response', (response) => {
        const done = (answer: HttpAnswer) => {
          pace.end();
          resolve(answer);
        };
        void receive(url, response, request, pace).then(done, fail).then(() => release(response));
      });
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

async function receive(url: URL, response: http.IncomingMessage, { maxBytes, sink }: HttpGet, pace: Pace): Promise<HttpAnswer> {
  const status = response.statusCode ?? 0;
  const { headers } = response;
  if (TRANSIENT_STATUSES.includes(status)) throw new TransientError(`${redacted(url)} answered ${status}`, retryAfter(headers['retry-after']));
  if (status >= 300) return { status, headers, body: Buffer.alloc(0) };
  const coding = foreignCoding(headers['content-encoding']);
  if (coding !== undefined) throw new HttpError(`${redacted(url)} answered with content-encoding ${coding}, which was not asked for`, status);
  const began = sink?.begin({ status, headers });
  if (began !== undefined) await pace.hold(began);
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > maxBytes) throw new HttpError(`${redacted(url)} answered with more than the ${maxBytes} bytes that may be read`, status);
    pace.count(piece.length);
    if (sink === undefined) pieces.push(piece);
    const taken = sink?.add(piece);
    if (taken !== undefined) await pace.hold(taken);
  }
  const declared = headers['content-length'];
  if (declared !== undefined && Number(declared) !== length) throw new TransientError(`${redacted(url)} sent ${length} of ${declared} bytes`);
  return { status, headers, body: Buffer.concat(pieces) };
}

/** Reads the rest of an answer that nobody wants, so that its connection can be used again, or ends both where it is long. */
function release(response: http.IncomingMessage): void {
  response.on('error', () => undefined);
  const short = Number(response.headers['content-length'] ?? Infinity) <= MAX_DRAINED_BYTES;
  if (short || response.complete) response.resume();
  else response.destroy();
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
  if (error instanceof HttpError || error instanceof TransientError || error instanceof WorkerError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND') return new HttpError(`the host ${url.hostname} does not exist (ENOTFOUND)`);
  return new TransientError(`${redacted(url)}: ${message}`, undefined, error);
}
