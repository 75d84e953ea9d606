import { Admit, ADMITTED_BYTES, ByteSource, ReadCounter, unavailable, unusable } from './byte-source';
import { FileIdentity } from './file-identity';
import { checkedRange, noRanges, parseContentRange, WHOLE_ANSWER_BYTES } from './range-answer';
import { parseS3Uri } from '../../formats/s3-uri';
import { foreignCoding, unpacked } from '../net/content-coding';
import { RetryOptions, TransientError, withRetries } from '../net/retry';
import { isTransient, s3, s3Failure } from '../storage/s3-client';
import { WorkerError } from '../worker-error';

interface S3Body extends AsyncIterable<Uint8Array> {
  destroy(): void;
}

interface S3Answer {
  readonly body: Buffer;
  readonly contentRange?: string;
  readonly coding?: string;
}

/** An object of S3; whether it may be read is for the job's role to say. */
export class S3Source implements ByteSource {
  private readonly identity = new FileIdentity();
  private readonly bucket: string;
  private readonly key: string;

  constructor(public readonly name: string, private readonly counter: ReadCounter, private readonly retries: RetryOptions) {
    const place = parseS3Uri(name);
    if (place === undefined || place.key === '') throw unusable(`${name} is not an object of S3`, 's3://bucket/key', name);
    this.bucket = place.bucket;
    this.key = place.key;
  }

  public get modified(): number | undefined {
    return this.identity.modified;
  }

  public async whole(maxBytes: number, admit: Admit): Promise<Buffer> {
    let admitted = false;
    const once: Admit = async (bytes) => {
      if (admitted) return;
      admitted = true;
      await admit(bytes);
    };
    const { body, coding } = await this.attempts(() => this.attempt(undefined, maxBytes, once));
    try {
      return unpacked(body, coding, maxBytes);
    } catch (error) {
      throw unusable(`${this.name} ${(error as Error).message}`, undefined, undefined, error);
    }
  }

  public async range(start: number, length: number): Promise<Buffer> {
    const { size } = this.identity;
    if (size !== undefined && start >= size) return Buffer.alloc(0);
    const wanted = Math.min(length, (size ?? Infinity) - start);
    return this.attempts(async () => {
      try {
        const { body, contentRange } = await this.attempt(`bytes=${start}-${start + wanted - 1}`, Math.max(wanted, WHOLE_ANSWER_BYTES));
        if (contentRange !== undefined) return checkedRange(this, start, wanted, { body, contentRange });
        // A copy, so that the part does not keep the whole.
        return Buffer.from(body.subarray(start, start + wanted));
      } catch (error) {
        // S3 refuses a range only if it begins past the end.
        if (s3Failure(error).status === 416) return Buffer.alloc(0);
        throw error;
      }
    });
  }

  private async attempts<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await withRetries(this.name, attempt, this.retries);
    } catch (error) {
      if (error instanceof WorkerError || this.retries.signal?.aborted) throw error;
      if (error instanceof TransientError) throw unavailable(error.message, error);
      const { name, status, message } = s3Failure(error);
      const text = `${this.name} cannot be read: ${status === undefined ? '' : `S3 answered ${status} `}${name}: ${message}`;
      throw isTransient(error) ? unavailable(text, error) : unusable(text, undefined, `${status} ${name}`, error);
    }
  }

  /** The SDK tries again by itself, but for a body that breaks off. */
  private async attempt(range: string | undefined, maxBytes: number, admit?: Admit): Promise<S3Answer> {
    const { sdk, client } = await s3();
    const { signal } = this.retries;
    const answer = await client.send(new sdk.GetObjectCommand({ Bucket: this.bucket, Key: this.key, Range: range }), { abortSignal: signal });
    const stream = answer.Body as S3Body;
    try {
      const { ContentRange: contentRange, ContentLength: length, ContentEncoding: coding } = answer;
      const size = contentRange === undefined ? length : parseContentRange(contentRange)?.size;
      const changed = this.identity.change({ tag: answer.ETag, modified: answer.LastModified?.toUTCString(), size });
      if (changed !== undefined) throw new TransientError(`${this.name} changed while it was read (${changed})`);
      const foreign = foreignCoding(coding);
      if (foreign !== undefined) throw unusable(`${this.name} has the content encoding ${foreign}; store it as it is, or with gzip`, 'none or gzip', foreign);
      if (range !== undefined && contentRange === undefined && (length ?? Infinity) > maxBytes) throw noRanges(this);
      if (admit !== undefined && length !== undefined && length > ADMITTED_BYTES && length <= maxBytes) await admit(length);
      const body = await this.read(stream, length, maxBytes);
      this.counter.add(body.length);
      return { body, contentRange, coding };
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  private async read(stream: S3Body, length: number | undefined, maxBytes: number): Promise<Buffer> {
    const tooLarge = (size: number) => unusable(`${this.name} is too large`, `at most ${maxBytes} bytes`, `${size} bytes`);
    if (length !== undefined && length > maxBytes) throw tooLarge(length);
    const chunks: Uint8Array[] = [];
    // In one piece where the size is known, since joining pieces takes twice the memory.
    const whole = length === undefined ? undefined : Buffer.alloc(length);
    let received = 0;
    try {
      for await (const chunk of stream) {
        if (received + chunk.length > Math.min(maxBytes, length ?? Infinity)) throw tooLarge(received + chunk.length);
        if (whole === undefined) chunks.push(chunk);
        else whole.set(chunk, received);
        received += chunk.length;
      }
    } catch (error) {
      if (error instanceof WorkerError) throw error;
      throw new TransientError(`${this.name}: the transfer broke off: ${(error as Error).message}`, undefined, error);
    }
    if (length !== undefined && received !== length) throw new TransientError(`${this.name}: S3 sent ${received} of ${length} bytes`);
    return whole ?? Buffer.concat(chunks);
  }
}
