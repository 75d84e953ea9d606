import { FastaInMemory } from './fasta-in-memory';
import { EmbeddedVariantInfo } from '../../../src/contract/seq-info';
import { parseEntries } from '../../../worker/sequence/region-entry';
import { retrieveEntry } from '../../../worker/sequence/retrieve-entry';

// Rules that random genes seldom meet, each on a gene that shows it. Positions in the coding sequence: ATG 1-3, GCC 4-6, AAA 7-9, GGT 10-12,
// TAA 13-15; the exon goes on with GCATAG.

const GENE = 'ATGGCCAAAGGTTAAGCATAG';

interface Change {
  readonly at: number;
  readonly reference: string;
  readonly alternative: string;
}

interface Made {
  readonly protein?: string;
  readonly error?: string;
  readonly positions: Readonly<Record<string, [number, number]>>;
}

async function made(changes: readonly Change[], contig = GENE): Promise<Made> {
  const { entries: [entry] } = parseEntries([{
    unique_entry_id: 'e',
    base_seq_name: 'g',
    seq_id: 'c',
    fasta_file_url: 'file://c.fa',
    exon_seq_regions: [`1..${contig.length}`],
    cds_seq_regions: [{ start: 1, end: 15, frame: 0 }],
    variants: changes.map(({ at, reference, alternative }, index) => ({
      variant_id: `v${index}`,
      genomic_seq_id: 'c',
      genomic_start_pos: at,
      genomic_end_pos: reference === '' ? at + 1 : at + reference.length - 1,
      genomic_ref_seq: reference,
      genomic_alt_seq: alternative,
    })),
  }]);
  const { records, seqInfo } = await retrieveEntry(entry, new FastaInMemory(new Map([['c', contig]])), entry.variants);
  const info = seqInfo.get('g_alt') as { error?: string; embedded_variants?: EmbeddedVariantInfo[] };
  return {
    protein: records.find(({ name }) => name === 'g_alt')?.sequence,
    error: info.error,
    positions: Object.fromEntries((info.embedded_variants ?? []).map((one) => [one.variant_id, [one.seq_start_pos, one.seq_end_pos]])),
  };
}

const substitution = (at: number, reference: string, alternative: string): Change => ({ at, reference, alternative });
const deletion = (at: number, reference: string): Change => ({ at, reference, alternative: '' });
const insertion = (at: number, alternative: string): Change => ({ at, reference: '', alternative });

test('a variant behind the accepted stop is not embedded, also not a deletion right behind it', async () => {
  const stop = substitution(7, 'A', 'T');
  expect(await made([stop])).toEqual({ protein: 'MA', error: undefined, positions: { v0: [3, 3] } });
  expect((await made([stop, deletion(10, 'G')])).positions).toEqual({ v0: [3, 3] });
  expect((await made([stop, deletion(10, 'GGT')])).positions).toEqual({ v0: [3, 3] });
  expect((await made([stop, insertion(9, 'CCC')])).positions).toEqual({ v0: [3, 3] });
  expect((await made([stop, substitution(10, 'G', 'C')])).positions).toEqual({ v0: [3, 3] });
});

test.each([[false], [true]])('of an insertion and a variant with the same first base both are applied, the insertion second (turned: %s)', async (turned) => {
  const order = <T>(changes: T[]) => (turned ? changes.reverse() : changes);
  expect(await made(order([substitution(6, 'C', 'A'), insertion(6, 'TTT')]))).toMatchObject({ protein: 'MAFKG' });
  expect(await made(order([deletion(6, 'C'), insertion(6, 'T')]))).toMatchObject({ protein: 'MAKG' });
  expect(await made(order([deletion(6, 'C'), insertion(6, 'TCCC')]))).toMatchObject({ protein: 'MAPKG' });
});

test('whole codons that go from the beginning leave position 1', async () => {
  expect(await made([deletion(1, 'ATG')], `ATG${GENE}`.slice(0, 21))).toMatchObject({ protein: 'MAKG', positions: { v0: [1, 1] } });
});

test('a lost stop is made up for behind the coding sequence, with the variants there', async () => {
  expect(await made([substitution(13, 'T', 'G')])).toMatchObject({ protein: 'MAKGEA', positions: { v0: [5, 5] } });
  expect(await made([substitution(13, 'T', 'G'), substitution(17, 'C', 'A')])).toMatchObject({ protein: 'MAKGEE', positions: { v0: [5, 5], v1: [6, 6] } });
  expect(await made([substitution(13, 'T', 'G'), substitution(19, 'T', 'C')])).toMatchObject({ error: expect.stringMatching(/^Stop codon lost/), positions: {} });
});

test('letters that become nucleotides only when they are made upper case, or are cut to bytes, are refused', async () => {
  for (const alternative of ['ß', 'ſ', 'Ł', 'Æ', 'A-', ' ', 'Ａ']) {
    expect(await made([substitution(7, 'A', alternative)])).toMatchObject({ error: expect.stringContaining('letters that are no nucleotide codes') });
  }
  expect(await made([substitution(7, 'Ł', 'C')])).toMatchObject({ error: expect.stringContaining('letters that are no nucleotide codes') });
  expect(await made([substitution(7, 'a', 'r')])).toMatchObject({ protein: 'MAXG' });
  expect(await made([substitution(7, 'a', 'u')])).toMatchObject(await made([substitution(7, 'a', 't')]).then(({ protein }) => ({ protein })));
});

test('a mismatch says what was expected and found, and where', async () => {
  expect(await made([substitution(7, 'CC', 'TT')])).toMatchObject({
    error: 'reference mismatch: variant v0 (c:7-8) expects "CC" at c:7-8, found "AA" in the genome',
  });
});
