import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const quickSuites: (suites: string[]) => Promise<{ filtered: string[] }> = jest.requireActual('../support/quick-suites.cjs');

const all = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts')).map((name) => join(ROOT, 'test', name));

test('the quick suites are most of them, and none of them starts containers, a browser, the packages or the command', async () => {
  const quick = (await quickSuites(all)).filtered.map((suite) => relative(join(ROOT, 'test'), suite));
  expect(quick.length).toBeGreaterThan(all.length / 2);
  expect(quick).toEqual(expect.arrayContaining(['engine/asl/execution.test.ts', 'worker/commands/retrieve.test.ts', 'src/snapshots.test.ts']));
  const left = all.map((suite) => relative(join(ROOT, 'test'), suite)).filter((suite) => !quick.includes(suite));
  expect(left).toEqual(expect.arrayContaining([
    'engine/batch/container-executor.test.ts', 'worker/image/image.test.ts', 'cli/report/report.browser.test.ts', 'package/npm.test.ts', 'docs/python-blocks.test.ts',
    // Indirectly: through a support file that imports one.
    'src/linters.test.ts', 'cli/here/web-api.test.ts', 'cli/here/sample.test.ts',
  ]));
});
