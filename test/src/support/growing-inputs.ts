import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const REAL: readonly any[] = JSON.parse(readFileSync(join(__dirname, '..', '..', 'data', 'golden', 'seq_regions.json'), 'utf8'));

/** Real entries of about 1,150 bytes each, with names of their own. */
export function realEntries(count: number): any[] {
  return Array.from({ length: count }, (_, index) => ({
    ...REAL[index % REAL.length], unique_entry_id: `${String(index).padStart(3, '0')}_${REAL[index % REAL.length].unique_entry_id}`,
  }));
}

/** Right for the forward strand. */
const forward = (entry: any) => ({
  ...entry,
  seq_strand: '+',
  exon_seq_regions: entry.exon_seq_regions.map(({ start, end }: any) => ({ start: end, end: start })),
  cds_seq_regions: entry.cds_seq_regions.map(({ start, end, frame }: any) => ({ start: end, end: start, frame })),
});
/** The real entries' parts, which end before they start. */
const reversed = (entry: any) => ({ ...entry, seq_strand: '+' });

const wrongInEveryField = (index: number) => ({
  unique_entry_id: index,
  base_seq_name: ` ${index}`,
  seq_id: index,
  seq_strand: 'x',
  exon_seq_regions: [index, '2..x'],
  cds_seq_regions: [{ start: 3, end: 2 }],
  fasta_file_url: 'no',
  variant_ids: [1],
  variants: [1],
  alt_seq_name_suffix: '_ref',
});

/** Entries up to so many bytes of JSON. */
function upTo(bytes: number, make: (index: number) => object): object[] {
  const entries: object[] = [];
  for (let size = 0; size < bytes; size += JSON.stringify(entries[entries.length - 1]).length + 1) entries.push(make(entries.length));
  return entries.slice(0, -1);
}

const KIB = 1024;
const variant = {
  variant_id: 'v', genomic_seq_id: 'X', genomic_start_pos: 12, genomic_end_pos: 12, genomic_ref_seq: 'C', genomic_alt_seq: '',
};

/** Right and wrong inputs that grow, up to what Step Functions takes, and those that come close to what the state machine checks itself. */
export const GROWING_INPUTS: Readonly<Record<string, any>> = {
  '3 entries': { seq_regions: realEntries(3) },
  '10 entries': { seq_regions: realEntries(10) },
  '50 entries': { seq_regions: realEntries(50) },
  '50 forward entries': { seq_regions: realEntries(50).map(forward) },
  '190 entries': { seq_regions: upTo(250 * KIB, (index) => realEntries(index + 1)[index]) },
  '64 KiB of {}': { seq_regions: Array(Math.floor(64 * KIB / 3)).fill({}) },
  '50 of {}': { seq_regions: Array(50).fill({}) },
  '250 KiB wrong in every field': { seq_regions: upTo(250 * KIB, wrongInEveryField) },
  '50 wrong in every field': { seq_regions: Array.from({ length: 50 }, (_, index) => wrongInEveryField(index)) },
  '128 KiB with every exon reversed': { seq_regions: upTo(128 * KIB, (index) => reversed(realEntries(index + 1)[index])) },
  '50 with every exon reversed': { seq_regions: realEntries(50).map(reversed) },
  '50 wrong in one field': { seq_regions: realEntries(50).map((entry) => ({ ...entry, seq_id: 7 })) },
  '50 of one id': { seq_regions: realEntries(50).map((entry) => ({ ...entry, unique_entry_id: 'a' })) },
  '600 exons as text': { seq_regions: realEntries(2).map((entry) => ({ ...entry, exon_seq_regions: Array(300).fill('5113100..5113420') })) },
  '50 with a variant': { seq_regions: realEntries(50).map(({ unique_entry_id, ...entry }) => ({ unique_entry_id, ...entry, cds_seq_regions: [], variants: [variant] })) },
  '1,800 short entries': {
    seq_regions: Array.from({ length: 1800 }, (_, index) => ({
      unique_entry_id: `${index}`, base_seq_name: 'n', seq_id: 'X', exon_seq_regions: ['1..2'], fasta_file_url: 's3://bucket/k',
    })),
  },
  'a thousand jobs behind a URI': { seq_regions_uri: 's3://bucket/inputs/x.json', input_count: 25_000 },
};

const own = (name: string, value: unknown) => JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`);
const MARKS = [
  ['_jsonata_function', true], ['_jsonata_lambda', true], ['sequence', true], ['keepSingleton', true], ['tupleStream', true], ['cons', true],
  ['outerWrapper', true], ['thunk', true], ['length', 7], ['implementation', 'x'],
] as const;

/** Thirty inputs that pose as JSONata's own data. */
export const FORGERIES: Readonly<Record<string, any>> = Object.fromEntries(MARKS.flatMap(([mark, value]) => {
  const forged = own(mark, value);
  const [first, second] = realEntries(2);
  return [
    [`${mark} as an entry`, { seq_regions: [forged, second] }],
    [`${mark} in an entry`, { seq_regions: [{ ...first, ...forged }, second] }],
    [`${mark} as an exon and elsewhere`, { seq_regions: [{ ...first, exon_seq_regions: [forged] }, second], note: { '': [forged] } }],
  ];
}));

const [FIRST, SECOND] = realEntries(2);
const changed = (changes: object) => ({ seq_regions: [{ ...FIRST, ...changes }, SECOND] });

/** Inputs that two implementations of one language may well read differently. */
export const ODD_INPUTS: Readonly<Record<string, any>> = {
  ...FORGERIES,
  'no-break spaces in names': changed({ base_seq_name: 'a\u00a0b', alt_seq_name_suffix: '\u00a0', fasta_file_url: 'https://a\u00a0b' }),
  'other white space in names': changed({ base_seq_name: 'a\u2003b', alt_seq_name_suffix: '\ufeff', fasta_file_url: 's3://a/\u3000' }),
  'line separators in names': changed({ base_seq_name: 'a\u2028b', seq_id: 'X\u2029', unique_entry_id: 'a\u0085' }),
  'line feeds at the ends': changed({ unique_entry_id: 'a\n', base_seq_name: 'b\n', seq_id: 'c\n', exon_seq_regions: ['1..2\n'], fasta_file_url: 's3://b/k\n' }),
  'carriage returns at the ends': changed({ unique_entry_id: 'a\r', base_seq_name: 'b\r\n', exon_seq_regions: ['1..2\r'], alt_seq_name_suffix: 'x\r' }),
  'a URI with a line feed': { seq_regions_uri: 's3://bucket/key\n', input_count: 3 },
  'names beyond ASCII': changed({ base_seq_name: 'Ünïcödé-蛋白质', seq_id: '\u{1F9EC}'.repeat(50), unique_entry_id: 'é' }),
  'quotes, backslashes and slashes': changed({ base_seq_name: '"\\/', seq_id: 'a"b\\', exon_seq_regions: ['"', '\\', { start: '"', end: '\\' }] }),
  'what looks like JSON in texts': changed({ base_seq_name: '","seq":"x', seq_id: '{"start":1,"end":2}', exon_seq_regions: ['1..2","3..4', '],['] }),
  'names that JavaScript knows': changed({ unique_entry_id: '__proto__', base_seq_name: 'constructor', seq_id: 'toString' }),
  'empty lists': changed({ exon_seq_regions: [], cds_seq_regions: [], variant_ids: [], variants: [] }),
  'single parts': changed({ exon_seq_regions: ['10..20'], cds_seq_regions: [{ start: 10, end: 20, frame: 0 }], variant_ids: ['v'], seq_strand: '+' }),
  'lists in lists': changed({ exon_seq_regions: [['1..2']], cds_seq_regions: [[{ start: 1, end: 2, frame: 0 }]], variant_ids: [['v']], unique_entry_id: ['a'] }),
  'an entry in a list': { seq_regions: [[FIRST], SECOND] },
  'no entries': { seq_regions: [] },
  'an entry alone': { seq_regions: [FIRST] },
  'an entry alone, with variants': { seq_regions: [{ ...FIRST, variant_ids: ['v'] }] },
  'ids used again': { seq_regions: [FIRST, SECOND, FIRST, { unique_entry_id: SECOND.unique_entry_id }] },
  'numbers at their borders': changed({
    exon_seq_regions: ['000000000000001..000000000000002', '999999999999999..1', { start: 999999999999999, end: 1e15 }, { start: 1.5, end: 0 }], seq_strand: '+',
  }),
  'truth values and nulls': changed({ unique_entry_id: null, base_seq_name: true, seq_id: false, seq_strand: null, exon_seq_regions: [null, false], variant_ids: null }),
};
