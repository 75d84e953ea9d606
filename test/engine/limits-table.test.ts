import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const section = readFileSync(join(ROOT, 'docs/local-engine.md'), 'utf8').split('## Limits of AWS that hold here too')[1].split('\n### ')[0];
const rows = section.split('\n').filter((line) => line.startsWith('| ')).slice(2).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
const paths = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, path]) => path);

test('there are rows', () => expect(rows.length).toBeGreaterThan(30));

test.each(rows)('%s, %s: the files that are named are there', (_limit, _value, enforced, tested) => {
  expect(paths(enforced).length).toBeGreaterThan(0);
  expect(paths(tested).length > 0 || tested.startsWith('none: ')).toBe(true);
  for (const path of [...paths(enforced), ...paths(tested)]) expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
});
