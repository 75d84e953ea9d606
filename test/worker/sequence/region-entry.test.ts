import { formatProblems, parseEntries } from '../../../worker/sequence/region-entry';
import { refusalOf } from '../../src/support/expressions';
import { fc } from '../../support/fast-check';

const ENTRY = {
  unique_entry_id: '000_gene',
  base_seq_name: 'gene',
  seq_id: 'chr1',
  seq_strand: '-',
  exon_seq_regions: ['200..150', { start: 1, end: 90 }],
  cds_seq_regions: [{ start: 11, end: 90, frame: 0 }],
  fasta_file_url: 'https://example.org/genome.fa.gz',
};

const VARIANT = { variant_id: 'v1', genomic_seq_id: 'chr1', genomic_start_pos: 5, genomic_end_pos: 6, genomic_ref_seq: null, genomic_alt_seq: 'A' };

function problemsOf(changes: object): string[] {
  return parseEntries([{ ...ENTRY, ...changes }]).problems;
}

test('an entry is read with its parts in order of position and its defaults', () => {
  expect(parseEntries([{ ...ENTRY, variants: [VARIANT], alt_seq_name_suffix: '' }])).toEqual({
    problems: [],
    entries: [{
      id: '000_gene',
      baseName: 'gene',
      seqId: 'chr1',
      strand: -1,
      exons: [{ start: 150, end: 200 }, { start: 1, end: 90 }],
      cds: [{ start: 11, end: 90, frame: 0 }],
      genomeUrl: 'https://example.org/genome.fa.gz',
      variantIds: [],
      variants: [{ id: 'v1', seqId: 'chr1', start: 5, end: 6, referenceSequence: '', alternativeSequence: 'A' }],
      altSuffix: '_alt',
    }],
  });
});

test.each([
  [undefined, 1], [null, 1], ['+', 1], ['+1', 1], ['pos', 1], ['-', -1], ['-1', -1], ['neg', -1],
])('strand %s is %d', (seq_strand, strand) => {
  expect(parseEntries([{ ...ENTRY, exon_seq_regions: ['1..90'], seq_strand }]).entries[0].strand).toBe(strand);
});

test.each([
  [{ cds_seq_regions: null, variant_ids: null, variants: null, alt_seq_name_suffix: null }, []],
  [{ unique_entry_id: 'a/b' }, ['seq_regions[0]: unique_entry_id must be 1 to 128 letters, digits, ".", "_" or "-", got "a/b"']],
  [{ base_seq_name: 'a b' }, ['seq_regions[0] (000_gene): base_seq_name must be text without white space, got "a b"']],
  [{ seq_strand: '*' }, ['seq_regions[0] (000_gene): seq_strand must be one of +, +1, pos, -, -1, neg, got "*"']],
  [{ exon_seq_regions: [] }, ['seq_regions[0] (000_gene): exon_seq_regions must be a list of one or more regions, got []']],
  [{ exon_seq_regions: ['1..2', '0..5'] },
    ['seq_regions[0] (000_gene): exon_seq_regions[1] must be "start..end" or an object with start and end, whole numbers from 1, got "0..5"']],
  [{ seq_strand: '+' },
    ['seq_regions[0] (000_gene): exon_seq_regions[0] ends before it starts, which only the - strand allows, got "200..150"']],
  [{ cds_seq_regions: [{ start: 1, end: 9 }] },
    ['seq_regions[0] (000_gene): cds_seq_regions[0] must be an object with start and end, whole numbers from 1, and frame 0, 1 or 2, '
      + 'got {"start":1,"end":9}']],
  [{ fasta_file_url: 'ftp://example.org/{n}' },
    ['seq_regions[0] (000_gene): fasta_file_url must be an https://, http://, s3:// or file:// URL, got "ftp://example.org/{n}"']],
  [{ variant_ids: [''] }, ['seq_regions[0] (000_gene): variant_ids must be a list of non-empty texts, got [""]']],
  [{ alt_seq_name_suffix: '_ref' },
    ['seq_regions[0] (000_gene): alt_seq_name_suffix must be text without white space other than "_ref", got "_ref"']],
])('%j', (changes, problems) => {
  expect(problemsOf(changes)).toEqual(problems);
});

test('a long value is cut, by characters as people count them', () => {
  expect(problemsOf({ seq_strand: '𝔾'.repeat(200) })[0]).toBe(
    `seq_regions[0] (000_gene): seq_strand must be one of +, +1, pos, -, -1, neg, got "${'𝔾'.repeat(79)}...`);
});

test('problems are counted, and the list is cut', () => {
  expect(formatProblems(['a'])).toBe('1 problem: a');
  expect(formatProblems(['a', 'b'])).toBe('2 problems: a; b');
  const many = parseEntries(new Array(103).fill(7)).problems;
  expect(formatProblems(many)).toMatch(/^103 problems: seq_regions\[0\]: an entry must be an object, got 7; .*got 7; and 3 more$/);
});

const anything = fc.oneof(
  fc.constantFrom(undefined, null, '', ' ', '_ref', '_alt', 'a b', 'x\ty', '0..5', '5..1', '1..5', '1..2..3', '1234567890123456..2', 0, 1, 1.5, -1, 1e15, 1e300,
    999_999_999_999_999, 0.1 + 0.2, true, false, [], {}, [[]], [null], [{}], '+', '-1', 'neg', 's3://b/k', 'file://x'),
  fc.string({ unit: 'grapheme', maxLength: 90 }),
  fc.array(fc.oneof(fc.constantFrom('1..5', '5..1', '', 'v', null, 3), fc.record({
    start: fc.constantFrom(1, 2, 0, 2.5, '1', null), end: fc.constantFrom(1, 5, null, 1e16), frame: fc.constantFrom(0, 1, 2, 3, null, '0', undefined),
  })), { maxLength: 4 }),
  fc.array(fc.record({
    variant_id: fc.constantFrom('v', '', null),
    genomic_seq_id: fc.constantFrom('x', 4),
    genomic_start_pos: fc.constantFrom(1, 0, '1'),
    genomic_end_pos: fc.constantFrom(1, 2.5, 9),
    genomic_ref_seq: fc.constantFrom('A', null, undefined, 5, ''),
    genomic_alt_seq: fc.constantFrom('C', null, []),
  }, { requiredKeys: [] }), { maxLength: 3 }),
  fc.jsonValue(),
);

const fields = ['unique_entry_id', 'base_seq_name', 'seq_id', 'seq_strand', 'exon_seq_regions', 'cds_seq_regions', 'fasta_file_url', 'variant_ids', 'variants',
  'alt_seq_name_suffix'];

const entry = fc.oneof(
  { weight: 1, arbitrary: anything },
  { weight: 6, arbitrary: fc.dictionary(fc.constantFrom(...fields), anything, { maxKeys: 3 }).map((changes) => ({ ...ENTRY, ...changes })) },
);

/** Near the border of what a list that the state machine looks at as a whole may have. */
const position = fc.oneof(
  fc.integer({ min: 1, max: 20 }),
  fc.constantFrom(999_999_999_999_999, 999_999_999_999_998.9, 999_999_999_999_999.4, 1e15, 1 + Number.EPSILON, 7.000000000000001, 0, -1, 1e-7),
);
const ends = fc.tuple(position, position);
const exon = fc.oneof(
  { weight: 4, arbitrary: ends.map(([start, end]) => `${start}..${end}`) },
  { weight: 2, arbitrary: ends.map(([start, end]) => ({ start, end })) },
  {
    weight: 1,
    arbitrary: ends.chain(([start, end]) => fc.constantFrom<unknown>(
      { end, start }, { start, end, frame: 0 }, [`${start}..${end}`], `0${start}..${end}`, `${start}..${end}","${start}..${end}`, `"${start}..${end}"`, '[,]', '')),
  },
);
const cdsPart = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(position, position, fc.constantFrom(0, 1, 2)).map(([start, end, frame]) => ({ start, end, frame })) },
  {
    weight: 1,
    arbitrary: ends.chain(([start, end]) => fc.constantFrom<unknown>(
      { frame: 0, start, end }, { start, end, frame: 3 }, { start, end, frame: 1 + Number.EPSILON }, { start: `${start}`, end, frame: 0 },
      [{ start, end, frame: 0 }], `{"start":${start},"end":${end},"frame":0}`, { start, end })),
  },
);
const entryOfParts = fc.record({
  seq_strand: fc.constantFrom('+', '-', undefined), exon_seq_regions: fc.array(exon, { maxLength: 4 }), cds_seq_regions: fc.array(cdsPart, { maxLength: 4 }),
}).map((changes) => ({ ...ENTRY, ...changes }));

test.each([['anything', entry], ['parts of all kinds', entryOfParts]])('the worker finds the problems that the state machine finds in %s', async (_, arbitrary) => {
  await fc.assert(fc.asyncProperty(fc.array<unknown>(arbitrary, { minLength: 2, maxLength: 4 }), async (raws) => {
    // What a run is started with has been through JSON.
    const seq_regions = JSON.parse(JSON.stringify(raws)) as unknown[];
    const { problems, entries } = parseEntries(seq_regions);
    expect(await refusalOf({ seq_regions })).toBe(problems.length > 0 ? formatProblems(problems) : '');
    if (problems.length === 0) expect(entries).toHaveLength(seq_regions.length);
  }), { numRuns: 400 });
});
