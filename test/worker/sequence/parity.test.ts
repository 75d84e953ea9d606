import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PARITY_FOLDER, RecordedCase, recordedCases, RecordedRun, recordedRuns, WORM_FOLDER } from './recorded-cases';
import { ExitCode } from '../../../src/contract/exit-codes';
import { WorkerEnd, WorkerProgram } from '../support/worker-program';
import { serveVariants } from '../variant/variant-api-server';

// Every recorded result, byte for byte, through the worker's command line. Entries that give output share a process; those that fail
// are judged by their error files. Ids of variants are looked up at a stand-in of the API, and the same is done with inline variants.

const CASES = recordedCases();
const RUNS = recordedRuns();

let worker: WorkerProgram;
let scratch: string;

beforeAll(() => {
  worker = new WorkerProgram();
  scratch = mkdtempSync(join(tmpdir(), 'pavi-parity-'));
  // A relative file://NAME lies beside the input file.
  for (const folder of [PARITY_FOLDER, WORM_FOLDER]) {
    readdirSync(folder).filter((name) => /\.gz(\.fai|\.gzi)?$/.test(name)).forEach((name) => copyFileSync(join(folder, name), join(scratch, name)));
  }
});

afterAll(() => {
  worker.remove();
  rmSync(scratch, { recursive: true, force: true });
});

let folders = 0;

interface Retrieved {
  readonly end: WorkerEnd;
  /** A file of the output folder, where it is there. */
  read(name: string): string | undefined;
  error(name: string): Readonly<Record<string, any>> | undefined;
}

async function retrieve(entries: readonly unknown[], variantsApi: Readonly<Record<string, unknown>>, ...options: string[]): Promise<Retrieved> {
  const server = await serveVariants(variantsApi);
  const name = `out-${folders += 1}`;
  const output = join(scratch, name);
  writeFileSync(join(scratch, `${name}.json`), JSON.stringify(entries));
  try {
    const end = await worker.run(['retrieve', '--input', join(scratch, `${name}.json`), '--output-dir', output, '--allow-local',
      '--variant-api-url', server.url, ...options]);
    const read = (file: string) => (existsSync(join(output, file)) ? readFileSync(join(output, file), 'utf8') : undefined);
    return {
      end,
      read,
      error: (file) => {
        const text = read(`errors/${file}.json`);
        return text === undefined ? undefined : JSON.parse(text) as Record<string, any>;
      },
    };
  } finally {
    await server.close();
  }
}

/** Cases that mean something else by the same variant id need a server of their own. */
function withoutConflicts(cases: readonly RecordedCase[]): RecordedCase[][] {
  const groups: { cases: RecordedCase[]; answers: Map<string, string> }[] = [];
  for (const recorded of cases) {
    const answers = Object.entries(recorded.variants_api).map(([id, answer]) => [id, JSON.stringify(answer)] as const);
    let group = groups.find((one) => answers.every(([id, answer]) => (one.answers.get(id) ?? answer) === answer));
    if (group === undefined) groups.push(group = { cases: [], answers: new Map() });
    group.cases.push(recorded);
    for (const [id, answer] of answers) group.answers.set(id, answer);
  }
  return groups.map((group) => group.cases);
}

const apiOf = (cases: readonly RecordedCase[]) => Object.assign({}, ...cases.map((recorded) => recorded.variants_api)) as Record<string, unknown>;

type EntryOf = (recorded: RecordedCase) => unknown;

/** The cases that must give output: all in one process. */
async function judgeOutputs(cases: readonly RecordedCase[], entryOf: EntryOf, wrong: Map<string, string>): Promise<void> {
  for (const group of withoutConflicts(cases)) {
    const { end, read, error } = await retrieve(group.map(entryOf), apiOf(group), '--keep-going');
    expect(end.stderr).toBe('');
    for (const recorded of group) {
      const id = recorded.entry.unique_entry_id;
      const { expect: { source, protein_fa: fasta, seqinfo_json: seqInfo, error_text_free: free }, pavi } = recorded;
      const expected = source === 'pavi' ? { fasta: pavi.protein_fa, seqInfo: pavi.seqinfo_json } : { fasta, seqInfo };
      const comparable = (text: string | undefined | null) => (free ? text?.replace(/"error": "(?:[^"\\]|\\.)+"/g, '"error": "..."') : text);
      if (read(`${id}-protein.fa`) !== expected.fasta || comparable(read(`${id}-seqinfo.json`)) !== comparable(expected.seqInfo)) {
        wrong.set(recorded.case_id, `${recorded.category}: expected ${JSON.stringify(expected)}, got ${read(`${id}-protein.fa`)} `
          + `${read(`${id}-seqinfo.json`)} ${JSON.stringify(error(id))}`);
      }
    }
    if (wrong.size === 0) expect(end.code).toBe(ExitCode.DONE);
  }
}

/** The cases that must fail: what the check of the whole input lists, and what each of the others leaves an error file for. */
async function judgeFailures(cases: readonly RecordedCase[], entryOf: EntryOf, wrong: Map<string, string>): Promise<void> {
  const checked = await retrieve(cases.map(entryOf), {});
  expect(checked.end.code).toBe(ExitCode.BAD_INPUT);
  expect(checked.error('retrieve')).toMatchObject({ error: 'Pavi.InvalidInput', entry: null });
  const problems = checked.error('retrieve')!.found as string[];
  const listed = new Set(problems.map((problem) => Number(/^seq_regions\[(\d+)\]/.exec(problem)![1])));

  for (const group of withoutConflicts(cases.filter((_, index) => !listed.has(index)))) {
    const { end, read, error } = await retrieve(group.map(entryOf), apiOf(group), '--keep-going');
    expect(end.code).toBe(ExitCode.BAD_INPUT);
    for (const recorded of group) {
      const id = recorded.entry.unique_entry_id;
      const report = error(id);
      const failed = /^Pavi\.(InvalidInput|ReferenceSequenceFailed|GenomeUnavailable|VariantUnavailable)$/.test(report?.error as string)
        && report?.entry === id && typeof report.message === 'string' && report.message.length > 20;
      if (!failed || read(`${id}-protein.fa`) !== undefined || read(`${id}-seqinfo.json`) !== undefined) {
        wrong.set(recorded.case_id, `${recorded.category}: must fail, got ${read(`${id}-protein.fa`)} ${JSON.stringify(report)}`);
      }
    }
  }
}

async function judge(cases: readonly RecordedCase[], entryOf: EntryOf): Promise<void> {
  const wrong = new Map<string, string>();
  const of = (result: string) => cases.filter((recorded) => recorded.expect.result === result);
  await Promise.all([judgeOutputs(of('output'), entryOf, wrong), judgeFailures(of('failure'), entryOf, wrong)]);
  const kinds = new Map<string, { passed: number; all: number }>();
  for (const { case_id: id, outcome } of cases) {
    const kind = kinds.get(outcome) ?? { passed: 0, all: 0 };
    kinds.set(outcome, { passed: kind.passed + (wrong.has(id) ? 0 : 1), all: kind.all + 1 });
  }
  process.stdout.write(`${cases.length - wrong.size} of ${cases.length} ${expect.getState().currentTestName}:\n${[...kinds].map(([kind, { passed, all }]) => `  ${passed} of ${all} ${kind}\n`).join('')}`);
  expect(Object.fromEntries(wrong)).toEqual({});
}

test('all records are here', () => {
  expect([CASES.length, RUNS.length]).toEqual([979, 14]);
});

test('retrievals give what was recorded', () => judge(CASES, ({ entry }) => entry));

const INLINE = CASES.filter(({ variants_inline: inline }) => inline !== null && inline.length > 0);

test('retrievals give the same with inline variants', () => judge(
  INLINE, ({ entry, variants_inline: variants }) => ({ ...entry, variant_ids: undefined, variants })));

test.each(RUNS.map((run) => [run.run_id, run.description, run] as const))('run %s gives what was recorded: %s', async (_id, _description, run) => {
  const retrieved = await retrieve(run.seq_regions, run.variants_api);
  expect(retrieved.end.code).toBe(ExitCode.DONE);
  const input = join(scratch, `out-${folders}`);
  const results = join(scratch, `results-${folders}`);
  mkdirSync(results);
  const read = (name: string) => readFileSync(join(results, name), 'utf8');
  const aligned = await worker.run(['align', '--input-dir', input, '--output', join(results, 'alignment-output.aln')]);
  if (run.expect.result === 'failure') {
    expect(aligned.code).toBe(ExitCode.BAD_INPUT);
    expect(JSON.parse(read('errors/align.json'))).toMatchObject({ error: 'Pavi.AlignmentFailed', entry: null });
    return;
  }
  expect(aligned).toMatchObject({ code: ExitCode.DONE });
  const collected = await worker.run(['collect', '--input-dir', input, '--alignment', join(results, 'alignment-output.aln'),
    '--output', join(results, 'aligned_seq_info.json')]);
  expect(collected).toMatchObject({ code: ExitCode.DONE });
  const expected = textsOf(run);
  expect(joined(retrieved, run)).toBe(expected.alignment_input_fa);
  expect(read('alignment-output.aln')).toBe(expected.alignment_output_aln);
  expect(read('aligned_seq_info.json')).toBe(expected.aligned_seq_info_json);
});

function textsOf({ expect: expected, pavi }: RecordedRun): RecordedRun['pavi'] {
  return expected.source === 'pavi' ? pavi : expected;
}

/** What is aligned: the files' records in the order of their names, each once. */
function joined({ read }: Retrieved, { seq_regions: entries }: RecordedRun): string {
  const names = entries.map((entry) => `${entry.unique_entry_id as string}-protein.fa`).sort();
  return [...new Set(names.flatMap((name) => read(name)!.match(/>.*\n.*\n/g)!))].join('');
}
