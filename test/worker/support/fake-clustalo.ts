import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Puts a stand-in for Clustal Omega into a folder.
 *
 * @param script of the shell; its arguments are Clustal Omega's
 * @returns a PATH on which it comes first
 */
export function fakeClustalo(folder: string, script: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'clustalo');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return `${folder}:${process.env.PATH}`;
}
