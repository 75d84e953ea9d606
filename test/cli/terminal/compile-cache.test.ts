import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enableCompileCache } from '../../../cli/terminal/compile-cache';

const COMMAND = join(__dirname, '../../../lib/cli/pavi-pipeline.js');

let cache: string;
beforeEach(() => { cache = mkdtempSync(join(tmpdir(), 'pavi-cache-')); });
afterEach(() => rmSync(cache, { recursive: true }));

const own = () => join(cache, 'cdk-pavi-alignment-pipeline');
/** Which folders Node.js was given, and what the environment says of it then. */
const enabled = (environment: NodeJS.ProcessEnv = { XDG_CACHE_HOME: cache }) => {
  const folders: string[] = [];
  enableCompileCache({ enableCompileCache: (folder) => folders.push(folder) }, environment);
  return { folders, told: environment.NODE_COMPILE_CACHE };
};

test('what V8 compiled is kept in a folder of this user\'s alone, which the workers are told', () => {
  const folder = join(own(), 'compile-cache');
  expect(enabled()).toEqual({ folders: [folder], told: folder });
  expect(statSync(folder).mode % 0o1000).toBe(0o700);
  expect(enabled().folders).toEqual([folder]);
});

test.each<[string, () => void]>([
  ['the cache folder of all programs may be written by others', () => chmodSync(cache, 0o777)],
  ['the folder may be written by others', () => { mkdirSync(join(own(), 'compile-cache'), { recursive: true }); chmodSync(join(own(), 'compile-cache'), 0o770); }],
  ['the folder leads elsewhere', () => symlinkSync(tmpdir(), own())],
])('nothing is kept if %s', (_what, prepare) => {
  prepare();
  expect(enabled()).toEqual({ folders: [], told: undefined });
});

test('nothing is kept in a folder of another user', () => {
  const getuid = jest.spyOn(process, 'getuid').mockReturnValue(54321);
  expect(enabled()).toEqual({ folders: [], told: undefined });
  getuid.mockRestore();
});

test.each([{ NODE_COMPILE_CACHE: '/elsewhere' }, { NODE_DISABLE_COMPILE_CACHE: '1' }])('%j leaves it to Node.js', (decided) => {
  expect(enabled({ XDG_CACHE_HOME: cache, ...decided }).folders).toEqual([]);
});

test('a version of Node.js without such a cache goes without', () => {
  const environment: Record<string, string> = { XDG_CACHE_HOME: cache };
  enableCompileCache({}, environment);
  expect(environment).toEqual({ XDG_CACHE_HOME: cache });
});

test('the command keeps what V8 compiled of it, if its Node.js can', () => {
  const environment = { ...process.env, XDG_CACHE_HOME: cache, NODE_COMPILE_CACHE: undefined, NODE_DISABLE_COMPILE_CACHE: undefined };
  const run = (...args: string[]) => expect(spawnSync(process.execPath, [COMMAND, ...args], { env: environment }).status).toBe(0);
  run('--version');
  expect(readdirSync(cache)).toEqual([]);
  run('--help');
  const kept = readdirSync(cache, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(kept).toHaveLength('enableCompileCache' in nodeModule ? 1 : 0);
});
