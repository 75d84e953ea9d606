import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { ErrorName } from '../../src/contract/error-names';
import { DEFAULT_RETRIES, TransientError, withRetries } from '../net/retry';
import { WorkerError } from '../worker-error';
import type { Folder } from './place';
import { s3, s3Failure } from './s3-client';
import { inByteOrder, storageFailure, tooLarge } from './storage-failure';

/** The keys of a bucket that begin alike. */
export class S3Folder implements Folder {
  /** @param prefix empty, or with a slash at its end */
  constructor(private readonly bucket: string, private readonly prefix: string) {}

  public uriOf(name: string): string {
    return `s3://${this.bucket}/${this.prefix}${name}`;
  }

  public list(suffix: string): Promise<string[]> {
    return this.attempts('list', '', async () => {
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
    return this.attempts('read', name, async () => {
      const { body, length } = await this.open(name);
      if (length !== undefined && length > maxBytes) {
        body.destroy();
        throw tooLarge(this.uriOf(name), maxBytes, length);
      }
      const chunks: Uint8Array[] = [];
      try {
        for await (const chunk of body) chunks.push(chunk as Uint8Array);
      } catch (error) {
        throw new TransientError(`the transfer of ${this.uriOf(name)} broke off: ${(error as Error).message}`, undefined, error);
      }
      const bytes = Buffer.concat(chunks);
      if (length !== undefined && bytes.length !== length) throw new TransientError(`S3 sent ${bytes.length} of ${length} bytes of ${this.uriOf(name)}`);
      return bytes;
    });
  }

  public async stream(name: string): Promise<Readable> {
    const { body, length } = await this.attempts('read', name, () => this.open(name));
    const checked = new PassThrough();
    this.pump(name, body, length, checked).catch((error: Error) => checked.destroy(error));
    return checked;
  }

  public write(name: string, content: string): Promise<void> {
    return this.put(name, async () => ({ Body: content, ContentLength: Buffer.byteLength(content) }));
  }

  public upload(name: string, path: string): Promise<void> {
    return this.put(name, async () => ({ Body: createReadStream(path), ContentLength: (await stat(path)).size }));
  }

  /** A stream cannot be sent twice, so each attempt makes its own. The same bytes to the same key: to repeat it is harmless. */
  private put(name: string, content: () => Promise<{ Body: string | Readable; ContentLength: number }>): Promise<void> {
    return this.attempts('written', name, async () => {
      const { sdk, client } = await s3();
      await client.send(new sdk.PutObjectCommand({ Bucket: this.bucket, Key: this.prefix + name, ...await content() }));
    });
  }

  private async open(name: string, from = 0): Promise<{ body: Readable; length?: number }> {
    const { sdk, client } = await s3();
    const answer = await client.send(new sdk.GetObjectCommand({
      Bucket: this.bucket, Key: this.prefix + name, Range: from > 0 ? `bytes=${from}-` : undefined,
    }));
    return { body: answer.Body as Readable, length: answer.ContentLength };
  }

  /** Goes on where a transfer broke off. */
  private async pump(name: string, first: Readable, length: number | undefined, to: PassThrough): Promise<void> {
    let received = 0;
    for (let body = first, tried = 1; ; tried++) {
      try {
        for await (const chunk of body) {
          received += (chunk as Buffer).length;
          if (!to.write(chunk)) await new Promise((resolve) => to.once('drain', resolve));
        }
        if (length === undefined || received === length) break;
      } catch (error) {
        if (tried >= DEFAULT_RETRIES.attempts) throw this.failure('read', name, error);
      }
      ({ body } = await this.attempts('read', name, () => this.open(name, received)));
    }
    to.end();
  }

  private async attempts<T>(done: string, name: string, attempt: () => Promise<T>): Promise<T> {
    try {
      return await withRetries(this.uriOf(name), async () => {
        try {
          return await attempt();
        } catch (error) {
          const { status } = s3Failure(error);
          if (error instanceof WorkerError || error instanceof TransientError || (status !== undefined && status < 500)) throw error;
          throw new TransientError(s3Failure(error).message, undefined, error);
        }
      }, { ...DEFAULT_RETRIES, attempts: 3 });
    } catch (error) {
      throw this.failure(done, name, error instanceof TransientError ? error.cause ?? error : error);
    }
  }

  private failure(done: string, name: string, error: unknown): Error {
    if (error instanceof WorkerError) return error;
    const { name: code, status, message } = s3Failure(error);
    const text = `${this.uriOf(name)} cannot be ${done === 'list' ? 'listed' : done}: ${code}${status === undefined ? '' : ` (${status})`}: ${message}`;
    // What the role forbids or what is not there stays so; of everything else another attempt of the job may see the end.
    if (status === 404) return storageFailure(text, { transient: false, found: code, cause: error });
    if (status === 403) return new WorkerError(ErrorName.INTERNAL, text, { found: code, cause: error });
    return storageFailure(text, { transient: true, found: code, cause: error });
  }
}
