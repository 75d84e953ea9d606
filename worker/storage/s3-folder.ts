import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inByteOrder } from '../../formats/byte-order';
import { s3Uri } from '../../formats/s3-uri';
import { ErrorName } from '../../src/contract/error-names';
import { DEFAULT_RETRIES, TransientError, withRetries } from '../net/retry';
import { WorkerError } from '../worker-error';
import type { Folder } from './folder';
import { isTransient, s3, s3Failure } from './s3-client';
import { storageFailure, tooLarge } from './storage-failure';

/** The SDK tries each of these several times by itself. */
const ATTEMPTS = 3;
/** A body that is streamed, the SDK sends once. */
const STREAMED_ATTEMPTS = DEFAULT_RETRIES.attempts;

/**
 * The keys of a bucket that begin alike. The SDK gives what is written a CRC32, which S3 checks, and compares what is read with the
 * checksum that S3 keeps of it.
 */
export class S3Folder implements Folder {
  /** @param prefix empty, or with a slash at its end */
  constructor(private readonly bucket: string, private readonly prefix: string) {}

  public uriOf(name: string): string {
    return s3Uri({ bucket: this.bucket, key: `${this.prefix}${name}` });
  }

  public list(suffix: string): Promise<string[]> {
    return this.attempts('listed', '', ATTEMPTS, async () => {
      const { sdk, client } = await s3();
      const names: string[] = [];
      const pages = sdk.paginateListObjectsV2({ client }, { Bucket: this.bucket, Prefix: this.prefix, Delimiter: '/' });
      for await (const page of pages) {
        for (const { Key } of page.Contents ?? []) if (Key?.endsWith(suffix)) names.push(Key.slice(this.prefix.length));
      }
      return inByteOrder(names);
    });
  }

  public read(name: string, maxBytes: number): Promise<Buffer> {
    return this.attempts('read', name, ATTEMPTS, async () => {
      const { body, length } = await this.open(name);
      if (length > maxBytes) {
        body.destroy();
        throw tooLarge(this.uriOf(name), maxBytes, length);
      }
      const chunks: Buffer[] = [];
      await this.receive(length, async (count) => {
        for await (const chunk of body as AsyncIterable<Buffer>) {
          count(chunk);
          chunks.push(chunk);
        }
      });
      return Buffer.concat(chunks);
    });
  }

  /** Downloads it; a transfer that breaks off, or whose checksum is another one, begins again, so that nothing unchecked is ever used. */
  public async fetch(name: string, scratch: string): Promise<string> {
    const path = join(scratch, name);
    await this.attempts('read', name, STREAMED_ATTEMPTS, async () => {
      const { body, length } = await this.open(name);
      await this.receive(length, (count) => pipeline(body, async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          count(chunk);
          yield chunk;
        }
      }, createWriteStream(path)));
    });
    return path;
  }

  public write(name: string, content: string): Promise<void> {
    return this.put(name, ATTEMPTS, async () => ({ Body: content, ContentLength: Buffer.byteLength(content) }));
  }

  public upload(name: string, path: string): Promise<void> {
    return this.put(name, STREAMED_ATTEMPTS, async () => ({ Body: createReadStream(path), ContentLength: (await stat(path)).size }));
  }

  /**
   * A stream cannot be sent twice, so each attempt makes its own. The same bytes to the same key: to repeat it is harmless. One request
   * takes up to 5 GB, which is far more than Clustal Omega could align in a job's time.
   */
  private put(name: string, attempts: number, content: () => Promise<{ Body: string | Readable; ContentLength: number }>): Promise<void> {
    return this.attempts('written', name, attempts, async () => {
      const { sdk, client } = await s3();
      const body = await content();
      try {
        await client.send(new sdk.PutObjectCommand({ Bucket: this.bucket, Key: this.prefix + name, ...body }));
      } finally {
        if (body.Body instanceof Readable) body.Body.destroy();
      }
    });
  }

  private async open(name: string): Promise<{ body: Readable; length: number }> {
    const { sdk, client } = await s3();
    const answer = await client.send(new sdk.GetObjectCommand({ Bucket: this.bucket, Key: this.prefix + name }));
    return { body: answer.Body as Readable, length: answer.ContentLength ?? 0 };
  }

  /** Whatever goes wrong while a body is received may go well with another try; so does a body that is not whole. */
  private async receive(length: number, work: (count: (chunk: Buffer) => void) => Promise<void>): Promise<void> {
    let received = 0;
    try {
      await work((chunk) => { received += chunk.length; });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EROFS') throw error;
      throw new TransientError(`the transfer broke off after ${received} of ${length} bytes: ${(error as Error).message}`);
    }
    if (received !== length) throw new TransientError(`S3 sent ${received} of ${length} bytes`);
  }

  private async attempts<T>(done: string, name: string, attempts: number, attempt: () => Promise<T>): Promise<T> {
    try {
      return await withRetries(this.uriOf(name), async () => {
        try {
          return await attempt();
        } catch (error) {
          if (error instanceof WorkerError || error instanceof TransientError || !isTransient(error)) throw error;
          throw new TransientError(s3Failure(error).message, undefined, error);
        }
      }, { ...DEFAULT_RETRIES, attempts });
    } catch (error) {
      throw this.failure(done, name, error);
    }
  }

  private failure(done: string, name: string, error: unknown): Error {
    if (error instanceof WorkerError) return error;
    const { name: code, status, message } = s3Failure(error instanceof TransientError && error.cause !== undefined ? error.cause : error);
    const told = status === undefined ? message : `${code} (${status}): ${message}`;
    const text = `${this.uriOf(name)} cannot be ${done}: ${told}`;
    // What is not there, or what the role forbids, stays so; of everything else another attempt of the job may see the end.
    if (status === 404) return storageFailure(text, { transient: false, found: code, cause: error });
    if (status === 403) {
      const hint = done === 'read' ? '; it may also not exist, which S3 says only to those who may list the bucket' : '';
      return new WorkerError(ErrorName.INTERNAL, text + hint, { expected: 'the right to it, from the job\'s role', found: code, cause: error });
    }
    return storageFailure(text, { transient: true, found: code, cause: error });
  }
}
