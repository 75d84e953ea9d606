import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alignmentColumns } from '../../../worker/alignment/clustal-format';
import { runClustalOmega } from '../../../worker/alignment/clustal-omega';
import { fc } from '../../support/fast-check';

const LONG = process.env.PAVI_LONG_TESTS === '1';

let root: string;
let runs = 0;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'pavi-names-')); });
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Aligns records with these names, each of one sequence, and looks for its last residue under the very same name. */
async function comeBack(names: readonly string[]): Promise<void> {
  const [input, output] = [join(root, 'in.fa'), join(root, `${runs++}.aln`)];
  writeFileSync(input, names.map((name) => `>${name}\nMKVLAWGHE\n`).join(''));
  await runClustalOmega({ input, output, threads: 1, signal: new AbortController().signal });
  const found = await alignmentColumns(createReadStream(output), output, new Map(names.map((name) => [name, new Set([9])])));
  expect([...found]).toEqual(names.map((name) => [name, new Map([[9, 9]])]));
}

test.each([
  ['numbers', ['7', '007', '1e3', '0']],
  ['signs', ['a.b', '(x)|[y]', '^$', '***', '*:.', 'a-', 'a--b', '#x', '//', ';x', '@x', '!x', '%s%n', '\\d+', '"q"', '\'']],
  ['names with a > in it', ['a>b', '>a', '>>']],
  ['words of the format', ['CLUSTAL', 'O(1.2.4)', 'MSF:', 'LOCUS', 'ID', 'NBRF', 'P1;x']],
  ['long names', ['a'.repeat(300), 'b'.repeat(1000)]],
  ['other letters', ['gène', '\u{1F9EC}', '日本']],
  ['names that begin alike', ['a', 'a_ref', 'a_alt', 'a.1']],
])('Clustal Omega leaves the names as they are: %s', async (_what, names) => {
  await comeBack(names.length > 1 ? names : [...names, 'other']);
});

test('Clustal Omega leaves any names as they are', async () => {
  const name = fc.stringMatching(/^[!-,.-~][!-~]{0,40}$/);
  await fc.assert(fc.asyncProperty(fc.uniqueArray(name, { minLength: 2, maxLength: 12 }), comeBack), { numRuns: LONG ? 500 : 15 });
});

test('Clustal Omega still drops a name that begins with "-", and cuts a long one, which is why such are refused or looked for by what is left', async () => {
  const [input, output] = [join(root, 'in.fa'), join(root, 'out.aln')];
  writeFileSync(input, `>-a\nMKVLAWGHE\n>${'é'.repeat(100)}\nMKVLAWGHE\n`);
  await runClustalOmega({ input, output, threads: 1, signal: new AbortController().signal });
  const rows = readFileSync(output, 'utf8').split('\n').filter((line) => line.includes('MKV'));
  expect(rows).toEqual([expect.stringMatching(/^ +MKVLAWGHE\t9$/), expect.stringMatching(/^é{63}\uFFFD +MKVLAWGHE\t9$/)]);
});
