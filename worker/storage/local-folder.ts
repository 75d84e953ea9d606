import { createReadStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Folder } from './place';
import { inByteOrder, storageFailure, tooLarge } from './storage-failure';

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
    try {
      const { size } = await stat(path);
      if (size > maxBytes) throw tooLarge(path, maxBytes, size);
      return await readFile(path);
    } catch (error) {
      throw notReadable(path, error);
    }
  }

  public async stream(name: string): Promise<Readable> {
    const path = join(this.path, name);
    try {
      return createReadStream('', { fd: await open(path) });
    } catch (error) {
      throw notReadable(path, error);
    }
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
    try {
      await mkdir(this.path, { recursive: true });
      await make(unfinished);
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw storageFailure(`${path} cannot be written: ${(error as Error).message}`, { transient: false, cause: error });
    }
  }
}

function notReadable(path: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Error;
  return storageFailure(`${path} cannot be read: ${message}`, { transient: false, found: code, cause: error });
}
