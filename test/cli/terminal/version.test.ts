import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

test('the version needs nothing but the file that the command starts with', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pavi-version-'));
  const command = join(folder, 'lib/cli/pavi-pipeline.js');
  cpSync(join(__dirname, '../../../lib/cli/pavi-pipeline.js'), command);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'a-package', version: '1.2.3' }));
  expect(execFileSync(process.execPath, [command, '--version'], { encoding: 'utf8' })).toBe('a-package 1.2.3\n');
  rmSync(folder, { recursive: true });
});
