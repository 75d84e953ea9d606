import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');

function node(folder: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { status, stdout, stderr };
}

describe.each([
  ['the worker', 'assets/worker', ['WORKER']],
  ['the command', 'lib/cli', ['COMMAND', 'COMMAND_START', 'REPORT_PAGE']],
])('the licences of %s', (_what, place, programs) => {
  const licenses = () => readFileSync(join(ROOT, place, 'THIRD_PARTY_LICENSES'), 'utf8');

  // What esbuild says of itself in a bundle that is not minified: a comment with the path of each file.
  test('name every package that is in the bundle', () => {
    const { stdout, stderr } = node(ROOT, '--input-type=module', '-e', `
      import { build } from 'esbuild';
      import * as programs from './scripts/bundle/programs.mjs';
      for (const name of ${JSON.stringify(programs)}) {
        const { outputFiles } = await build({ ...programs[name], minify: false, write: false, outdir: 'none' });
        outputFiles.forEach(({ text }) => process.stdout.write(text));
      }`);
    expect(stderr).toBe('');
    const paths = stdout.split('\n').flatMap((line) => /^ *(?:\/\/|\/\*) (node_modules\/\S+)/.exec(line)?.[1] ?? []);
    const packages = [...new Set(paths.map((path) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)![0]))];
    expect(packages.length).toBeGreaterThan(20);
    const missing = packages.filter((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
      return !licenses().includes(`\n  ${name} ${version} (`);
    });
    expect(missing).toEqual([]);
  });

  test('give a text for every package that they name', () => {
    const [list, ...texts] = licenses().split(`\n${'='.repeat(80)}\n`);
    const owners = texts.map((text) => text.split('\n\n')[0].split('\n')).flat();
    const listed = list.split('\n').filter((line) => line.startsWith('  ')).map((line) => line.trim());
    expect(listed.length).toBeGreaterThan(20);
    expect([...new Set(owners)].sort()).toEqual([...listed].sort());
    expect(texts.join()).toMatch(/Apache License[\s\S]+Version 2\.0, January 2004/);
    expect(texts.join()).toContain('Permission is hereby granted, free of charge');
  });
});

describe('a package in a bundle', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'pavi-licenses-')); });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (files: Readonly<Record<string, string>>) => Object.entries(files).forEach(([name, text]) => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  });
  const plant = (manifest: object, files: Readonly<Record<string, string>> = { LICENSE: 'the text of the licence' }) => write({
    'worker/main.ts': 'import { planted } from \'planted\'; planted();',
    'worker/Dockerfile': 'FROM scratch',
    'node_modules/planted/package.json': JSON.stringify({ name: 'planted', version: '1.2.3', ...manifest }),
    'node_modules/planted/index.js': 'export const planted = () => process.exit(7);',
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`node_modules/planted/${name}`, text])),
  });
  // The command is not there, so that the whole build fails in any case; but later.
  const bundle = () => node(folder, join(ROOT, 'scripts/bundle.mjs'));
  const written = () => readFileSync(join(folder, 'assets/worker/THIRD_PARTY_LICENSES'), 'utf8');

  test.each([
    [{ license: 'GPL-3.0-only' }, 'GPL-3.0-only'],
    [{}, 'none'],
    [{ license: 'UNLICENSED' }, 'UNLICENSED'],
    [{ license: 'SEE LICENSE IN LICENSE' }, 'SEE LICENSE IN LICENSE'],
    [{ license: 'MIT AND GPL-2.0-only' }, 'MIT AND GPL-2.0-only'],
    [{ license: 'Apache-2.0 WITH LLVM-exception' }, 'Apache-2.0 WITH LLVM-exception'],
    [{ licenses: [{ type: 'LGPL-3.0' }] }, '(LGPL-3.0)'],
  ])('fails the build with %j', (manifest, named) => {
    plant(manifest);
    const { status, stderr } = bundle();
    expect(status).toBe(1);
    expect(stderr).toContain(`planted 1.2.3 is bundled, and its licence (${named}) is not one of`);
    expect(existsSync(join(folder, 'assets/worker/THIRD_PARTY_LICENSES'))).toBe(false);
  });

  test('fails the build without the text of its licence, also with a notice', () => {
    plant({ license: 'MIT' }, { NOTICE: 'a notice' });
    expect(bundle().stderr).toContain('planted 1.2.3 is bundled, but brings no text of its licence (MIT); take it from its repository to ');
  });

  test.each([
    [{ license: 'MIT' }, 'MIT'],
    [{ license: '(GPL-3.0-only OR MIT)' }, '(GPL-3.0-only OR MIT)'],
    [{ license: 'MIT AND ISC' }, 'MIT AND ISC'],
    [{ license: { type: 'ISC' } }, 'ISC'],
    [{ licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] }, '(MIT OR GPL-2.0)'],
  ])('is taken with %j', (manifest, named) => {
    plant(manifest, { 'LICENCE.md': 'the text of the licence', 'NOTICE': 'a notice', 'index.js.LEGAL.txt': 'of a bundled one', 'other.js.LEGAL.txt': 'of none' });
    expect(bundle().stderr).not.toContain('planted');
    expect(written()).toContain(`\n  planted 1.2.3 (${named})\n`);
    for (const text of ['the text of the licence', 'a notice', 'of a bundled one']) expect(written()).toContain(`\nplanted 1.2.3 (${named})\n\n${text}\n`);
    expect(written()).not.toContain('of none');
  });

  test('counts only if code of it is there', () => {
    plant({ license: 'GPL-3.0-only', sideEffects: false });
    write({ 'worker/main.ts': 'import { planted } from \'planted\'; process.exit(3);' });
    expect(bundle().stderr).not.toContain('planted');
    expect(written()).not.toContain('planted');
  });
});
