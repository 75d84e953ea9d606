import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const MAX_LINES = 13_000;

test('the engine stays narrow: docs/decisions/0002 says how many lines it may have', () => {
  const files = readdirSync(join(ROOT, 'engine'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(50);
  const lines = files.map((name) => readFileSync(join(ROOT, 'engine', name), 'utf8').split('\n').length - 1).reduce((sum, count) => sum + count);
  expect(lines).toBeLessThan(MAX_LINES);
  expect(readFileSync(join(ROOT, 'docs/decisions/0002-a-narrow-local-engine-of-our-own.md'), 'utf8')).toContain(`under ${MAX_LINES.toLocaleString('en')} lines`);
});
