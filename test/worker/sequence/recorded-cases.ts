import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export const PARITY_FOLDER = join(__dirname, '../../data/parity');
export const WORM_FOLDER = join(__dirname, '../../../samples/worm-apl-1');

type Entry = Readonly<Record<string, unknown>>;

/** A recorded retrieval; its fields are described in the data's ORIGIN.md. */
export interface RecordedCase {
  readonly case_id: string;
  readonly category: string;
  /** What became of it in PAVI. */
  readonly outcome: string;
  readonly entry: Entry & { readonly unique_entry_id: string };
  readonly variants_api: Readonly<Record<string, unknown>>;
  readonly variants_inline: readonly unknown[] | null;
  readonly pavi: { readonly protein_fa: string | null; readonly seqinfo_json: string | null };
  readonly expect: {
    readonly source: 'pavi' | 'corrected' | 'contract';
    readonly result: 'output' | 'failure';
    readonly error_text_free?: boolean;
    readonly protein_fa?: string;
    readonly seqinfo_json?: string;
  };
}

interface RunTexts {
  readonly alignment_input_fa?: string | null;
  readonly alignment_output_aln?: string | null;
  readonly aligned_seq_info_json?: string | null;
}

/** A recorded run of several entries. */
export interface RecordedRun {
  readonly run_id: string;
  readonly description: string;
  readonly seq_regions: readonly Entry[];
  readonly variants_api: Readonly<Record<string, unknown>>;
  readonly pavi: RunTexts;
  readonly expect: RunTexts & { readonly source: 'pavi' | 'corrected' | 'contract'; readonly result: 'output' | 'failure' };
}

export function recordedCases(): RecordedCase[] {
  return readLines('cases.jsonl.gz') as RecordedCase[];
}

export function recordedRuns(): RecordedRun[] {
  return readLines('alignment-runs.jsonl.gz') as RecordedRun[];
}

function readLines(name: string): unknown[] {
  const text = gunzipSync(readFileSync(join(PARITY_FOLDER, name))).toString('utf8');
  return text.trim().split('\n').map((line) => JSON.parse(line) as unknown);
}
