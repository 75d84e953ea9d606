import { ErrorName } from '../../src/contract/error-names';
import { ExitCode } from '../../src/contract/exit-codes';
import { WorkerOption } from '../../src/contract/worker-command-line';
import { unpacked } from '../net/content-coding';
import { HttpAnswer, HttpClient, HttpError, HttpTimeouts } from '../net/http-client';
import { Limit } from '../net/limit';
import { DEFAULT_RETRIES, endedBy, RetryOptions, TransientError, withRetries } from '../net/retry';
import { UrlPolicy } from '../net/url-policy';
import { WorkerError } from '../worker-error';
import { parseVariantAnswer, Variant } from './variant';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const MAX_LOOKUPS_AT_ONCE = 8;

export interface VariantApiOptions {
  /** Without the id that goes behind it. */
  readonly baseUrl: string;
  readonly allowLocal: boolean;
  /** @default DEFAULT_RETRIES */
  readonly retries?: RetryOptions;
  /** @default those of the HTTP client */
  readonly timeouts?: HttpTimeouts;
}

/** Looks variants up at the Alliance's API (or one that answers as it does), each id once. */
export class VariantApi {
  public lookups = 0;
  private readonly baseUrl: URL;
  private readonly client: HttpClient;
  private readonly retries: RetryOptions;
  private readonly closed = new AbortController();
  private readonly limit = new Limit(MAX_LOOKUPS_AT_ONCE);
  private readonly found = new Map<string, Promise<Variant>>();

  /** @throws WorkerError where the base URL is none */
  constructor({ baseUrl, allowLocal, retries = DEFAULT_RETRIES, timeouts }: VariantApiOptions) {
    this.baseUrl = parseBase(baseUrl);
    this.client = new HttpClient(new UrlPolicy({ allowLocal, sources: [] }), timeouts);
    this.retries = endedBy(retries, this.closed.signal);
  }

  /** Starts to look an id up. A failure shows when it is asked for. */
  public prefetch(id: string): void {
    this.find(id).catch(() => undefined);
  }

  /** @throws WorkerError Pavi.VariantUnavailable */
  public find(id: string): Promise<Variant> {
    let variant = this.found.get(id);
    if (variant === undefined) {
      variant = this.limit.run(() => this.lookUp(id));
      this.found.set(id, variant);
    }
    return variant;
  }

  /** Ends what is still being looked up. */
  public close(): void {
    this.closed.abort(new Error('the variant API was closed'));
    this.client.close();
  }

  private async lookUp(id: string): Promise<Variant> {
    const url = this.urlOf(id);
    this.lookups += 1;
    const answer = await this.get(id, url);
    const { status } = answer;
    if (status === 200) return parseVariantAnswer(id, parsed(id, textOf(id, answer)));
    const why = status === 404 ? `is not known to ${this.baseUrl.href}; check its id` : `cannot be looked up: ${this.baseUrl.href} answered ${status}`;
    throw unavailable(`variant ${id} ${why}`, { expected: 'status 200', found: `status ${status}`, exitCode: ExitCode.BAD_INPUT });
  }

  private async get(id: string, url: URL): Promise<HttpAnswer> {
    try {
      const { signal } = this.retries;
      return await withRetries(`variant ${id}`, () => this.client.get({ url, maxBytes: MAX_ANSWER_BYTES, signal }), this.retries);
    } catch (error) {
      if (error instanceof WorkerError) {
        throw unavailable(`the variant API may not be asked: ${error.message}`,
          { expected: error.expected, found: error.found, cause: error, exitCode: ExitCode.BAD_INPUT });
      }
      const permanent = error instanceof HttpError;
      if (!permanent && !(error instanceof TransientError)) throw error;
      throw unavailable(`variant ${id} cannot be looked up: ${error.message}`, { cause: error, exitCode: permanent ? ExitCode.BAD_INPUT : undefined });
    }
  }

  /** The id is one segment of the path, whatever is in it. */
  private urlOf(id: string): URL {
    // Encoded dots would be dots for a URL parser all the same; a half of a surrogate pair cannot be encoded.
    if (/^\.{1,2}$/.test(id) || /\p{Surrogate}/u.test(id)) {
      throw unavailable(`"${id}" cannot be a variant's id; check it`, { expected: 'an id of the variant API', found: id, exitCode: ExitCode.BAD_INPUT });
    }
    const url = new URL(this.baseUrl);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${encodeURIComponent(id)}`;
    return url;
  }
}

function parseBase(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new WorkerError(ErrorName.INVALID_INPUT, `${WorkerOption.VARIANT_API_URL} is not a web address`, { expected: 'https://HOST/PATH', found: baseUrl });
  }
  url.hash = '';
  return url;
}

function unavailable(message: string, details: ConstructorParameters<typeof WorkerError>[2]): WorkerError {
  return new WorkerError(ErrorName.VARIANT_UNAVAILABLE, message, details);
}

function textOf(id: string, { body, headers }: HttpAnswer): string {
  try {
    return unpacked(body, headers['content-encoding'], MAX_ANSWER_BYTES).toString('utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw unavailable(`the variant API's answer for ${id} ${(error as Error).message}`, { cause: error, exitCode: ExitCode.BAD_INPUT });
  }
}

function parsed(id: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unavailable(`the variant API's answer for ${id} is not JSON`,
      { expected: 'a JSON object', found: text.slice(0, 80), cause: error, exitCode: ExitCode.BAD_INPUT });
  }
}
