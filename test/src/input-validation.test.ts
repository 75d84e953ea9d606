import { readFileSync } from 'fs';
import { join } from 'path';
import { refusalOf } from './support/expressions';
import { MAX_PROBLEMS_LISTED, PROBLEMS_UNLISTED } from '../../src/contract/entry-rules';
import { runInputProblems } from '../../worker/commands/run-input';
import { formatProblems } from '../../worker/sequence/region-entry';

interface Row {
  readonly name: string;
  readonly input: any;
  readonly problems: string[];
}

const DATA = join(__dirname, '..', 'data');
const TABLE: Row[] = JSON.parse(readFileSync(join(DATA, 'input-table.json'), 'utf8'));
const read = (file: string) => JSON.parse(readFileSync(join(DATA, file), 'utf8'));

describe('the refusal of an input', () => {
  test.each(TABLE)('is empty where nothing is wrong, else has all problems: $name', async ({ input, problems }) => {
    const refusal = await refusalOf(input);
    if (problems.length === 0) {
      expect(refusal).toBe('');
    } else {
      expect(refusal).toBe(`${problems.length} problem${problems.length === 1 ? '' : 's'}: ${problems.join('; ')}`);
    }
  });

  const valid = read('golden/seq_regions.json')[0];
  const wrong = (count: number) => ({ seq_regions: Array.from({ length: count }, (_, index) => ({ ...valid, unique_entry_id: `e${index}`, seq_id: index })) });

  test.each(['golden/seq_regions.json', 'golden/failing_seq_regions.json'])('is empty for the real entries of %s', async (file) => {
    expect(await refusalOf({ seq_regions: read(file) })).toBe('');
  });

  test('says so if it lists fewer problems than the worker', async () => {
    const worker = (input: unknown) => formatProblems(runInputProblems(input));
    expect(await refusalOf(wrong(25))).toBe(worker(wrong(25)));
    const first = worker(wrong(25)).replace(/^25/, 'at least 25');
    expect(await refusalOf(wrong(26))).toBe(`${first}${PROBLEMS_UNLISTED}`);
    expect(await refusalOf(wrong(50))).toBe(`${first}${PROBLEMS_UNLISTED}`);
  });

  test('ends after so many problems and parts', async () => {
    const parts = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);
    const many = (exons: number) => ({
      seq_regions: ['a', 'b', 'c', 'd', 'e'].map((unique_entry_id) => ({ ...valid, unique_entry_id, exon_seq_regions: parts(exons), cds_seq_regions: parts(exons) })),
    });
    expect(await refusalOf(many(24))).toMatch(/^at least 96 problems: .*seq_regions\[1] \(b\): cds_seq_regions\[23] [^;]*; there may be more/);
    expect(await refusalOf(many(31))).toMatch(/^at least 60 problems: .*seq_regions\[0] \(a\): cds_seq_regions\[29] [^;]*; there may be more/);
    const fields = { unique_entry_id: '/', base_seq_name: ' ', seq_id: 1, seq_strand: 'x', exon_seq_regions: parts(24), cds_seq_regions: parts(20), fasta_file_url: 1 };
    const refusal = await refusalOf({ seq_regions: [fields, fields, fields] });
    expect(refusal).toMatch(/^at least 98 problems: /);
    expect(refusal.endsWith(PROBLEMS_UNLISTED)).toBe(true);
    const more = (exons: number, coding: number) => ({ ...fields, exon_seq_regions: parts(exons), cds_seq_regions: parts(coding) });
    const most = await refusalOf({ seq_regions: [more(30, 19), more(30, 30)] });
    expect(most).toMatch(/^at least 100 problems: /);
    expect(most.split(/; seq_regions\[/)).toHaveLength(MAX_PROBLEMS_LISTED);
  });

  test('is of the form alone where there are too many entries, parts or characters; the worker checks the rest', async () => {
    expect(await refusalOf(wrong(51))).toBe('');
    expect(await refusalOf({ ...wrong(51), job_id: 7 })).toBe(`at least 1 problem: job_id must be text, got 7${PROBLEMS_UNLISTED}`);
    const long = { ...valid, seq_id: 7, exon_seq_regions: Array(700).fill('1..2') };
    expect(await refusalOf({ seq_regions: [long, valid] })).toBe('');
    expect(await refusalOf({ seq_regions: [{ ...valid, seq_id: 7 }, valid], note: 'x'.repeat(80_000) })).toBe('');
  });

  test('fits the cause of a Fail state, however long and wide the values are', async () => {
    const dna = '\u{1F9EC}'.repeat(200);
    const entries = Array.from({ length: 50 }, (_, index) => ({ unique_entry_id: `${index}`.padStart(128, 'x'), base_seq_name: ` ${dna}`, exon_seq_regions: [dna] }));
    const refusal = await refusalOf({ seq_regions: entries });
    expect(refusal).toMatch(/^at least 80 problems: /);
    expect(refusal.length).toBeLessThan(32_768);
    expect(refusal.endsWith(PROBLEMS_UNLISTED)).toBe(true);
  });
});
