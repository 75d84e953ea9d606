import { alternativeProtein, hasStop, partner, referenceProtein, translated, WrittenGene, WrittenVariant } from './direct-writing';
import { FastaInMemory } from './fasta-in-memory';
import { SeqInfo } from '../../../src/contract/seq-info';
import { parseEntries } from '../../../worker/sequence/region-entry';
import { retrieveEntry } from '../../../worker/sequence/retrieve-entry';
import { fc } from '../../support/fast-check';

// The worker's alternative protein is that of a genome in which the variants were written in directly.

const RUNS = process.env.PAVI_LONG_TESTS === '1' ? 30_000 : 600;
const ERROR_TEXT = {
  'start codon changed': /^Reference start codon is different from alternative start codon\. Alternative coding sequence rejected\./,
  'stop codon lost': /^Stop codon lost and no alternative found in extended alternative coding sequence\./,
  'another error': /start codon; expected|cannot be extended|lies only partly in/,
};

const bases = (minLength: number, maxLength: number) => fc.string({ unit: fc.constantFrom(...'ACGT'), minLength, maxLength });
const codon = bases(3, 3).filter((text) => !['TAA', 'TAG', 'TGA'].includes(text));
/** Of a length, evenly (a double would be near 0 most of the time). */
const share = fc.integer({ min: 0, max: 9999 }).map((part) => part / 10_000);

/** A transcript with a coding sequence, cut into exons and laid on a contig, on either strand. */
const gene: fc.Arbitrary<WrittenGene> = fc.record({
  before: bases(0, 6),
  after: bases(0, 6),
  untranslated: fc.tuple(bases(0, 7), fc.oneof(bases(0, 9), bases(20, 60), bases(40, 60))),
  skipped: fc.constantFrom(0, 0, 0, 1, 2),
  start: fc.constantFrom('ATG', 'ATG', 'ATG', 'ATG', 'ATG', 'ATG', 'CTG', 'CTG', 'TTG', 'ATA'),
  codons: fc.array(codon, { maxLength: 14, size: 'max' }),
  stop: fc.constantFrom('TAA', 'TAG', 'TGA', 'TAA', ''),
  tail: fc.constantFrom('', '', '', 'A', 'CG'),
  cuts: fc.array(share, { maxLength: 4 }),
  introns: fc.array(bases(0, 12), { minLength: 4, maxLength: 4 }),
  ambiguous: fc.option(fc.tuple(share, fc.constantFrom(...'NRYKMSWBDHV')), { freq: 6 }),
  lower: fc.tuple(share, share),
  forward: fc.boolean(),
  searched: fc.constantFrom(false, false, false, true),
}).map((parts) => {
  let transcript = [parts.untranslated[0], 'ACG'.slice(0, parts.skipped), parts.start, ...parts.codons, parts.stop, parts.tail, parts.untranslated[1]].join('');
  if (parts.ambiguous !== null) {
    const at = Math.floor(parts.ambiguous[0] * transcript.length);
    transcript = transcript.slice(0, at) + parts.ambiguous[1] + transcript.slice(at + 1);
  }
  const places = parts.cuts.map((cut) => 1 + Math.floor(cut * (transcript.length - 1)));
  const cuts = [...new Set(places)].filter((cut) => cut < transcript.length).sort((a, b) => a - b);
  const codingFrom = parts.untranslated[0].length;
  const codingTo = transcript.length - parts.untranslated[1].length;
  let strand = parts.before;
  const exons: [number, number][] = [];
  const cds: [number, number][] = [];
  [...cuts, transcript.length].forEach((cut, index) => {
    const from = index === 0 ? 0 : cuts[index - 1];
    const shift = strand.length + 1 - from;
    strand += transcript.slice(from, cut);
    exons.push([from + shift, cut - 1 + shift]);
    if (Math.max(from, codingFrom) < Math.min(cut, codingTo)) cds.push([Math.max(from, codingFrom) + shift, Math.min(cut, codingTo) - 1 + shift]);
    if (index < cuts.length) strand += parts.introns[index];
  });
  strand += parts.after;
  const contig = parts.forward ? strand : [...strand].reverse().map(partner).join('');
  const { length } = contig;
  const turned = ([first, last]: [number, number]): [number, number] => (parts.forward ? [first, last] : [length + 1 - last, length + 1 - first]);
  const [low, high] = parts.lower.map((one) => Math.floor(one * contig.length)).sort((a, b) => a - b);
  return {
    contig: contig.slice(0, low) + contig.slice(low, high).toLowerCase() + contig.slice(high),
    strand: parts.forward ? '+' as const : '-' as const,
    exons: exons.map(turned),
    cds: parts.searched ? [] : cds.map(turned),
    skipped: parts.skipped,
  };
});

interface Wish {
  readonly at: number;
  readonly kind: 'substitution' | 'deletion' | 'insertion' | 'indel';
  readonly length: number;
  readonly alternative: string;
  /** In a coding part, that far from the border of any part, or anywhere. */
  readonly where: 'coding' | 'anywhere' | number;
  readonly lower: boolean;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  at: share,
  kind: fc.constantFrom('substitution', 'deletion', 'insertion', 'indel'),
  length: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(3, 6, 30)),
  /** Or stop codons, of either strand. */
  alternative: fc.oneof(bases(1, 9), bases(1, 9), fc.constantFrom('TAA', 'TAG', 'TTA', 'CTA')),
  where: fc.oneof(fc.constantFrom('coding' as const, 'coding' as const, 'anywhere' as const), fc.integer({ min: -3, max: 3 })),
  lower: fc.boolean(),
});

/** A variant of the genome as wished, at a border of a part or anywhere. */
function variantOf({ contig, exons, cds }: WrittenGene, { at, kind, length, alternative, where, lower }: Wish, index: number): WrittenVariant {
  const borders = [...exons, ...cds].flat();
  const coding = (cds.length > 0 ? cds : exons).flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, offset) => first + offset));
  const place = typeof where === 'number' ? borders[Math.floor(at * borders.length)] + where
    : where === 'coding' ? coding[Math.floor(at * coding.length)] : 1 + Math.floor(at * contig.length);
  const start = Math.max(1, Math.min(place, contig.length - 1));
  const end = kind === 'insertion' ? start + 1 : Math.min(contig.length, start + length - 1);
  const reference = kind === 'insertion' ? '' : contig.slice(start - 1, end);
  const substituted = alternative.padEnd(reference.length, 'ACGGT').slice(0, reference.length);
  const fitting = { substitution: substituted, deletion: '', insertion: alternative, indel: alternative }[kind];
  const cased = (text: string) => (lower ? text.toLowerCase() : text);
  return { variant_id: `v${index}`, genomic_start_pos: start, genomic_end_pos: end, genomic_ref_seq: cased(reference), genomic_alt_seq: cased(fitting) };
}

interface Neighbour {
  readonly beside: 'before' | 'first' | 'last' | 'behind';
  readonly inserted: string;
  readonly deleted: number;
}

const neighbour: fc.Arbitrary<Neighbour> = fc.record({
  beside: fc.constantFrom('before', 'first', 'last', 'behind'),
  inserted: fc.oneof(fc.constant(''), bases(1, 4)),
  deleted: fc.integer({ min: 1, max: 4 }),
});

/** An insertion or a deletion that touches another variant: right before or behind it, or behind its first or last base. */
function touching({ contig }: WrittenGene, other: WrittenVariant, { beside, inserted, deleted }: Neighbour): WrittenVariant | undefined {
  const { genomic_start_pos: first, genomic_end_pos: last } = other;
  if (inserted !== '') {
    const start = { before: first - 1, first, last, behind: last + 1 }[beside];
    if (start < 1 || start >= contig.length) return undefined;
    return { variant_id: 'touching', genomic_start_pos: start, genomic_end_pos: start + 1, genomic_ref_seq: '', genomic_alt_seq: inserted };
  }
  const [start, end] = beside === 'before' || beside === 'first' ? [first - deleted, first - 1] : [last + 1, last + deleted];
  if (start < 1 || end > contig.length) return undefined;
  return { variant_id: 'touching', genomic_start_pos: start, genomic_end_pos: end, genomic_ref_seq: contig.slice(start - 1, end), genomic_alt_seq: '' };
}

/** Whether they cannot both be written: they share a base, or one inserts between two bases of the other. */
function conflict(a: WrittenVariant, b: WrittenVariant): boolean {
  const places = (variant: WrittenVariant) => {
    const all: string[] = [];
    for (let at = variant.genomic_start_pos; at <= variant.genomic_end_pos; at++) {
      if (variant.genomic_ref_seq !== '') all.push(`${at}`);
      if (at < variant.genomic_end_pos) all.push(`${at}+`);
    }
    return all;
  };
  const taken = new Set(places(a));
  return places(b).some((place) => taken.has(place));
}

interface Retrieved {
  readonly fasta: ReadonlyMap<string, string>;
  readonly info: ReadonlyMap<string, SeqInfo>;
}

async function retrieved(of: WrittenGene, variants: readonly WrittenVariant[]): Promise<Retrieved> {
  const ordered = [...of.cds].sort(([a], [b]) => (of.strand === '+' ? a - b : b - a));
  let size = -of.skipped;
  const cds = ordered.map(([start, end], index) => {
    const frame = index === 0 ? of.skipped : (3 - (size % 3) + 3) % 3;
    size += end - start + 1;
    return { start, end, frame };
  });
  const { entries: [entry], problems } = parseEntries([{
    unique_entry_id: 'e',
    base_seq_name: 'g',
    seq_id: 'c',
    seq_strand: of.strand,
    fasta_file_url: 'file://c.fa',
    exon_seq_regions: of.exons.map(([start, end]) => `${start}..${end}`),
    cds_seq_regions: cds,
    variants: variants.map((variant) => ({ ...variant, genomic_seq_id: 'c' })),
  }]);
  expect(problems).toEqual([]);
  const { records, seqInfo } = await retrieveEntry(entry, new FastaInMemory(new Map([['c', of.contig]])), entry.variants);
  return { fasta: new Map(records.map(({ name, sequence }) => [name, sequence])), info: seqInfo };
}

const seen = new Map<string, number>();
const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);

test('the reference protein is that of the spliced genome', async () => {
  await fc.assert(fc.asyncProperty(gene, async (of) => {
    const expected = referenceProtein(of);
    if (expected === undefined) await expect(retrieved(of, [])).rejects.toThrow('No open reading frames found in transcript sequence.');
    else expect((await retrieved(of, [])).fasta).toEqual(new Map([['g', expected]]));
  }), { numRuns: RUNS / 3 });
});

test('the alternative protein is that of a genome in which the variants were written', async () => {
  seen.clear();
  await fc.assert(fc.asyncProperty(gene, fc.array(wish, { minLength: 1, maxLength: 3 }), fc.option(neighbour), async (of, wishes, beside) => {
    const variants: WrittenVariant[] = [];
    const wished = wishes.map((one, index) => variantOf(of, one, index));
    const added = beside === null ? undefined : touching(of, wished[0], beside);
    [wished[0], ...added === undefined ? [] : [added], ...wished.slice(1)].forEach((variant) => {
      if (!variants.some((other) => conflict(variant, other))) variants.push(variant);
    });
    const reference = referenceProtein(of);
    fc.pre(reference !== undefined && variants.length > 0);
    const expected = alternativeProtein(of, variants);
    const { fasta, info } = await retrieved(of, variants);
    expect(fasta.get('g_ref')).toBe(reference);
    const alternative = info.get('g_alt') as { error?: string; embedded_variants?: Record<string, unknown>[] };
    if (typeof expected === 'string') {
      count(expected);
      expect(alternative.error).toMatch(ERROR_TEXT[expected]);
      expect(fasta.has('g_alt')).toBe(false);
      return;
    }
    count(expected.embedded.length === 0 ? 'nothing embedded' : 'embedded');
    expect(alternative.error).toBeUndefined();
    expect(fasta.get('g_alt')).toBe(expected.protein);
    expect(alternative.embedded_variants!.map((one) => ({
      id: one.variant_id,
      start: one.seq_start_pos,
      end: one.seq_end_pos,
      referenceLength: one.embedded_ref_seq_len,
      alternativeLength: one.embedded_alt_seq_len,
    }))).toEqual(expected.embedded);
  }), { numRuns: RUNS });
  // The genes and variants are such that each outcome comes up.
  for (const outcome of ['nothing embedded', ...Object.keys(ERROR_TEXT)]) expect(seen.get(outcome)).toBeGreaterThan(5);
  expect(seen.get('embedded')).toBeGreaterThan(RUNS / 8);
}, 600_000);

test('positions point at the changed residues: before them all is as it was, and behind them where the frame is kept', async () => {
  let kept = 0;
  await fc.assert(fc.asyncProperty(gene, wish, async (of, one) => {
    const variant = variantOf(of, one, 0);
    const { fasta, info } = await retrieved(of, [variant]).catch(() => ({ fasta: new Map<string, string>(), info: new Map<string, SeqInfo>() }));
    const [embedded] = (info.get('g_alt') as { embedded_variants?: Record<string, number>[] } | undefined)?.embedded_variants ?? [];
    fc.pre(embedded !== undefined);
    const [reference, alternative] = [fasta.get('g_ref')!, fasta.get('g_alt')!];
    const { seq_start_pos: start, seq_end_pos: end } = embedded;
    expect(start).toBeGreaterThanOrEqual(1);
    expect(end).toBeLessThanOrEqual(alternative.length + 1);
    // A reference without a stop may be the shorter one.
    if (!hasStop(of)) return expect(alternative.slice(0, start - 1).startsWith(reference.slice(0, start - 1))).toBe(true);
    expect(alternative.slice(0, start - 1)).toBe(reference.slice(0, start - 1));
    // All of it in one part, and by whole codons: what follows is a reference's end, unless a stop came or went.
    const change = variant.genomic_alt_seq.length - variant.genomic_ref_seq.length;
    const parts = of.cds.length > 0 ? of.cds : of.exons;
    const inOnePart = parts.some(([first, last]) => variant.genomic_start_pos >= first && variant.genomic_end_pos <= last);
    const sameStop = alternative.length - reference.length === change / 3;
    if (change % 3 === 0 && inOnePart && sameStop) {
      kept += 1;
      expect(reference.endsWith(alternative.slice(end))).toBe(true);
    }
  }), { numRuns: RUNS / 3 });
  expect(kept).toBeGreaterThan(RUNS / 60);
}, 600_000);

test('variants that share a base, or of which one inserts into the other, are refused, in any order', async () => {
  await fc.assert(fc.asyncProperty(gene, fc.array(wish, { minLength: 2, maxLength: 4 }), fc.boolean(), async (of, wishes, reversed) => {
    const variants = wishes.map((one, index) => variantOf(of, one, index));
    fc.pre(referenceProtein(of) !== undefined);
    const overlap = variants.some((one, index) => variants.slice(index + 1).some((other) => conflict(one, other)));
    const { info } = await retrieved(of, reversed ? [...variants].reverse() : variants);
    const { error = '' } = info.get('g_alt') as { error?: string };
    expect(/overlap; only variants that do not/.test(error)).toBe(overlap);
  }), { numRuns: RUNS / 3 });
});

test('the oracle knows the standard code', () => {
  expect(translated('ATGTTNGCNTARYTATGA')).toBe('MXAXL');
});
