import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ErrorName } from '../../../src/contract/error-names';
import { ExitCode } from '../../../src/contract/exit-codes';
import { joinProteins } from '../../../worker/alignment/alignment-input';
import { openFolder } from '../../../worker/storage/place';
import { WorkerError } from '../../../worker/worker-error';
import { fc } from '../../support/fast-check';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pavi-join-'));
  mkdirSync(join(root, 'in'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function joined(files: Readonly<Record<string, string>>) {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, 'in', name), content);
  const counts = await joinProteins(openFolder(join(root, 'in')), join(root, 'out.fa'));
  return { counts, text: readFileSync(join(root, 'out.fa'), 'utf8') };
}

const failureOf = async (files: Readonly<Record<string, string>>) => joined(files).then(() => { throw new Error('it did not fail'); }, (error) => error);

test('files are joined in the byte order of their names, others are left alone', async () => {
  const { text, counts } = await joined({
    'x-q-protein.fa': '>2\nMB\n',
    'x-protein.fa': '>3\nMC\n',
    'Z-protein.fa': '>1\nMA\n',
    'x.1-protein.fa': '>4\nMD\n',
    'x-seqinfo.json': '{}',
    'x-protein.fa.bak': '>5\nME\n',
  });
  expect(text).toBe('>1\nMA\n>3\nMC\n>2\nMB\n>4\nMD\n');
  expect(counts).toEqual({ files: 4, sequences: 4, duplicates: 0 });
});

test('the same record twice goes in once, where it came first', async () => {
  const { text, counts } = await joined({ '1-protein.fa': '>a_ref\nMKV\n>a_x\nMKI\n', '2-protein.fa': '>a_ref\nMKV\n>a_y\nMKL\n' });
  expect(text).toBe('>a_ref\nMKV\n>a_x\nMKI\n>a_y\nMKL\n');
  expect(counts).toEqual({ files: 2, sequences: 3, duplicates: 1 });
});

test('the same sequence under two names is two records', async () => {
  expect((await joined({ '1-protein.fa': '>a\nMKV\n', '2-protein.fa': '>b\nMKV\n' })).text).toBe('>a\nMKV\n>b\nMKV\n');
});

test('wrapped lines, Windows line ends, a missing last line end and an empty file', async () => {
  const { text } = await joined({ '1-protein.fa': '>a\r\nMK\r\nV\r\n', '2-protein.fa': '', '3-protein.fa': '>b note\nMKL' });
  expect(text).toBe('>a\nMKV\n>b\nMKL\n');
});

test.each([
  ['one name with two sequences', { '1-protein.fa': '>a\nMK\n', '2-protein.fa': '>b\nML\n', '3-protein.fa': '>a\nMV\n' },
    /two different sequences are named "a", in 1-protein.fa and in 3-protein.fa; give the entries different/],
  ['an empty sequence', { '1-protein.fa': '>a\nMK\n', '2-protein.fa': '>b\n\n>c\nM\n' }, /the sequence "b" in .*2-protein.fa is empty/],
  ['an empty sequence at the end', { '1-protein.fa': '>a\nMK\n', '2-protein.fa': '>b' }, /the sequence "b" in .* is empty/],
  ['no file', {}, /needs at least two sequences; .* has 0$/],
  ['one sequence', { '1-protein.fa': '>a\nMK\n' }, /needs at least two sequences; .* has 1$/],
  ['one sequence twice', { '1-protein.fa': '>a\nMK\n', '2-protein.fa': '>a\nMK\n' }, /needs at least two sequences; .* has 1, given more than once$/],
  ['no FASTA', { '1-protein.fa': '{"a": 1}' }, /1-protein.fa is not a FASTA file/],
  ['a name that begins with -', { '1-protein.fa': '>a\nMK\n', '2-protein.fa': '>-b\nMK\n' }, /drops a name that begins with "-", as "-b" does/],
  ['names that the alignment would not tell apart', { '1-protein.fa': `>${'a'.repeat(127)}1\nMK\n`, '2-protein.fa': `>${'a'.repeat(127)}2\nMK\n` },
    /keeps 127 bytes of a name, in which "a+1" and "a+2" are the same/],
  ['a record without a name', { '1-protein.fa': '>\nMK\n' }, /1-protein.fa is not a FASTA file/],
])('refused: %s', async (_what, files, message) => {
  const error = await failureOf(files as Record<string, string>);
  expect(error.message).toMatch(message);
  expect(error).toMatchObject({ errorName: ErrorName.ALIGNMENT_FAILED, exitCode: ExitCode.BAD_INPUT });
});

test('proteins that another run of the name left are not taken for the run\'s own, and missing ones are missed', async () => {
  for (const id of ['1', '2', 'of-another-run']) writeFileSync(join(root, 'in', `${id}-protein.fa`), `>${id}\nMK\n`);
  const joining = (expectCount: number) => joinProteins(openFolder(join(root, 'in')), join(root, 'out.fa'), { expectCount });
  await expect(joining(3)).resolves.toMatchObject({ files: 3 });
  for (const expectCount of [2, 4]) {
    await expect(joining(expectCount)).rejects.toMatchObject({
      errorName: ErrorName.ALIGNMENT_FAILED,
      message: expect.stringContaining(`has the proteins of 3 entries, and the run has ${expectCount}: another run of its name left some`),
      expected: expectCount,
      found: 3,
    });
  }
});

test('a stopped one ends at once', async () => {
  writeFileSync(join(root, 'in', '1-protein.fa'), '>a\nMK\n');
  const joining = joinProteins(openFolder(join(root, 'in')), join(root, 'out.fa'), { signal: AbortSignal.abort() });
  await expect(joining).rejects.toMatchObject({ name: 'AbortError' });
});

describe('whatever the files hold', () => {
  const numRuns = process.env.PAVI_LONG_TESTS === '1' ? 5000 : 100;
  const name = fc.stringMatching(/^[!-,.-~][!-~]{0,20}$/);
  const sequence = fc.stringMatching(/^[A-Z]{1,80}$/);

  test('each record comes out once, in order', async () => {
    const records = fc.uniqueArray(fc.tuple(name, sequence), { selector: ([one]) => one, minLength: 2, maxLength: 8 });
    await fc.assert(fc.asyncProperty(records, async (all) => {
      rmSync(join(root, 'in'), { recursive: true });
      mkdirSync(join(root, 'in'));
      const files = all.map(([one, residues], index) => [`${index}-protein.fa`, `>${one}\n${residues}\n`]);
      expect((await joined(Object.fromEntries(files))).text).toBe(files.map(([, text]) => text).join(''));
    }), { numRuns });
  });

  test('damaged ones end in an error of the worker, or in a result', async () => {
    const damaged = fc.string({ unit: fc.constantFrom('>', '\n', '\r', ' ', 'a', 'M', '-', '*', '\0', 'é'), maxLength: 40 });
    await fc.assert(fc.asyncProperty(damaged, damaged, async (one, other) => {
      await joined({ '1-protein.fa': one, '2-protein.fa': other }).catch((error: unknown) => expect(error).toBeInstanceOf(WorkerError));
    }), { numRuns });
  });
});
