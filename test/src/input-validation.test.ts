import { readFileSync } from 'fs';
import { join } from 'path';
import { evaluate } from './support/expressions';
import { MAX_PROBLEMS_LISTED } from '../../src/contract/entry-rules';
import { inputProblems, inputRefusal } from '../../src/orchestration/input-validation';

interface Row {
  readonly name: string;
  readonly input: any;
  readonly problems: string[];
}

const DATA = join(__dirname, '..', 'data');
const TABLE: Row[] = JSON.parse(readFileSync(join(DATA, 'input-table.json'), 'utf8'));
const read = (file: string) => JSON.parse(readFileSync(join(DATA, file), 'utf8'));

const problemsOf = async (input: unknown): Promise<string[]> => [await evaluate(inputProblems(), { states: { input } })].flat();
const refusalOf = (input: unknown): Promise<string> => evaluate(inputRefusal(), { states: { input } });

describe('the problems of an input', () => {
  test.each(TABLE)('$name', async ({ input, problems }) => {
    expect(await problemsOf(input)).toEqual(problems);
  });

  test.each(['golden/seq_regions.json', 'golden/failing_seq_regions.json'])('none in the real entries of %s', async (file) => {
    expect(await problemsOf({ seq_regions: read(file) })).toEqual([]);
  });
});

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

  test('lists so many problems, and says how many more there are', async () => {
    const all = await refusalOf(wrong(MAX_PROBLEMS_LISTED));
    expect(all).toMatch(/^100 problems: seq_regions\[0] \(e0\): seq_id/);
    expect(all).toMatch(/seq_regions\[99] \(e99\): seq_id[^;]*$/);
    const more = await refusalOf(wrong(MAX_PROBLEMS_LISTED + 7));
    expect(more).toMatch(/^107 problems: /);
    expect(more).not.toContain('(e100)');
    expect(more).toMatch(/; and 7 more$/);
  });

  test('fits the cause of a Fail state, however long and wide the values are', async () => {
    const dna = '\u{1F9EC}'.repeat(200);
    const entries = Array.from({ length: 100 }, (_, index) => ({ unique_entry_id: `${index}`.padStart(128, 'x'), base_seq_name: ` ${dna}`, exon_seq_regions: [dna] }));
    const refusal = await refusalOf({ seq_regions: entries });
    expect(refusal).toMatch(/^400 problems: /);
    expect(refusal.length).toBeLessThan(32_768);
    expect(refusal).toMatch(/\.\.\.$/);
  });
});
