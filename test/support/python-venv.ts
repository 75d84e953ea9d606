import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = resolve(__dirname, '../../.cache');
const REQUIREMENTS = join(__dirname, 'requirements.txt');
/** Other requirements are another environment. */
const FOLDER = join(CACHE, `python-${createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12)}`);
const PATIENCE_MS = 600_000;

/** The folder of the programs, whether they are there yet or not. */
export const PYTHON_PROGRAMS = join(FOLDER, 'bin');

/**
 * Makes the virtual environment of all tests that need packages of PyPI, once: it stays in `.cache`, and later runs, and other tests, take it
 * as it is. ./scripts/test calls it before the tests, so that none of them waits.
 *
 * @returns the folder of its programs
 */
export async function pythonVenv(): Promise<string> {
  const finished = join(FOLDER, 'finished');
  const lock = `${FOLDER}.lock`;
  mkdirSync(CACHE, { recursive: true });
  for (const end = Date.now() + PATIENCE_MS; !existsSync(finished);) {
    try {
      mkdirSync(lock);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (Date.now() > end) throw new Error(`${lock} has been there for ten minutes; if nothing installs anything, delete it`);
      await new Promise((wake) => setTimeout(wake, 500));
      continue;
    }
    try {
      if (existsSync(finished)) break;
      // What an interrupted installation left.
      rmSync(FOLDER, { recursive: true, force: true });
      await run('python3', ['-m', 'venv', FOLDER]);
      // What is used is compiled then; all of the CDK would take longer than its download.
      await run(join(PYTHON_PROGRAMS, 'pip'), ['install', '-q', '--no-compile', '--disable-pip-version-check', '--requirement', REQUIREMENTS]);
      writeFileSync(finished, '');
    } catch (error) {
      throw new Error(`the packages of ${REQUIREMENTS} cannot be installed: ${(error as Error).message}; this needs Python 3 with venv, and PyPI`);
    } finally {
      rmdirSync(lock);
    }
  }
  return PYTHON_PROGRAMS;
}
