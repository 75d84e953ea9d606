import { join } from 'node:path';
import { FastaInMemory } from './fasta-in-memory';
import { PARITY_FOLDER, RecordedCase, recordedCases, recordedRuns, WORM_GENOME } from './recorded-cases';
import { ErrorName } from '../../../src/contract/error-names';
import { parseEntries } from '../../../worker/sequence/region-entry';
import { formatFasta, formatSeqInfo, retrieveEntry } from '../../../worker/sequence/retrieve-entry';
import { parseVariantAnswer } from '../../../worker/variant/variant';
import { WorkerError } from '../../../worker/worker-error';

const GENOMES = new Map([
  ['file://synthetic-visible.fa.gz', FastaInMemory.fromFile(join(PARITY_FOLDER, 'synthetic-visible.fa.gz'))],
  ['file://WBcel235-sparse.fna.gz', FastaInMemory.fromFile(WORM_GENOME)],
]);

interface Output {
  readonly fasta: string;
  readonly seqInfo: string;
}

/** What the retrieve command does with one entry, but for reading and writing. */
async function retrieve(raw: unknown, variantsApi: Readonly<Record<string, unknown>>): Promise<Output> {
  const { entries: [entry], problems } = parseEntries([raw]);
  if (problems.length > 0) throw new WorkerError(ErrorName.INVALID_INPUT, problems.join('; '));
  const genome = GENOMES.get(entry.genomeUrl);
  if (genome === undefined) throw new WorkerError(ErrorName.GENOME_UNAVAILABLE, `no genome ${entry.genomeUrl}`);
  const variants = entry.variantIds.map((id) => {
    if (!(id in variantsApi)) throw new WorkerError(ErrorName.VARIANT_UNAVAILABLE, `no variant ${id}`);
    return parseVariantAnswer(id, variantsApi[id]);
  });
  const { records, seqInfo } = await retrieveEntry(entry, genome, [...variants, ...entry.variants]);
  return { fasta: formatFasta(records), seqInfo: formatSeqInfo(seqInfo) };
}

/** With error texts that are ours blotted out, where the record says that they are free. */
function comparable(output: Output, { expect: { error_text_free: free } }: RecordedCase): Output {
  if (!free) return output;
  return { fasta: output.fasta, seqInfo: output.seqInfo.replace(/"error": "(?:[^"\\]|\\.)+"/g, '"error": "..."') };
}

function expectedOf({ expect: { source, protein_fa, seqinfo_json }, pavi }: RecordedCase): Output {
  return source === 'pavi'
    ? { fasta: pavi.protein_fa ?? '', seqInfo: pavi.seqinfo_json ?? '' }
    : { fasta: protein_fa ?? '', seqInfo: seqinfo_json ?? '' };
}

async function judge(recorded: RecordedCase, raw: unknown): Promise<void> {
  if (recorded.expect.result === 'failure') {
    await expect(retrieve(raw, recorded.variants_api)).rejects.toThrow(WorkerError);
  } else {
    const output = await retrieve(raw, recorded.variants_api);
    expect(comparable(output, recorded)).toEqual(comparable(expectedOf(recorded), recorded));
  }
}

function byGene(cases: readonly RecordedCase[]): [string, RecordedCase[]][] {
  const genes = new Map<string, RecordedCase[]>();
  for (const recorded of cases) genes.set(recorded.gene, [...genes.get(recorded.gene) ?? [], recorded]);
  return [...genes];
}

async function judgeAll(cases: readonly RecordedCase[], rawOf: (recorded: RecordedCase) => unknown): Promise<void> {
  const wrong: string[] = [];
  for (const recorded of cases) {
    await judge(recorded, rawOf(recorded)).catch((error: Error) => wrong.push(`${recorded.case_id} ${recorded.category}: ${error.message}`));
  }
  expect(wrong).toEqual([]);
}

const CASES = recordedCases();

test('all recorded cases are here', () => {
  expect(CASES).toHaveLength(979);
});

test.each(byGene(CASES))('gene %s gives what was recorded', (_gene, cases) => judgeAll(cases, ({ entry }) => entry));

const INLINE_CASES = CASES.filter(({ variants_inline: inline }) => inline !== null && inline.length > 0);

test.each(byGene(INLINE_CASES))('gene %s gives the same with inline variants', (_gene, cases) => judgeAll(
  cases, ({ entry, variants_inline: variants }) => ({ ...entry, variant_ids: undefined, variants })));

test('runs give the recorded input of their alignment', async () => {
  const judged = recordedRuns().filter(({ pavi, expect: { result } }) => result === 'output' && pavi.alignment_input_fa !== null);
  expect(judged.length).toBeGreaterThan(5);
  for (const run of judged) {
    const files = new Map<string, string>();
    for (const raw of run.seq_regions) {
      files.set(`${raw.unique_entry_id as string}-protein.fa`, (await retrieve(raw, run.variants_api)).fasta);
    }
    const records = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, text]) => text.match(/>.*\n.*\n/g) ?? []);
    const expected = run.expect.source === 'pavi' ? run.pavi.alignment_input_fa : run.expect.alignment_input_fa;
    expect([...new Set(records)].join('')).toBe(expected);
  }
});
