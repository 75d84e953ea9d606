import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damage, damaged, tries } from './damage';
import { retrieve } from '../../../worker/commands/retrieve';
import { parseVariantAnswer } from '../../../worker/variant/variant';
import { WorkerError } from '../../../worker/worker-error';
import { fc } from '../../support/fast-check';
import { plainGenome, randomBases } from '../genome/genome-files';
import { WorkerProgram } from '../support/worker-program';

// Whatever an input is: what breaks the contract ends in Pavi.InvalidInput before anything is made; nothing hangs or crashes.

const SEQUENCE = `AA${'ATG'}${'GCC'.repeat(30)}TAA${randomBases(200, 2, 'ACGT')}`;
const ENTRY = {
  unique_entry_id: 'e',
  base_seq_name: 'n',
  seq_id: 'chr1',
  seq_strand: '+',
  exon_seq_regions: ['1..120'],
  cds_seq_regions: [{ start: 3, end: 98, frame: 0 }],
  fasta_file_url: 'file://g.fa',
  variant_ids: [],
  alt_seq_name_suffix: '_alt',
  variants: [{ variant_id: 'v', genomic_seq_id: 'chr1', genomic_start_pos: 6, genomic_end_pos: 6, genomic_ref_seq: 'G', genomic_alt_seq: 'C' }],
};
const VARIANT = ENTRY.variants[0];

let worker: WorkerProgram;
let folder: string;
let outputs = 0;

beforeAll(() => {
  worker = new WorkerProgram();
  folder = mkdtempSync(join(tmpdir(), 'pavi-input-fuzz-'));
  const { fasta, fai } = plainGenome({ chr1: SEQUENCE });
  writeFileSync(join(folder, 'g.fa'), fasta);
  writeFileSync(join(folder, 'g.fa.fai'), fai);
});
afterAll(() => {
  worker.remove();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => { jest.spyOn(process.stdout, 'write').mockReturnValue(true); });
afterEach(() => jest.restoreAllMocks());

async function outcomeOf(text: string | Buffer): Promise<{ error?: WorkerError; made: boolean }> {
  const outputDir = join(folder, `out-${outputs += 1}`);
  writeFileSync(join(folder, 'input.json'), text);
  const options = {
    input: join(folder, 'input.json'), outputDir, keepGoing: false, allowLocal: true, variantApiUrl: 'http://127.0.0.1:1/', genomeSources: [],
  };
  try {
    await retrieve(options, new AbortController().signal, {});
    return { made: existsSync(outputDir) };
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    return { error, made: existsSync(outputDir) };
  }
}

const entryWith = (fields: object) => JSON.stringify([{ ...ENTRY, ...fields }]);
const variantWith = (fields: object) => entryWith({ variants: [{ ...VARIANT, ...fields }] });

test('the entry that is changed below is right', async () => {
  expect(await outcomeOf(JSON.stringify([ENTRY]))).toEqual({ made: true });
});

const NO_TEXT = fc.oneof(fc.constantFrom(null, undefined, '', 0, 1.5, true, [], {}), fc.integer(), fc.array(fc.string()));
const NO_POSITION = fc.oneof(fc.constantFrom(null, undefined, '', '5', 0, -1, 1.5, 1e15, 1e300, true, [], [5], {}), fc.integer({ max: 0 }), fc.string());
const NO_LIST = fc.oneof(fc.constantFrom('', 'x', 0, 1, true, false, {}), fc.string(), fc.integer(), fc.dictionary(fc.string(), fc.string()));
const WHITE = fc.tuple(fc.string(), fc.constantFrom(' ', '\t', '\n', '\r', '\u00a0', '\u2003', '\ufeff'), fc.string()).map((parts) => parts.join(''));
const part = (wrong: fc.Arbitrary<unknown>) => fc.array(fc.constant('1..120'), { maxLength: 3 }).chain((right) => wrong.map((one) => [...right, one]));
const WRONG_PART = fc.oneof(
  fc.record({ start: NO_POSITION, end: fc.constant(9) }), fc.record({ start: fc.constant(1), end: NO_POSITION }),
  fc.constantFrom(null, 5, [], {}, [1, 2]),
  fc.string().filter((text) => !/^\d{1,15}\.\.\d{1,15}$/.test(text)), fc.constantFrom('1-5', '1...5', '1..', '..5', ' 1..5', '1..5 ', '0..5', '5..1', '1.0..5', '+1..5', '1..5..9'));

test.each<[string, fc.Arbitrary<string>]>([
  ['an id that is no file name', fc.oneof(NO_TEXT, fc.string().filter((text) => !/^[\w.-]{1,128}$/.test(text) || /[^\x20-\x7e]/.test(text)), fc.constantFrom('../e', 'a/b', 'a b',
    `${'x'.repeat(129)}`, 'ä', 'a\n', 'a\0')).map((unique_entry_id) => entryWith({ unique_entry_id }))],
  ['an id that is used twice', fc.integer({ min: 2, max: 5 }).map((times) => JSON.stringify(new Array(times).fill(ENTRY)))],
  ['a name with white space, or none', fc.oneof(NO_TEXT, WHITE).map((base_seq_name) => entryWith({ base_seq_name }))],
  ['a sequence that is not named', NO_TEXT.map((seq_id) => entryWith({ seq_id }))],
  ['a strand that is none', fc.oneof(fc.constantFrom('', '*', '1', '-2', 'plus', 0, 1, -1, true, []), fc.string().filter((text) => !['+', '+1', 'pos', '-', '-1', 'neg'].includes(text)))
    .map((seq_strand) => entryWith({ seq_strand }))],
  ['no exons', fc.oneof(NO_LIST, fc.constantFrom(null, undefined, [])).map((exon_seq_regions) => entryWith({ exon_seq_regions }))],
  ['an exon that is none', part(WRONG_PART).map((exon_seq_regions) => entryWith({ exon_seq_regions }))],
  ['coding parts that are no list', NO_LIST.map((cds_seq_regions) => entryWith({ cds_seq_regions }))],
  ['a coding part that is none', fc.oneof(WRONG_PART, fc.constant('1..5')).map((one) => entryWith({ cds_seq_regions: [...ENTRY.cds_seq_regions, one] }))],
  ['a coding part without a frame', fc.constantFrom(undefined, null, -1, 3, 0.5, '0', true, []).map((frame) => entryWith({ cds_seq_regions: [{ start: 3, end: 98, frame }] }))],
  ['a part that ends before it starts on +', fc.tuple(fc.integer({ min: 2, max: 99 }), fc.boolean()).map(([start, text]) => entryWith({
    exon_seq_regions: [text ? `${start}..${start - 1}` : { start, end: start - 1 }],
  }))],
  ['a genome that is no URL', fc.oneof(NO_TEXT, WHITE, fc.constantFrom('g.fa', '/g.fa', 'ftp://example.org/g.fa', 'HTTPS://example.org/g.fa', 'https://', 'data:,ACGT',
    'https://a b/')).map((fasta_file_url) => entryWith({ fasta_file_url }))],
  ['ids of variants that are no list', NO_LIST.map((variant_ids) => entryWith({ variant_ids }))],
  ['an id of a variant that is none', fc.oneof(fc.constantFrom(null, '', 0, true, [], {}), fc.integer()).map((one) => entryWith({ variant_ids: ['v', one] }))],
  ['variants that are no list', NO_LIST.map((variants) => entryWith({ variants }))],
  ['a variant that is none', fc.constantFrom(null, 'v', 0, [], {}, true).map((one) => entryWith({ variants: [VARIANT, one] }))],
  ['a variant without an id or a sequence', fc.tuple(fc.constantFrom('variant_id', 'genomic_seq_id'), NO_TEXT).map(([field, value]) => variantWith({ [field]: value }))],
  ['a variant without a position', fc.tuple(fc.constantFrom('genomic_start_pos', 'genomic_end_pos'), NO_POSITION).map(([field, value]) => variantWith({ [field]: value }))],
  ['a variant\'s bases that are no text', fc.tuple(fc.constantFrom('genomic_ref_seq', 'genomic_alt_seq'), fc.constantFrom(0, 5, true, [], {}, ['A']))
    .map(([field, value]) => variantWith({ [field]: value }))],
  ['a variant with neither sequence', fc.constantFrom('', null, undefined).map((none) => variantWith({ genomic_ref_seq: none, genomic_alt_seq: '' }))],
  ['a variant that ends before it starts', fc.integer({ min: 7, max: 90 }).map((genomic_start_pos) => variantWith({ genomic_start_pos }))],
  ['an insertion that is not between two bases', fc.integer({ min: 6, max: 90 }).filter((end) => end !== 7).map((genomic_end_pos) => variantWith({ genomic_ref_seq: '', genomic_end_pos }))],
  ['one id for two variants', fc.constantFrom('A', 'T', '', 'CC').map((genomic_alt_seq) => entryWith({ variants: [VARIANT, { ...VARIANT, genomic_alt_seq }] }))],
  ['a suffix that is none', fc.oneof(WHITE, fc.constantFrom('_ref', 0, false, [], {})).map((alt_seq_name_suffix) => entryWith({ alt_seq_name_suffix }))],
  ['entries that are no objects', fc.constantFrom(null, 0, 'e', [], true, [ENTRY]).map((one) => JSON.stringify([ENTRY, one]))],
  ['no list', fc.oneof(fc.constantFrom('{}', 'null', '0', '""', '[]', 'true'), fc.constant(JSON.stringify(ENTRY)))],
  ['no JSON', fc.oneof(fc.constantFrom('', ' ', '[', '[{]', 'NaN', "['e']", '[1,]', '\0', '[{"a":1}] x'), fc.string().filter((text) => !/^\s*["[{\dtfn-]/.test(text)))],
])('%s', async (_kind, inputs) => {
  await fc.assert(fc.asyncProperty(inputs, async (text) => {
    const { error, made } = await outcomeOf(text);
    expect([error?.errorName, error?.exitCode, made]).toEqual(['Pavi.InvalidInput', 64, false]);
    expect(error!.message.length).toBeGreaterThan(20);
  }), { numRuns: tries(25) });
});

test('any damage to an input ends in the same two ways', async () => {
  const right = Buffer.from(JSON.stringify([ENTRY, { ...ENTRY, unique_entry_id: 'f', variants: [], cds_seq_regions: [] }]));
  await fc.assert(fc.asyncProperty(damage, async (wounds) => {
    const { error } = await outcomeOf(damaged(right, wounds));
    if (error !== undefined) expect([64, 69]).toContain(error.exitCode);
  }), { numRuns: tries(200) });
}, 600_000);

test('any answer of the variant API is a variant or an error that says so', () => {
  const answer = fc.oneof(fc.jsonValue(), fc.record({
    location: fc.oneof(fc.jsonValue(), fc.record({
      chromosome: fc.oneof(fc.string(), fc.jsonValue()), start: fc.oneof(fc.integer(), fc.jsonValue()), end: fc.oneof(fc.integer(), fc.jsonValue()),
    })),
    genomicReferenceSequence: fc.oneof(fc.string(), fc.jsonValue()),
    genomicVariantSequence: fc.oneof(fc.string(), fc.jsonValue()),
  }, { requiredKeys: [] }));
  fc.assert(fc.property(answer, (json) => {
    try {
      const { start, end, referenceSequence, alternativeSequence } = parseVariantAnswer('v', json);
      expect(start).toBeLessThanOrEqual(end);
      expect(referenceSequence + alternativeSequence).not.toBe('');
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      expect([error.errorName, error.exitCode]).toEqual(['Pavi.VariantUnavailable', 64]);
    }
  }), { numRuns: tries(2000) });
});

test.each<[string, () => string]>([
  ['a list of 300,000 wrong exons', () => entryWith({ exon_seq_regions: new Array(300_000).fill('x') })],
  ['300,000 exons', () => entryWith({ exon_seq_regions: new Array(300_000).fill('1..120'), cds_seq_regions: [] })],
  ['exons of a billion bases', () => entryWith({ exon_seq_regions: ['1..1000000000'], cds_seq_regions: [] })],
  ['100,000 entries that are none', () => JSON.stringify(new Array(100_000).fill(7))],
  ['nesting a million deep', () => `[${'['.repeat(1_000_000)}`],
  ['a field that is nested 100,000 deep', () => `[{"seq_strand":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`],
  ['a name of 20 million letters', () => entryWith({ seq_strand: 'x'.repeat(20_000_000) })],
])('a hostile input leaves its error file too: %s', async (_name, input) => {
  writeFileSync(join(folder, 'hostile.json'), input());
  rmSync(join(folder, 'hostile'), { recursive: true, force: true });
  const { code, metrics } = await worker.run(['retrieve', '--input', join(folder, 'hostile.json'), '--output-dir', join(folder, 'hostile'), '--allow-local']);
  expect(code).toBe(64);
  const [name] = ['retrieve', 'e'].filter((one) => existsSync(join(folder, 'hostile/errors', `${one}.json`)));
  expect(JSON.parse(readFileSync(join(folder, 'hostile/errors', `${name}.json`), 'utf8'))).toMatchObject({
    error: expect.stringMatching(/^Pavi\.(InvalidInput|ReferenceSequenceFailed)$/),
  });
  expect(metrics!.PeakMemory).toBeLessThan(450);
});
