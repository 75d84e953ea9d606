import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const WORKFLOWS = resolve(__dirname, '../../.github/workflows');

test('every action of every workflow is pinned to a commit', () => {
  const used = readdirSync(WORKFLOWS).flatMap((file) =>
    [...readFileSync(join(WORKFLOWS, file), 'utf8').matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, action]) => `${file}: ${action}`));
  expect(used.length).toBeGreaterThan(20);
  // One that is listed here has no commit in projenrc/pinned-actions.ts for the version that a template uses.
  expect(used.filter((action) => !/: [\w./-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
});
