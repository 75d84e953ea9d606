import { createReadStream } from 'node:fs';
import { access, constants, copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folder } from './folder';
import { removeAtExit } from './remove-at-exit';
import { storageFailure, tooLarge } from './storage-failure';
import { inByteOrder } from '../../formats/byte-order';

/** A folder of this machine; made when something is written to it. */
export class LocalFolder implements Folder {
  constructor(private readonly path: string) {}

  public uriOf(name: string): string {
    return join(this.path, name);
  }

  public async list(suffix: string): Promise<string[]> {
    try {
      const entries = await readdir(this.path, { withFileTypes: true });
      return inByteOrder(entries.filter((entry) => !entry.isDirectory() && entry.name.endsWith(suffix)).map((entry) => entry.name));
    } catch (error) {
      throw notReadable(this.path, error);
    }
  }

  public async read(name: string, maxBytes: number): Promise<Buffer> {
    const path = join(this.path, name);
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      // One byte more than allowed tells that there are more: a pipe or a device has no size of its own.
      for await (const chunk of createReadStream(path, { end: maxBytes }) as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        length += chunk.length;
      }
    } catch (error) {
      throw notReadable(path, error);
    }
    if (length > maxBytes) throw tooLarge(path, maxBytes, Math.max(length, (await stat(path)).size));
    return Buffer.concat(chunks);
  }

  /** It lies here already. */
  public async fetch(name: string): Promise<string> {
    const path = join(this.path, name);
    try {
      await access(path, constants.R_OK);
      if ((await stat(path)).isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    } catch (error) {
      throw notReadable(path, error);
    }
    return path;
  }

  public write(name: string, content: string): Promise<void> {
    return this.replace(name, (path) => writeFile(path, content));
  }

  public upload(name: string, path: string): Promise<void> {
    return this.replace(name, (copy) => copyFile(path, copy));
  }

  /** Under another name first, so that nobody ever sees half a file. */
  private async replace(name: string, make: (path: string) => Promise<void>): Promise<void> {
    const path = join(this.path, name);
    const unfinished = join(this.path, `.${name}.${process.pid}.unfinished`);
    const done = removeAtExit(unfinished);
    try {
      await mkdir(this.path, { recursive: true });
      await make(unfinished);
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      const { code, message } = error as NodeJS.ErrnoException;
      throw storageFailure(`${path} cannot be written: ${message}`, { transient: false, found: code, cause: error });
    } finally {
      done();
    }
  }
}

function notReadable(path: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  return storageFailure(`${path} cannot be read: ${message}`, { transient: false, found: code, cause: error });
}
