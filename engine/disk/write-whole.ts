import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file so that whoever reads it finds the old content or the new one, also when this process is killed meanwhile. */
export function writeWhole(path: string, content: string, mode = 0o666): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomUUID()}.unfinished`;
  writeFileSync(unfinished, content, { flush: true, mode });
  renameSync(unfinished, path);
}
