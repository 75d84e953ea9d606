import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInputProblems } from '../../../worker/commands/run-input';
import { WorkerProgram } from '../support/worker-program';

const DATA = join(__dirname, '../../data');
const TABLE = JSON.parse(readFileSync(join(DATA, 'input-table.json'), 'utf8')) as { name: string; input: unknown; problems: string[] }[];

describe('the problems of a run\'s input are those that the state machine finds', () => {
  test.each(TABLE)('$name', ({ input, problems }) => {
    expect(runInputProblems(input)).toEqual(problems);
  });

  test.each(['_jsonata_function', '_jsonata_lambda'])('an input that poses as JSONata\'s own data, with %s', (field) => {
    expect(runInputProblems({ seq_regions: [{ deep: [{ [field]: true }] }] })).toEqual([expect.stringMatching(/which only JSONata itself may use/)]);
  });
});

describe('the command', () => {
  let worker: WorkerProgram;
  let root: string;
  beforeAll(() => {
    worker = new WorkerProgram();
    root = mkdtempSync(join(tmpdir(), 'pavi-check-'));
  });
  afterAll(() => {
    worker.remove();
    rmSync(root, { recursive: true, force: true });
  });
  const entry = (fields: object) => ({
    unique_entry_id: 'a', base_seq_name: 'n', seq_id: 'X', exon_seq_regions: ['10..20'], fasta_file_url: 'https://example.org/g.fna.gz', ...fields,
  });
  const check = async (input: unknown) => {
    writeFileSync(join(root, 'input.json'), typeof input === 'string' ? input : JSON.stringify(input));
    const end = await worker.run(['check', '--input', join(root, 'input.json')]);
    return { ...end, problems: end.lines.filter(({ event }) => event === 'problem').map(({ problem }) => problem) };
  };

  test('finds nothing wrong with a list of entries, nor with an execution\'s input', async () => {
    const entries = [entry({}), entry({ unique_entry_id: 'b' })];
    for (const input of [entries, { seq_regions: entries, job_id: 'x' }]) {
      const end = await check(input);
      expect(end).toMatchObject({ code: 0, problems: [] });
      expect(end.lines).toContainEqual(expect.objectContaining({ event: 'checked', entries: 2 }));
    }
    const byUri = await check({ seq_regions_uri: 's3://bucket/key.json', input_count: 2 });
    expect(byUri.lines).toContainEqual(expect.objectContaining({ event: 'checked', notLookedAt: 's3://bucket/key.json' }));
  });

  test('lists every problem, more than a cause would hold, and writes no file', async () => {
    const end = await check(Array.from({ length: 150 }, (_, index) => entry({ unique_entry_id: `e${index}`, seq_id: '' })));
    expect(end.code).toBe(64);
    expect(end.problems).toHaveLength(150);
    expect(end.problems[149]).toBe('seq_regions[149] (e149): seq_id must be text, the name of a sequence in the FASTA file, got ""');
    expect(end.lines).toContainEqual(expect.objectContaining({ event: 'failed', error: 'Pavi.InvalidInput', message: expect.stringMatching(/^150 problems: /) }));
    expect(readdirSync(root)).toEqual(['input.json']);
  });

  test.each([
    ['one entry without variants', [entry({})], /can give only one sequence/],
    ['an empty list', [], /seq_regions must be a list of one or more region entries, got \[\]/],
    ['a number', 7, /must be a JSON object/],
    ['text that is not JSON', '[{]', /input.json is not JSON: /],
  ])('refuses %s', async (_what, input, message) => {
    const end = await check(input);
    expect(end.code).toBe(64);
    expect(end.lines.find(({ event }) => event === 'failed')!.message).toMatch(message);
  });

  test('says that there is no such file', async () => {
    const end = await worker.run(['check', '--input', join(root, 'none.json')]);
    expect(end.code).toBe(64);
    expect(end.lines.find(({ event }) => event === 'failed')!.message).toMatch(/none.json cannot be read: ENOENT/);
  });
});
