import { ByteSource, Identity, ReadCounter, unavailable, unusable } from './byte-source';
import { HttpAnswer, HttpClient, HttpError } from '../net/http-client';
import { RetryOptions, TransientError, withRetries } from '../net/retry';
import { redacted } from '../net/url-policy';

/** A file of a web server that can answer ranges. */
export class HttpSource implements ByteSource {
  public readonly name: string;
  private readonly identity = new Identity();

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
      if (answer.status !== 206) throw this.badStatus(answer.status);
      const { from, to, size } = this.contentRange(answer);
      const end = Math.min(start + length, size ?? start + length);
      if (from !== start || to !== end - 1 || answer.body.length !== end - start) {
        throw new TransientError(`${this.name} answered with bytes ${from}-${to} (${answer.body.length} of them), not with ${start}-${end - 1}`);
      }
      return answer.body;
    });
  }

  private async get(headers: Record<string, string>, maxBytes: number): Promise<HttpAnswer> {
    try {
      const answer = await this.client.get({ url: this.url, headers, maxBytes, signal: this.retries.signal });
      this.counter.add(answer.body.length);
      if (answer.status < 300) this.identity.check(this.name, answer.headers.etag);
      return answer;
    } catch (error) {
      // A server that ignores the range starts to send the whole genome; the client stops at the asked for length.
      if (error instanceof HttpError && error.status === 200 && headers.range !== undefined) throw this.badStatus(200);
      throw error;
    }
  }

  private async attempts(attempt: () => Promise<Buffer>): Promise<Buffer> {
    try {
      return await withRetries(this.name, attempt, this.retries);
    } catch (error) {
      if (error instanceof TransientError) throw unavailable(`${error.message}; tried ${this.retries.attempts} times`, error);
      if (error instanceof HttpError) throw unusable(error.message, undefined, error.status, error);
      throw error;
    }
  }

  private contentRange(answer: HttpAnswer): { from: number; to: number; size?: number } {
    const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(answer.headers['content-range'] ?? '');
    if (match === null) throw unusable(`${this.name} answered 206 without a usable Content-Range`, 'bytes FROM-TO/SIZE', answer.headers['content-range']);
    return { from: Number(match[1]), to: Number(match[2]), size: match[3] === '*' ? undefined : Number(match[3]) };
  }

  private badStatus(status: number): Error {
    if (status === 200) {
      return unusable(`${this.name}: the server does not answer ranges of a file; the genome must lie on one that does, for example S3`,
        'status 206', 'status 200');
    }
    if (status === 416) return unusable(`${this.name} is shorter than its index says; make the index again`, undefined, 'status 416');
    return unusable(`${this.name} cannot be read: the server answered ${status}`, 'status 200 or 206', `status ${status}`);
  }
}
