import { closeSync, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { readIfThere } from './read-if-there';

/**
 * A file with a line of JSON for each thing that happened. What was written stays when the process is killed, and a line that was cut off is
 * as if it had not happened.
 */
export class Journal<Line> {
  /** Open from the first line that is written until it is closed. */
  private file?: number;

  constructor(private readonly path: string) {}

  public append(line: Line): void {
    if (this.file === undefined) {
      mkdirSync(dirname(this.path), { recursive: true });
      this.file = openSync(this.path, 'a');
    }
    writeSync(this.file, `${JSON.stringify(line)}\n`);
  }

  /** @param prefix of the only lines to read: to parse the others would take longer */
  public read(prefix = ''): Line[] {
    const text = readIfThere(this.path) ?? '';
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    return lines.filter((line) => line !== '' && line.startsWith(prefix)).map((line) => JSON.parse(line) as Line);
  }

  /** Makes a journal of an earlier process one that can go on: without a line that was cut off. */
  public reopen(): void {
    if (!existsSync(this.path)) return;
    const file = openSync(this.path, 'r+');
    try {
      ftruncateSync(file, lengthOfWholeLines(file));
    } finally {
      closeSync(file);
    }
  }

  public close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
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
