import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExitCode } from '../../../src/contract/exit-codes';
import { childPlace, localPathOf, openFile, openFolder, parentPlace } from '../../../worker/storage/place';

let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'pavi local ä-')); });
afterEach(() => rmSync(root, { recursive: true, force: true }));

const failureOf = async (work: () => unknown) => {
  try {
    await work();
  } catch (error) {
    return error as Error & { exitCode: number };
  }
  throw new Error('it did not fail');
};

describe('a folder of this machine', () => {
  test.each([
    ['a path', (path: string) => path],
    ['a path with a slash at its end', (path: string) => `${path}/`],
    ['a file:// URI', (path: string) => pathToFileURL(path).href],
  ])('named by %s holds what was written, and is made for it', async (_kind, placeOf) => {
    const folder = openFolder(placeOf(join(root, 'new', 'folder')));
    await folder.write('a-protein.fa', '>a\nMK\n');
    await folder.write('a-protein.fa', '>a\nMKV\n');
    writeFileSync(join(root, 'other'), 'content');
    await folder.upload('b', join(root, 'other'));
    expect(readdirSync(join(root, 'new', 'folder')).sort()).toEqual(['a-protein.fa', 'b']);
    expect((await folder.read('a-protein.fa', 100)).toString()).toBe('>a\nMKV\n');
    expect(readFileSync(await folder.fetch('b', root), 'utf8')).toBe('content');
  });

  test('lists the files with an ending in byte order, and no folders', async () => {
    for (const name of ['b-x', 'B-x', '\u{1F9EC}-x', '\uFF61-x', 'a.1-x', 'a-x', 'a-y']) writeFileSync(join(root, name), '');
    mkdirSync(join(root, 'folder-x'));
    expect(await openFolder(root).list('-x')).toEqual(['B-x', 'a-x', 'a.1-x', 'b-x', '\uFF61-x', '\u{1F9EC}-x']);
  });

  test.each([
    ['read', () => openFolder(root).read('none', 10)],
    ['fetch', () => openFolder(root).fetch('none', root)],
    ['list', () => openFolder(join(root, 'none')).list('x')],
  ])('%s: what is not there is told by its path', async (_way, work) => {
    const error = await failureOf(work);
    expect(error.message).toMatch(`${join(root, 'none')} cannot be read: ENOENT`);
    expect(error.exitCode).toBe(ExitCode.BAD_INPUT);
  });

  test('a folder is not a file', async () => {
    expect((await failureOf(() => openFolder(root).read('.', 10))).message).toMatch(/cannot be read: EISDIR/);
    expect((await failureOf(() => openFolder(root).fetch('.', root))).message).toMatch(/cannot be read: it is a folder/);
  });

  test('no more is read than allowed, also of what has no size', async () => {
    writeFileSync(join(root, 'ten'), '0123456789');
    expect((await openFolder(root).read('ten', 10)).toString()).toBe('0123456789');
    expect(await failureOf(() => openFolder(root).read('ten', 9))).toMatchObject({ expected: 'at most 9 bytes', found: '10 bytes' });
    expect((await failureOf(() => openFolder('/dev').read('zero', 100_000))).message).toBe('/dev/zero is too large');
  });

  test('where nothing can be written, nothing is left half', async () => {
    writeFileSync(join(root, 'file'), '');
    const error = await failureOf(() => openFolder(join(root, 'file', 'below')).write('x', 'x'));
    expect(error.message).toMatch(`${join(root, 'file', 'below', 'x')} cannot be written: ENOTDIR`);
    await failureOf(() => openFolder(root).upload('x', join(root, 'no such file')));
    expect(readdirSync(root)).toEqual(['file']);
  });
});

describe('a place', () => {
  test('of a file is taken apart where its name begins', async () => {
    await openFolder(root).write('a b.json', 'x');
    for (const place of [join(root, 'a b.json'), pathToFileURL(join(root, 'a b.json')).href]) {
      const { folder, name, uri } = openFile(place);
      expect((await folder.read(name, 10)).toString()).toBe('x');
      expect(uri).toBe(place);
    }
    const inBucket = openFile('s3://bucket/a/b.json');
    expect([inBucket.name, inBucket.folder.uriOf(inBucket.name)]).toEqual(['b.json', 's3://bucket/a/b.json']);
    expect(openFile('s3://bucket/b.json').folder.uriOf('x')).toBe('s3://bucket/x');
    expect(openFile('here.json').folder.uriOf('x')).toBe('x');
  });

  test.each(['folder/', '/', '', 's3://bucket/', 's3://bucket', 's3://bucket/a/', 'file:///'])('"%s" is not one of a file', async (place) => {
    expect((await failureOf(() => openFile(place))).message).toBe(`${place} is no place for a file`);
  });

  test.each(['https://example.org/x', 'S3://Bucket/key', 'gs://bucket/x', 's3:///x'])('%s is of no known kind, and no folder of that name is made', async (place) => {
    for (const open of [() => openFile(place), () => openFolder(place), () => localPathOf(place)]) {
      expect((await failureOf(open)).message).toMatch('is no place that the worker knows');
    }
    expect(existsSync(place)).toBe(false);
  });

  test('names its neighbours', () => {
    expect(childPlace('s3://bucket/a/', 'errors/')).toBe('s3://bucket/a/errors/');
    expect(childPlace('', 'errors/')).toBe('./errors/');
    expect(parentPlace('s3://bucket/a/b.json')).toBe('s3://bucket/a/');
    expect(parentPlace('b.json')).toBe('.');
    expect(localPathOf('s3://bucket/x')).toBeUndefined();
    expect(localPathOf('file://relative/x')).toBe('relative/x');
  });
});
