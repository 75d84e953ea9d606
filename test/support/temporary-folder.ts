import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives all tests, and what they start, a folder of their own for temporary files; its path is short, as sockets are made in it. */
export default function makeTemporaryFolder(): void {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'pavi-tests-'));
  // What V8 compiles of files there goes with them.
  process.env.NODE_COMPILE_CACHE = join(process.env.TMPDIR, 'compile-cache');
}
