import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = resolve(__dirname, '../../.cache');
const PATIENCE_MS = 600_000;

/**
 * A virtual environment with packages of PyPI, made once and kept in `.cache`: later runs, and other tests, take it as it is.
 *
 * @param name of the folder; other versions want another one
 * @returns the folder of its programs
 */
export async function pythonVenv(name: string, packages: readonly string[]): Promise<string> {
  const folder = join(CACHE, name);
  const bin = join(folder, 'bin');
  const finished = join(folder, 'finished');
  const lock = `${folder}.lock`;
  mkdirSync(CACHE, { recursive: true });
  for (const end = Date.now() + PATIENCE_MS; !existsSync(finished);) {
    try {
      mkdirSync(lock);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (Date.now() > end) throw new Error(`${lock} is there since ten minutes; if nobody installs anything, delete it`);
      await new Promise((wake) => setTimeout(wake, 500));
      continue;
    }
    try {
      if (existsSync(finished)) break;
      // What an interrupted installation left.
      rmSync(folder, { recursive: true, force: true });
      await run('python3', ['-m', 'venv', folder]);
      // What is used is compiled then; all of the CDK would take longer than its download.
      await run(join(bin, 'pip'), ['install', '-q', '--no-compile', '--disable-pip-version-check', ...packages]);
      writeFileSync(finished, '');
    } catch (error) {
      throw new Error(`${packages.join(', ')} cannot be installed: ${(error as Error).message}; this needs Python 3 with venv, and PyPI`);
    } finally {
      rmdirSync(lock);
    }
  }
  return bin;
}
