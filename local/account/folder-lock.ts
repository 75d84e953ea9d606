import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Two processes must not write the same state. */
export class FolderInUse extends Error {}

/**
 * Makes a folder this process's own; one that a killed process left is taken over.
 *
 * @throws FolderInUse
 */
export function lockFolder(folder: string): { release(): void } {
  const path = join(folder, 'serve.pid');
  for (;;) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, `${process.pid}\n`);
      closeSync(file);
      return { release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(readOwner(path));
    if (owner !== process.pid && isAlive(owner)) {
      throw new FolderInUse(`${folder} is in use by process ${owner}; stop that one or choose another folder with --state DIR. If it is no pavi-pipeline, delete ${path}`);
    }
    rmSync(path, { force: true });
  }
}

function readOwner(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
