import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export const PARITY_FOLDER = join(__dirname, '../../data/parity');
export const WORM_FOLDER = join(__dirname, '../../data/worm');
export const WORM_GENOME = join(__dirname, '../../../samples/worm-apl-1/WBcel235-sparse.fna.gz');

/** A recorded retrieval; its fields are described in the data's ORIGIN.md. */
export interface RecordedCase {
  readonly case_id: string;
  readonly gene: string;
  readonly category: string;
  readonly entry: Readonly<Record<string, unknown>>;
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

/** A recorded run of several entries. */
export interface RecordedRun {
  readonly run_id: string;
  readonly seq_regions: readonly Readonly<Record<string, unknown>>[];
  readonly variants_api: Readonly<Record<string, unknown>>;
  readonly pavi: { readonly alignment_input_fa: string | null };
  readonly expect: { readonly source: string; readonly result: 'output' | 'failure'; readonly alignment_input_fa?: string };
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
