import { ByteSource, Identity, ReadCounter, unavailable, unusable } from './byte-source';
import { checkedRange, noRanges } from './range-answer';
import { HttpAnswer, HttpClient, HttpError } from '../net/http-client';
import { RetryOptions, TransientError, withRetries } from '../net/retry';
import { redacted } from '../net/url-policy';

/** Many servers say so of any file that ends in .gz, and send it as it is; what else they send its blocks' checks would find. */
const GZIP_ENCODINGS = ['gzip', 'x-gzip'];

/** A file of a web server that can answer ranges. */
export class HttpSource implements ByteSource {
  public readonly name: string;
  private readonly tag = new Identity();
  /** Of a server that gives no tags. */
  private readonly modified = new Identity();

  constructor(
    private readonly url: URL, private readonly client: HttpClient, private readonly counter: ReadCounter, private readonly retries: RetryOptions,
  ) {
    this.name = redacted(url);
  }

  public whole(maxBytes: number): Promise<Buffer> {
    return this.attempts(async () => {
      const answer = await this.get({}, maxBytes);
      if (answer.status !== 200) throw this.badStatus(answer.status);
      return answer.body;
    });
  }

  public range(start: number, length: number): Promise<Buffer> {
    return this.attempts(async () => {
      const answer = await this.get({ range: `bytes=${start}-${start + length - 1}` }, length);
      if (answer.status === 200) throw noRanges(this);
      if (answer.status !== 206) throw this.badStatus(answer.status);
      return checkedRange(this, start, length, { contentRange: answer.headers['content-range'], body: answer.body });
    });
  }

  private async get(headers: Record<string, string>, maxBytes: number): Promise<HttpAnswer> {
    try {
      const encodings = this.url.pathname.endsWith('.gz') ? GZIP_ENCODINGS : [];
      const answer = await this.client.get({ url: this.url, headers, maxBytes, encodings, signal: this.retries.signal });
      this.counter.add(answer.body.length);
      if (answer.status < 300) this.checkSame(answer);
      return answer;
    } catch (error) {
      // A server that ignores the range starts to send the whole genome; the client stops at the asked for length.
      if (error instanceof HttpError && error.status === 200 && headers.range !== undefined) throw noRanges(this);
      throw error;
    }
  }

  private checkSame({ headers: { etag, 'last-modified': modified } }: HttpAnswer): void {
    if (etag === undefined) this.modified.check(this.name, modified);
    else this.tag.check(this.name, etag);
  }

  private async attempts(attempt: () => Promise<Buffer>): Promise<Buffer> {
    try {
      return await withRetries(this.name, attempt, this.retries);
    } catch (error) {
      if (error instanceof TransientError) throw unavailable(`${error.message}; given up after several attempts`, error);
      if (error instanceof HttpError) throw unusable(error.message, undefined, error.status, error);
      throw error;
    }
  }

  private badStatus(status: number): Error {
    if (status === 416) return unusable(`${this.name} is shorter than its index says; make the index again with: samtools faidx`, undefined, 'status 416');
    return unusable(`${this.name} cannot be read: the server answered ${status}`, 'status 200 or 206', `status ${status}`);
  }
}
