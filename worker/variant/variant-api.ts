import { ErrorName } from '../../src/contract/error-names';
import { ExitCode } from '../../src/contract/exit-codes';
import { HttpClient, HttpError } from '../net/http-client';
import { DEFAULT_RETRIES, RetryOptions, TransientError, withRetries } from '../net/retry';
import { UrlPolicy } from '../net/url-policy';
import { WorkerError } from '../worker-error';
import { parseVariantAnswer, Variant } from './variant';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Looks variants up at the Alliance's API (or one that answers as it does), each id once. */
export class VariantApi {
  public lookups = 0;
  private readonly client: HttpClient;
  private readonly found = new Map<string, Promise<Variant>>();

  /** @param baseUrl without the slash before the id */
  constructor(private readonly baseUrl: string, allowLocal: boolean, private readonly retries: RetryOptions = DEFAULT_RETRIES) {
    this.client = new HttpClient(new UrlPolicy({ allowLocal, sources: [] }));
  }

  /** Starts to look an id up. A failure shows when it is asked for. */
  public prefetch(id: string): void {
    this.find(id).catch(() => undefined);
  }

  /** @throws WorkerError Pavi.VariantUnavailable */
  public find(id: string): Promise<Variant> {
    let variant = this.found.get(id);
    if (variant === undefined) {
      variant = this.lookUp(id);
      this.found.set(id, variant);
    }
    return variant;
  }

  public close(): void {
    this.client.close();
  }

  private async lookUp(id: string): Promise<Variant> {
    const url = new URL(`${this.baseUrl.replace(/\/+$/, '')}/${encodeURIComponent(id)}`);
    this.lookups += 1;
    let answer;
    try {
      answer = await withRetries(`variant ${id}`, () => this.client.get({ url, maxBytes: MAX_ANSWER_BYTES, signal: this.retries.signal }), this.retries);
    } catch (error) {
      if (error instanceof WorkerError) {
        throw new WorkerError(ErrorName.VARIANT_UNAVAILABLE, `the variant API may not be asked: ${error.message}`,
          { expected: error.expected, found: error.found, cause: error, exitCode: ExitCode.BAD_INPUT });
      }
      const permanent = error instanceof HttpError;
      if (!permanent && !(error instanceof TransientError)) throw error;
      throw new WorkerError(ErrorName.VARIANT_UNAVAILABLE, `variant ${id} cannot be looked up: ${error.message}`,
        { cause: error, exitCode: permanent ? ExitCode.BAD_INPUT : undefined });
    }
    if (answer.status !== 200) {
      throw new WorkerError(ErrorName.VARIANT_UNAVAILABLE, `variant ${id} is not known to ${this.baseUrl}; check its id`,
        { expected: 'status 200', found: `status ${answer.status}`, exitCode: ExitCode.BAD_INPUT });
    }
    return parseVariantAnswer(id, parsed(id, answer.body.toString('utf8')));
  }
}

function parsed(id: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WorkerError(ErrorName.VARIANT_UNAVAILABLE, `the variant API's answer for ${id} is not JSON`,
      { expected: 'a JSON object', found: text.slice(0, 80), cause: error, exitCode: ExitCode.BAD_INPUT });
  }
}
