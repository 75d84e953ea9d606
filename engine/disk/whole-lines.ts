import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';

/** Makes a file of lines one that can go on: without a line that was cut off. A file that there is not stays so. */
export function reopenLines(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    ftruncateSync(file, lengthOfWholeLines(file));
  } finally {
    closeSync(file);
  }
}

function lengthOfWholeLines(file: number): number {
  const block = Buffer.alloc(64 * 1024);
  for (let end = fstatSync(file).size; end > 0;) {
    const start = Math.max(0, end - block.length);
    const length = readSync(file, block, 0, end - start, start);
    const at = block.subarray(0, length).lastIndexOf('\n');
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}
