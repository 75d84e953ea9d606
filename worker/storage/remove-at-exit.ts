import { rmSync } from 'node:fs';

const unfinished = new Set<string>();

/**
 * Has a file or folder removed when the process ends before its work is done: stopped, failed, or crashed.
 *
 * @returns what to call when the work is done and the path needs no more care
 */
export function removeAtExit(path: string): () => void {
  if (unfinished.size === 0) process.once('exit', removeAll);
  unfinished.add(path);
  return () => {
    unfinished.delete(path);
    if (unfinished.size === 0) process.removeListener('exit', removeAll);
  };
}

function removeAll(): void {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true });
}
