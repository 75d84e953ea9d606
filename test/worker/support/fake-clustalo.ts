import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** Whether a process runs; one that has ended and that its parent has not asked for does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Resolves when a process has ended; a killed one needs a moment. */
export async function hasEnded(pid: number): Promise<boolean> {
  for (let tried = 0; tried < 3000; tried++) {
    if (!isAlive(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
