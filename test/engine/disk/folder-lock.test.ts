import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderInUse, lockFolder } from '../../../engine/disk/folder-lock';

const folder = mkdtempSync(join(tmpdir(), 'pavi-lock-'));
const file = join(folder, 'serve.pid');
afterEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder is one process\'s until it gives it back', () => {
  writeFileSync(file, `${process.ppid}\n`);
  expect(() => lockFolder(folder)).toThrow(FolderInUse);
  expect(readFileSync(file, 'utf8')).toBe(`${process.ppid}\n`);
  rmSync(file);
  const lock = lockFolder(folder);
  expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
  lock.release();
  expect(existsSync(file)).toBe(false);
});

test.each([['that is gone', String(spawnSync('true').pid)], ['that left no number', 'x'], ['that was killed before it wrote its number', '']])(
  'the folder of a process %s is taken over', (_what, left) => {
    writeFileSync(file, left);
    lockFolder(folder);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
  });

test('a process that has just begun is waited for', async () => {
  writeFileSync(file, '');
  const other = spawn('sh', ['-c', `sleep 0.2; echo ${process.ppid} > "$0"`, file]);
  const ended = new Promise((resolve) => { other.on('close', resolve); });
  expect(() => lockFolder(folder)).toThrow(`in use by process ${process.ppid}`);
  await ended;
});
