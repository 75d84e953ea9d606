import { ByteSource, Identity, ReadCounter, unavailable, unusable } from './byte-source';
import { checkedRange, noRanges } from './range-answer';
import { parseS3Uri } from '../../formats/s3-uri';
import { RetryOptions, TransientError, withRetries } from '../net/retry';
import { isTransient, s3, s3Failure } from '../storage/s3-client';
import { WorkerError } from '../worker-error';

interface S3Body extends AsyncIterable<Uint8Array> {
  destroy(): void;
}

/** An object of S3; whether it may be read is for the job's role to say. */
export class S3Source implements ByteSource {
  private readonly identity = new Identity();
  private readonly bucket: string;
  private readonly key: string;

  constructor(public readonly name: string, private readonly counter: ReadCounter, private readonly retries: RetryOptions) {
    const place = parseS3Uri(name);
    if (place === undefined || place.key === '') throw unusable(`${name} is not an object of S3`, 's3://bucket/key', name);
    this.bucket = place.bucket;
    this.key = place.key;
  }

  public whole(maxBytes: number): Promise<Buffer> {
    return this.attempts(async () => (await this.attempt(undefined, maxBytes)).body);
  }

  public range(start: number, length: number): Promise<Buffer> {
    return this.attempts(async () => {
      const { body, contentRange } = await this.attempt(`bytes=${start}-${start + length - 1}`, length);
      return checkedRange(this, start, length, { body, contentRange });
    });
  }

  private async attempts(attempt: () => Promise<Buffer>): Promise<Buffer> {
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
  private async attempt(range: string | undefined, maxBytes: number): Promise<{ body: Buffer; contentRange?: string }> {
    const { sdk, client } = await s3();
    const { signal } = this.retries;
    const answer = await client.send(new sdk.GetObjectCommand({ Bucket: this.bucket, Key: this.key, Range: range }), { abortSignal: signal });
    const stream = answer.Body as S3Body;
    try {
      this.identity.check(this.name, answer.ETag);
      if (range !== undefined && answer.ContentRange === undefined) throw noRanges(this);
      const body = await this.read(stream, answer.ContentLength, maxBytes);
      this.counter.add(body.length);
      return { body, contentRange: answer.ContentRange };
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  private async read(stream: S3Body, length: number | undefined, maxBytes: number): Promise<Buffer> {
    const tooLarge = (size: number) => unusable(`${this.name} is too large`, `at most ${maxBytes} bytes`, `${size} bytes`);
    if (length !== undefined && length > maxBytes) throw tooLarge(length);
    const chunks: Uint8Array[] = [];
    let received = 0;
    try {
      for await (const chunk of stream) {
        received += chunk.length;
        if (received > maxBytes) throw tooLarge(received);
        chunks.push(chunk);
      }
    } catch (error) {
      if (error instanceof WorkerError) throw error;
      throw new TransientError(`${this.name}: the transfer broke off: ${(error as Error).message}`, undefined, error);
    }
    if (length !== undefined && received !== length) throw new TransientError(`${this.name}: S3 sent ${received} of ${length} bytes`);
    return Buffer.concat(chunks);
  }
}
