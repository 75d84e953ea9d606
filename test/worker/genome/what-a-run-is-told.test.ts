import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainGenome } from './genome-files';
import { WorkerProgram } from '../support/worker-program';
import { serveVariants } from '../variant/variant-api-server';

// What is odd about a genome, and does not keep a protein from being made, is a warning of its entry; what is odd about one entry fails no other.

const CODING = 'ATGGCATGGCCTAAATCTTAA';
const PROTEIN = 'MAWPKS';

let folder: string;
let worker: WorkerProgram;
beforeAll(() => { worker = new WorkerProgram(); });
afterAll(() => worker.remove());
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'pavi-told-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function putGenome(sequence: string): void {
  const { fasta, fai } = plainGenome({ c: sequence });
  writeFileSync(join(folder, 'g.fa'), fasta);
  writeFileSync(join(folder, 'g.fa.fai'), fai);
}

const entry = (id: string, fields: object = {}) => ({
  unique_entry_id: id, base_seq_name: id, seq_id: 'c', exon_seq_regions: ['1..21'], cds_seq_regions: [{ start: 1, end: 21, frame: 0 }], fasta_file_url: 'file://g.fa', ...fields,
});

async function retrieve(input: string | Buffer, ...more: string[]) {
  writeFileSync(join(folder, 'in.json'), input);
  const end = await worker.run(['retrieve', '--input', join(folder, 'in.json'), '--output-dir', join(folder, 'out'), '--allow-local', '--keep-going', ...more]);
  const path = (name: string) => join(folder, 'out', name);
  const text = (name: string) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : undefined);
  const warnings = end.lines.filter(({ event }) => event === 'entry-warning').map(({ level, entry: id, kind, warning }) => ({ level, entry: id, kind, warning }));
  return { ...end, text, warnings };
}

test('U is T, in genomes and in variants', async () => {
  putGenome(CODING.replaceAll('T', 'U').replace('CCU', 'ccu'));
  const variant = { genomic_seq_id: 'c', genomic_start_pos: 8, genomic_end_pos: 8 };
  const { code, text, warnings } = await retrieve(JSON.stringify([entry('plain'), entry('varied', {
    variants: [{ ...variant, variant_id: 'rna', genomic_ref_seq: 'G', genomic_alt_seq: 'u' }, {
      ...variant, variant_id: 'dna', genomic_start_pos: 12, genomic_end_pos: 12, genomic_ref_seq: 'T', genomic_alt_seq: 'A',
    }],
  })]));
  expect([code, warnings]).toEqual([0, []]);
  expect(text('plain-protein.fa')).toBe(`>plain\n${PROTEIN}\n`);
  expect(text('varied-protein.fa')).toBe(`>varied_ref\n${PROTEIN}\n>varied_alt\nMALPKS\n`);
  expect(text('varied-seqinfo.json')).toContain('"genomic_alt_seq": "u"');
});

test.each([['+', CODING], ['-', [...CODING].reverse().map((base) => ({ A: 'T', C: 'G', G: 'C', T: 'A' })[base]).join('')]])(
  'letters that are no nucleotide codes are a warning with their positions (strand %s)', async (seq_strand, sequence) => {
    const at = (position: number, letter: string, text: string) => text.slice(0, position - 1) + letter + text.slice(position);
    putGenome(at(8, 'e', at(12, '-', sequence)));
    const { code, text, warnings } = await retrieve(JSON.stringify([entry('e', { seq_strand })]));
    expect(code).toBe(0);
    expect(text('e-protein.fa')).toBe(seq_strand === '+' ? '>e\nMAXXKS\n' : '>e\nMAWXXS\n');
    const places = seq_strand === '+' ? '"E" at c:8, "-" at c:12' : '"-" at c:12, "E" at c:8';
    expect(warnings).toEqual([{
      level: 'WARN',
      entry: 'e',
      kind: 'unknown-letters',
      warning: `the coding region has 2 letters that are no nucleotide codes: ${places}; a codon with one becomes X`,
    }]);
  });

test('of many such letters, the first ones are listed; IUPAC codes are none of them, and those outside of the coding region are not looked at', async () => {
  putGenome(`ATGRYSWKMBDHVNn${'QZE'.repeat(9)}TAA${'Q'.repeat(9)}`);
  const { warnings } = await retrieve(JSON.stringify([entry('e', { exon_seq_regions: ['1..54'], cds_seq_regions: [{ start: 1, end: 45, frame: 0 }] })]));
  expect(warnings.map(({ warning }) => warning)).toEqual([
    'the coding region has 27 letters that are no nucleotide codes: "Q" at c:16, "Z" at c:17, "E" at c:18, "Q" at c:19, "Z" at c:20, and 22 more; a codon with one becomes X',
  ]);
});

test('an index that is older than its genome is a warning of each entry, also of one that fails', async () => {
  putGenome(CODING);
  utimesSync(join(folder, 'g.fa.fai'), 1_600_000_000, 1_600_000_000);
  const { code, text, warnings } = await retrieve(JSON.stringify([entry('made'), entry('failed', { cds_seq_regions: [], exon_seq_regions: ['4..6'] })]));
  expect(code).toBe(64);
  expect(text('made-protein.fa')).toBe(`>made\n${PROTEIN}\n`);
  expect(warnings).toHaveLength(2);
  for (const warning of warnings) expect(warning).toMatchObject({ level: 'WARN', kind: 'stale-index', warning: expect.stringMatching(/g\.fa\.fai \(of 2020-.*\) is older than/) });
});

test('an input with a byte order mark is read; one of 16 bits a character is named', async () => {
  putGenome(CODING);
  const json = `\ufeff${JSON.stringify([entry('e')])}`;
  expect(await retrieve(json)).toMatchObject({ code: 0 });
  for (const swapped of [false, true]) {
    const bytes = Buffer.from(json, 'utf16le');
    const { code, text } = await retrieve(swapped ? bytes.swap16() : bytes);
    expect([code, JSON.parse(text('errors/retrieve.json')!)]).toEqual([64, expect.objectContaining({ message: expect.stringMatching(/is UTF-16, .* save it as UTF-8/) })]);
  }
});

test('a variant answer that is nested without end is the error of its entry alone', async () => {
  putGenome(CODING);
  const deep = `${'['.repeat(300_000)}${']'.repeat(300_000)}`;
  const server = await serveVariants({}, (request, response) => {
    const answers: Record<string, string> = { list: deep, location: `{"location":${deep}}`, sequence: `{"location":{},"genomicReferenceSequence":${deep}}`, beside: `{"x":${deep}}` };
    response.end(answers[request.url!.split('/').pop()!]);
    return true;
  });
  try {
    const ids = ['list', 'location', 'sequence', 'beside'];
    const { code, text } = await retrieve(JSON.stringify([entry('good'), ...ids.map((id) => entry(id, { variant_ids: [id] }))]), '--variant-api-url', server.url);
    expect(code).toBe(64);
    expect(text('good-protein.fa')).toBe(`>good\n${PROTEIN}\n`);
    for (const id of ids) {
      expect(JSON.parse(text(`errors/${id}.json`)!)).toMatchObject({ error: 'Pavi.VariantUnavailable', entry: id, message: `the variant API's answer for ${id} is nested too deeply` });
    }
  } finally {
    await server.close();
  }
});
