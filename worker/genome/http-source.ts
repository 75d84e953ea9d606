import { blockSize } from './bgzf-block';
import { Admit, ByteSource, ReadCounter, unavailable, unusable } from './byte-source';
import { FileIdentity } from './file-identity';
import { checkedRange, noRanges, parseContentRange, sizeOfRefused, WHOLE_ANSWER_BYTES } from './range-answer';
import { WholeDownload } from './whole-download';
import { codingsOf, unpacked } from '../net/content-coding';
import { BodySink, HttpAnswer, HttpClient, HttpError, HttpHead } from '../net/http-client';
import { RetryOptions, TransientError, withRetries } from '../net/retry';
import { isSigned, redacted } from '../net/url-policy';

/** A download that has come so much further is tried again, however often it broke off. */
const PROGRESS_BYTES = 16 * 1024;
/** Text packs to a quarter and less. */
const MAX_UNPACKED_BYTES = 16 * WHOLE_ANSWER_BYTES;
/** How servers refuse a range that goes past the end: RFC 9110 has 416, and only of one that begins there; some have 400. */
const RANGE_REFUSED = [400, 416];

/** A file of a web server that can answer ranges. */
export class HttpSource implements ByteSource {
  public readonly name: string;
  private identity = new FileIdentity();
  /** Of a server that refuses ranges past the end, and said so before any answer did. */
  private refusedSize?: number;

  constructor(
    private readonly url: URL, private readonly client: HttpClient, private readonly counter: ReadCounter, private readonly retries: RetryOptions,
  ) {
    this.name = redacted(url);
  }

  public get modified(): number | undefined {
    return this.identity.modified;
  }

  /** Goes on where a broken answer ended, as long as the file comes at all. */
  public async whole(maxBytes: number, admit: Admit): Promise<Buffer> {
    const download = new WholeDownload(this.name, maxBytes, admit, (head) => {
      // Of what came before nothing is used, if the server begins again.
      if (head.status !== 206) this.identity = new FileIdentity();
      this.checkSame(head);
    });
    for (;;) {
      const before = download.furthest;
      try {
        await withRetries(this.name, () => this.more(download, maxBytes), this.retries);
        return await download.end();
      } catch (error) {
        if (!(error instanceof TransientError) || download.furthest - before < PROGRESS_BYTES) throw this.failure(error);
      }
    }
  }

  public async range(start: number, length: number): Promise<Buffer> {
    try {
      return await withRetries(this.name, () => this.part(start, length), this.retries);
    } catch (error) {
      throw this.failure(error);
    }
  }

  private async more(download: WholeDownload, maxBytes: number): Promise<void> {
    const headers = download.rest;
    const { status } = await this.get(headers, maxBytes, download);
    if (status === 200 || (status === 206 && headers.range !== undefined)) return;
    if (headers.range === undefined || !RANGE_REFUSED.includes(status)) throw this.badStatus(status);
    download.restart();
    throw new TransientError(`${this.name} answered ${status} to a request for the rest of the file`);
  }

  /** Never asks for what lies past the end, once the size is known. */
  private async part(start: number, length: number): Promise<Buffer> {
    const size = this.identity.size ?? this.refusedSize;
    if (size !== undefined && start >= size) return Buffer.alloc(0);
    const wanted = Math.min(length, (size ?? Infinity) - start);
    const answer = await this.get({ range: `bytes=${start}-${start + wanted - 1}` }, Math.max(wanted, WHOLE_ANSWER_BYTES));
    const { status, headers, body } = answer;
    if (status === 206) return checkedRange(this, start, wanted, { contentRange: headers['content-range'], body });
    if (status === 200) return this.partOfWhole(answer, start, wanted);
    if (size === undefined && RANGE_REFUSED.includes(status)) {
      this.refusedSize = sizeOfRefused(headers['content-range']) ?? await this.askSize();
      if (this.refusedSize !== undefined && start + length > this.refusedSize) return this.part(start, length);
    }
    throw this.badStatus(status);
  }

  private partOfWhole({ body, headers }: HttpAnswer, start: number, length: number): Buffer {
    if (body.length > Math.max(length, WHOLE_ANSWER_BYTES)) throw noRanges(this);
    // A bgzip file is sent as it is, whatever the server calls it; what is packed otherwise was packed on its way.
    const whole = blockSize(body) === undefined ? unpacked(body, headers['content-encoding'], MAX_UNPACKED_BYTES) : body;
    // A copy, so that the part does not keep the whole.
    return Buffer.from(whole.subarray(start, start + length));
  }

  private async askSize(): Promise<number | undefined> {
    const { headers } = await this.get({ range: 'bytes=0-0' }, WHOLE_ANSWER_BYTES);
    return parseContentRange(headers['content-range'])?.size;
  }

  private async get(headers: Record<string, string>, maxBytes: number, sink?: BodySink): Promise<HttpAnswer> {
    let received = 0;
    const counted: BodySink | undefined = sink && {
      begin: (head) => sink.begin(head),
      add: (piece) => {
        received += piece.length;
        return sink.add(piece);
      },
    };
    try {
      const answer = await this.client.get({ url: this.url, headers, maxBytes, signal: this.retries.signal, sink: counted });
      received += answer.body.length;
      if (sink === undefined && answer.status < 300) this.checkSame(answer);
      return answer;
    } catch (error) {
      // A server that ignores the range starts to send the whole genome; the client stops at the asked for length.
      if (sink === undefined && error instanceof HttpError && error.status === 200) throw noRanges(this);
      throw error;
    } finally {
      this.counter.add(received);
    }
  }

  /** Servers behind one name may hold different versions; another try may come to the same one again. */
  private checkSame({ status, headers, body }: HttpHead & { readonly body?: Buffer }): void {
    const { etag, 'last-modified': modified, 'content-length': length, 'content-range': contentRange } = headers;
    const declared = body?.length ?? (length === undefined ? undefined : Number(length));
    // What is packed on its way has another size on each.
    const ofWhole = codingsOf(headers['content-encoding']).length === 0 ? declared : undefined;
    const size = status === 206 ? parseContentRange(contentRange)?.size : ofWhole;
    const changed = this.identity.change({ tag: etag, modified, size });
    if (changed !== undefined) throw new TransientError(`${this.name} changed while it was read (${changed})`);
  }

  private failure(error: unknown): unknown {
    if (error instanceof TransientError) return unavailable(`${error.message}; given up after several attempts`, error);
    if (error instanceof HttpError) return unusable(error.message, undefined, error.status, error);
    if (error instanceof RangeError) return unusable(`${this.name} ${error.message}`, undefined, undefined, error);
    return error;
  }

  private badStatus(status: number): Error {
    if (status === 416) return unusable(`${this.name} is shorter than its index says; make the index again with: samtools faidx`, undefined, 'status 416');
    const signed = [400, 401, 403].includes(status) && isSigned(this.url)
      ? '. The URL is signed, and most signatures are for one file and some hours: they do not open the indexes beside it, and nothing once they have '
        + 'expired. Give a URL that needs no signature, or s3://BUCKET/KEY with a role that may read it'
      : '';
    return unusable(`${this.name} cannot be read: the server answered ${status}${signed}`, 'status 200 or 206', `status ${status}`);
  }
}
