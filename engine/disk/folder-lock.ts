import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Two processes must not write the same state. */
export class FolderInUse extends Error {
  /** @param file says whose the folder is */
  constructor(folder: string, owner: number, public readonly file: string) {
    super(`${folder} is in use by process ${owner}`);
  }
}

const MOST_LOOKS = 20;
const LOOK_EVERY_MS = 50;

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
    const written = writtenOwner(path);
    const owner = Number(written);
    if (owner !== process.pid && isAlive(owner)) {
      throw new FolderInUse(folder, owner, path);
    }
    takeAway(path, written);
  }
}

/** Whoever makes the file writes into it at once: an empty one is a process that has just begun, unless it stays so. */
function writtenOwner(path: string): string {
  for (let tries = 0; tries < MOST_LOOKS; tries += 1) {
    const owner = readOwner(path);
    if (owner !== '') return owner;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
  }
  return '';
}

/** Removes the file of a process that is gone, and not that of another one which has taken the folder over meanwhile. */
function takeAway(path: string, written: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = readOwner(aside);
  rmSync(aside, { force: true });
  if (taken === written) return;
  try {
    writeFileSync(path, taken, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
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
