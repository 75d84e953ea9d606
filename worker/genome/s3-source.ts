import { ByteSource, Identity, ReadCounter, unavailable, unusable } from './byte-source';
import { RetryOptions, TransientError, withRetries } from '../net/retry';
import { parseS3Uri, s3, s3Failure } from '../storage/s3-client';

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
    return this.get(undefined, maxBytes);
  }

  public async range(start: number, length: number): Promise<Buffer> {
    return this.get({ start, length }, length);
  }

  private async get(range: { start: number; length: number } | undefined, maxBytes: number): Promise<Buffer> {
    try {
      return await withRetries(this.name, () => this.attempt(range, maxBytes), this.retries);
    } catch (error) {
      if (error instanceof TransientError) throw unavailable(error.message, error);
      const { name, status, message } = s3Failure(error);
      if (status === undefined) throw error;
      const text = `${this.name} cannot be read: S3 answered ${status} ${name}: ${message}`;
      throw status >= 500 || status === 429 ? unavailable(text, error) : unusable(text, undefined, `${status} ${name}`, error);
    }
  }

  private async attempt(range: { start: number; length: number } | undefined, maxBytes: number): Promise<Buffer> {
    const { sdk, client } = await s3();
    const answer = await client.send(new sdk.GetObjectCommand({
      Bucket: this.bucket,
      Key: this.key,
      Range: range && `bytes=${range.start}-${range.start + range.length - 1}`,
    }), { abortSignal: this.retries.signal });
    this.identity.check(this.name, answer.ETag);
    const body = answer.Body as AsyncIterable<Uint8Array> & { destroy(): void };
    if ((answer.ContentLength ?? 0) > maxBytes) {
      body.destroy();
      throw unusable(`${this.name} is too large`, `at most ${maxBytes} bytes`, `${answer.ContentLength} bytes`);
    }
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of body) chunks.push(chunk);
    } catch (error) {
      throw new TransientError(`${this.name}: the transfer broke off: ${(error as Error).message}`, undefined, error);
    }
    const bytes = Buffer.concat(chunks);
    if (bytes.length !== answer.ContentLength) {
      throw new TransientError(`${this.name}: S3 sent ${bytes.length} of ${answer.ContentLength} bytes`);
    }
    this.counter.add(bytes.length);
    return bytes;
  }
}
