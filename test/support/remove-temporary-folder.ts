import { rmSync } from 'node:fs';
import { basename } from 'node:path';

/** Removes the folder that `temporary-folder.ts` made. */
export default function removeTemporaryFolder(): void {
  const { TMPDIR = '' } = process.env;
  if (!basename(TMPDIR).startsWith('pavi-tests-')) throw new Error(`expected TMPDIR to be a folder of the tests, got "${TMPDIR}"`);
  rmSync(TMPDIR, { recursive: true, force: true, maxRetries: 5 });
}
