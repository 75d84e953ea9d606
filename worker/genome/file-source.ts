import { constants } from 'node:fs';
import { FileHandle, open } from 'node:fs/promises';
import { Admit, ADMITTED_BYTES, ByteSource, ReadCounter, unavailable, unusable } from './byte-source';
import { FileIdentity } from './file-identity';

/** A file of this machine. */
export class FileSource implements ByteSource {
  private readonly identity = new FileIdentity();

  constructor(public readonly name: string, private readonly counter: ReadCounter) {}

  public get modified(): number | undefined {
    return this.identity.modified;
  }

  public async whole(maxBytes: number, admit: Admit): Promise<Buffer> {
    return this.withFile(async (file, size) => {
      if (size > maxBytes) throw unusable(`${this.name} is too large`, `at most ${maxBytes} bytes`, `${size} bytes`);
      if (size > ADMITTED_BYTES) await admit(size);
      return read(file, 0, size);
    });
  }

  public async range(start: number, length: number): Promise<Buffer> {
    return this.withFile((file, size) => read(file, start, Math.max(0, Math.min(length, size - start))));
  }

  private async withFile(use: (file: FileHandle, size: number) => Promise<Buffer>): Promise<Buffer> {
    let file: FileHandle;
    try {
      // Without O_NONBLOCK, opening a named pipe would wait for ever. O_RDONLY is 0.
      file = await open(this.name, constants.O_NONBLOCK);
    } catch (error) {
      throw unusable(`${this.name} cannot be read: ${(error as Error).message}`, 'a readable file', (error as NodeJS.ErrnoException).code, error);
    }
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw unusable(`${this.name} is not a file`);
      const changed = this.identity.change({ modified: stat.mtime.toISOString(), size: stat.size });
      if (changed !== undefined) throw unavailable(`${this.name} changed while it was read (${changed})`);
      const bytes = await use(file, stat.size);
      this.counter.add(bytes.length);
      return bytes;
    } finally {
      await file.close();
    }
  }
}

async function read(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
