import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compareResults, Comparison } from '../../../cli/compare/compare-results';
import { readResults, ResultFolderError } from '../../../cli/compare/result-folder';
import { paviPipeline } from '../here/support/pavi-pipeline';
import { TestFolders } from '../here/support/sample-run';

const GOLDEN = resolve(__dirname, '../../data/golden');
const ALIGNMENT = 'alignment-output.aln';
const SEQ_INFO = 'aligned_seq_info.json';

const folders = new TestFolders();
afterAll(() => folders.remove());

/** The recorded run, changed. */
function golden(change: { alignment?: (text: string) => string; seqInfo?: (json: any) => void; input?: (fasta: string) => string } = {}): string {
  const folder = folders.path('results');
  mkdirSync(folder);
  for (const file of [ALIGNMENT, SEQ_INFO]) cpSync(join(GOLDEN, file), join(folder, file));
  if (change.input !== undefined) {
    const fasta = folders.path('input.fa');
    writeFileSync(fasta, change.input(readFileSync(join(GOLDEN, 'alignment-input.fa'), 'utf8')));
    execFileSync('clustalo', ['-i', fasta, '--outfmt=clustal', '--resno', '--force', '-o', join(folder, ALIGNMENT)]);
  }
  if (change.alignment !== undefined) writeFileSync(join(folder, ALIGNMENT), change.alignment(readFileSync(join(folder, ALIGNMENT), 'utf8')));
  if (change.seqInfo !== undefined) {
    const json = JSON.parse(readFileSync(join(folder, SEQ_INFO), 'utf8'));
    change.seqInfo(json);
    writeFileSync(join(folder, SEQ_INFO), JSON.stringify(json));
  }
  return folder;
}

function compare(a: string, b: string): Comparison {
  return compareResults(readResults(a), readResults(b));
}

/** `[kind, record, field or variant, documented]` of each difference, but for the writing. */
function told({ differences }: Comparison): unknown[] {
  return differences.filter(({ kind }) => kind !== 'writing')
    .map(({ kind, record, variant, field, documented }) => [kind, record, field ?? variant, documented !== undefined]);
}

const ALLELE = 'apl-1_C42D8.8a.1_yn32';
const VARIANT = 'NC_003284.9:g.5114224C>T';

test('the recorded run is the same as itself, also where Nextflow published it by links in a folder below', () => {
  const launch = folders.path('launch');
  mkdirSync(join(launch, 'pipeline-results'), { recursive: true });
  for (const file of [ALIGNMENT, SEQ_INFO]) symlinkSync(join(GOLDEN, file), join(launch, 'pipeline-results', file));
  const files = [{ name: ALIGNMENT, same: true }, { name: SEQ_INFO, same: true }];
  expect(compare(golden(), launch)).toMatchObject({ same: true, differences: [], files });
});

test('a changed residue is told by its record and position, and where the bytes differ', () => {
  const names = readResults(GOLDEN).alignment!.rows.map(({ name }) => name);
  const [name] = names;
  const line = new RegExp(`^(${name.replace(/[.]/g, '\\.')} +-*)([A-Z])`, 'm');
  const changed = golden({ alignment: (text) => text.replace(line, (_all, before, residue) => `${before}${residue === 'W' ? 'Y' : 'W'}`) });
  const comparison = compare(golden(), changed);
  expect(told(comparison)).toEqual([['sequence', name, undefined, false]]);
  expect(comparison.differences[0].text).toMatch(new RegExp(`^${name}: the sequences differ from residue 1 on: [A-Z]{8}\\.\\.\\. in A, W[A-Z]{7}\\.\\.\\. in B`));
  const bytes = [GOLDEN, changed].map((folder) => readFileSync(join(folder, ALIGNMENT)));
  const at = [...bytes[0]].findIndex((byte, place) => byte !== bytes[1][place]);
  const before = bytes[0].subarray(0, at).toString().split('\n');
  expect(comparison.files[0].first).toEqual({ byte: at, line: before.length, column: before.at(-1)!.length + 1 });
});

test('a changed position, a missing variant, a missing record and an error are told', () => {
  const comparison = compare(golden(), golden({
    seqInfo: (json) => {
      json[ALLELE].embedded_variants[0].seq_end_pos = 378;
      json.added = {};
      const [other] = Object.keys(json).filter((name) => Object.keys(json[name]).length === 0);
      delete json[other];
    },
  }));
  expect(told(comparison).map((one) => (one as unknown[])[0]).sort()).toEqual(['record', 'record', 'variant field']);
  expect(comparison.differences.map(({ text }) => text)).toContain(`${ALLELE}: seq_end_pos of ${VARIANT} is 377 in A, 378 in B`);
  expect(told(compare(golden(), golden({ seqInfo: (json) => { json[ALLELE].embedded_variants = []; } })))).toEqual([['variant', ALLELE, VARIANT, false]]);
  expect(told(compare(golden(), golden({ seqInfo: (json) => { json[ALLELE] = { error: 'x' }; } })))).toEqual([['error', ALLELE, undefined, false]]);
});

test('the same content in other bytes is told as that', () => {
  const comparison = compare(golden(), golden({ seqInfo: () => undefined }));
  expect(comparison.same).toBe(false);
  expect(comparison.differences.map(({ kind, text }) => [kind, text.replace(/\d+/g, 'N')])).toEqual([['writing', `${SEQ_INFO} says the same in other bytes, first at line N, column N`]]);
});

test('rows in another order and gaps elsewhere are told apart from other sequences', () => {
  const swapped = golden({ input: (fasta) => fasta.split(/(?=^>)/m).reverse().join('') });
  expect(new Set(told(compare(golden(), swapped)).map((one) => (one as unknown[])[0]))).toContain('order');
  const other = golden({ alignment: (text) => text.replace(/([A-Z])(-+)([A-Z])/, '$2$1$3') });
  expect(told(compare(golden(), other)).map((one) => (one as unknown[])[0])).toEqual(['gaps']);
});

describe('documented differences', () => {
  const SUBSTITUTION = { variant_id: 'sub', genomic_start_pos: 100, seq_substitution_type: 'substitution' };
  const INSERTION = { variant_id: 'ins', genomic_start_pos: 100, seq_substitution_type: 'insertion' };
  const START = 'Reference start codon is different from alternative start codon. Alternative coding sequence rejected. No alternatives searched.';

  test.each<[string, Parameters<typeof golden>[0], Parameters<typeof golden>[0], RegExp]>([
    ['a record of two alleles', { alignment: (text) => text.replace(/^(apl-1_C42D8\.8a\.1_yn32 .*\n)/gm, '$1$1') }, {}, /two alleles goes into the alignment once/],
    ['a soft-masked start codon', { seqInfo: (json) => { json[ALLELE] = { error: START }; } }, {}, /soft-masked \(lower case\) start codon/],
    ['an unclear error', { seqInfo: (json) => { json[ALLELE] = { error: 'Unexpected error occured' }; } }, { seqInfo: (json) => { json[ALLELE] = { error: 'reference mismatch' }; } }, /says what its cause is/],
    ['the first codon deleted', { seqInfo: (json) => { json[ALLELE].embedded_variants[0].seq_start_pos = 0; } }, { seqInfo: (json) => { json[ALLELE].embedded_variants[0].seq_start_pos = 1; } }, /position 1, and not 0/],
    ['overlap beyond neighbours', {}, { seqInfo: (json) => { json[ALLELE] = { error: 'variants a and b overlap' }; } }, /among all pairs/],
    ['an insertion with a variant\'s first base', { seqInfo: (json) => { json[ALLELE].embedded_variants = [SUBSTITUTION]; } },
      { seqInfo: (json) => { json[ALLELE].embedded_variants = [SUBSTITUTION, INSERTION]; } }, /both are embedded/],
  ])('%s', (_what, nextflow, here, cause) => {
    for (const [first, second] of [[nextflow, here], [here, nextflow]]) {
      const { same, differences } = compare(golden(first), golden(second));
      expect(same).toBe(false);
      expect(differences.filter(({ kind }) => kind !== 'writing').map(({ documented }) => documented)).toEqual([expect.stringMatching(cause)]);
    }
  });

  test('an ambiguous base, and the columns that follow from the record that is there now', () => {
    const fasta = readFileSync(join(GOLDEN, 'alignment-input.fa'), 'utf8');
    const extra = `${fasta}>with-x\n${fasta.split(/^>.*\n/m)[1].replace(/\n/g, '').slice(0, 200).replace(/^(.{50})./, '$1X')}\n`;
    const here = golden({ input: () => extra, seqInfo: (json) => { json['with-x'] = {}; } });
    const { differences } = compare(golden({ seqInfo: (json) => { json['with-x'] = { error: 'Unexpected error occured.' }; } }), here);
    expect(differences.filter(({ record }) => record === 'with-x').map(({ kind, documented }) => [kind, documented])).toEqual([
      ['record', expect.stringMatching(/ambiguous base/)], ['error', expect.stringMatching(/ambiguous base/)],
    ]);
    expect(differences.filter(({ documented }) => documented === undefined)).toEqual([]);
  });

  test('columns that moved for no known reason are not explained', () => {
    const moved = { seqInfo: (json: any) => { json[ALLELE].embedded_variants[0].alignment_start_pos += 1; } };
    expect(told(compare(golden(), golden(moved)))).toEqual([['variant field', ALLELE, 'alignment_start_pos', false]]);
  });
});

describe('the command', () => {
  test('ends with 0 where the results are the same, and says so', async () => {
    const { code, stdout } = await paviPipeline('compare', golden(), GOLDEN);
    expect(code).toBe(0);
    expect(stdout).toBe(`${ALIGNMENT}: the same ${readFileSync(join(GOLDEN, ALIGNMENT)).length} bytes\n`
      + `${SEQ_INFO}: the same ${readFileSync(join(GOLDEN, SEQ_INFO)).length} bytes\nThe results are the same.\n`);
  });

  test('ends with 1 where they differ; with 0 on demand where all is documented', async () => {
    const [unclear, clear] = ['Unexpected error occured', 'reference mismatch'].map((error) => golden({ seqInfo: (json) => { json[ALLELE] = { error }; } }));
    const { code, stdout } = await paviPipeline('compare', unclear, clear);
    expect(code).toBe(1);
    expect(stdout).toContain(`  ${ALLELE}: "Unexpected error occured" in A, "reference mismatch" in B\n      documented: an error says what its cause is\n`);
    expect(stdout).toMatch(/1 difference, all of them documented\.\n$/);
    expect((await paviPipeline('compare', unclear, clear, '--allow-documented')).code).toBe(0);
    const json = await paviPipeline('compare', golden(), clear, '--json', '--allow-documented');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ same: false, differences: [{ kind: 'error', record: ALLELE, b: 'reference mismatch' }] });
  });

  test.each([
    [['a'], /two folders are to be given, got a/], [[GOLDEN, '/no/such'], /\/no\/such cannot be read/], [[GOLDEN, GOLDEN, '--what'], /Unknown option '--what'/],
    [[GOLDEN, resolve(__dirname, 'nothing')], /cannot be read/],
  ])('ends with 2 for %j', async (args, problem) => {
    const { code, stdout, stderr } = await paviPipeline('compare', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(problem);
  });
});

test.each<[string, (folder: string) => void, RegExp]>([
  ['no results', () => undefined, /has neither alignment-output\.aln nor aligned_seq_info\.json/],
  ['two of a file', (folder) => ['x', 'y'].forEach((name) => cpSync(GOLDEN, join(folder, name), { recursive: true })), /more than once: .*\/x\/.*\/y\/.*give the folder of one/],
  ['an alignment that is none', (folder) => writeFileSync(join(folder, ALIGNMENT), '>a\nMK\n'), /is no alignment in Clustal format: its first line must begin with CLUSTAL/],
  ['seq info that is none', (folder) => writeFileSync(join(folder, SEQ_INFO), '{"a": 3}'), /must be an object of records by name/],
  ['seq info that is not JSON', (folder) => writeFileSync(join(folder, SEQ_INFO), '{'), /is not JSON/],
])('a folder with %s is refused by name', (_what, fill, problem) => {
  const folder = folders.path('folder');
  mkdirSync(folder);
  fill(folder);
  expect(() => readResults(folder)).toThrow(ResultFolderError);
  expect(() => readResults(folder)).toThrow(problem);
});

test('a link that leads nowhere cannot be compared, and binary text does not reach the terminal', async () => {
  const [dangling, binary] = ['dangling', 'binary'].map((name) => {
    const folder = folders.path(name);
    mkdirSync(folder);
    return folder;
  });
  symlinkSync('nowhere', join(dangling, ALIGNMENT));
  writeFileSync(join(binary, ALIGNMENT), '\u001b[2JCLUSTAL');
  expect(await paviPipeline('compare', GOLDEN, dangling)).toMatchObject({ code: 2, stderr: expect.stringContaining(`${join(dangling, ALIGNMENT)} cannot be read`) });
  expect(await paviPipeline('compare', GOLDEN, binary)).toMatchObject({ code: 2, stderr: expect.stringContaining('got "\\u001b[2JCLUSTAL"') });
});
