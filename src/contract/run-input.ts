/** The fields of a run's input: its entries, or the place of a file with them and their number. */
export const InputField = {
  SEQ_REGIONS: 'seq_regions',
  SEQ_REGIONS_URI: 'seq_regions_uri',
  INPUT_COUNT: 'input_count',
  /** The caller's own name for the run, for the jobs table. */
  JOB_ID: 'job_id',
} as const;

/** A run's input as its caller writes it: nothing in it has been checked. */
export type RunInput = { readonly [field in (typeof InputField)[keyof typeof InputField]]?: unknown };

/** A region entry as its caller writes it: nothing in it has been checked. */
export interface RegionEntryInput {
  readonly unique_entry_id?: unknown;
  readonly base_seq_name?: unknown;
  readonly seq_id?: unknown;
  readonly seq_strand?: unknown;
  readonly exon_seq_regions?: unknown;
  readonly cds_seq_regions?: unknown;
  readonly fasta_file_url?: unknown;
  readonly variant_ids?: unknown;
  readonly variants?: unknown;
  readonly alt_seq_name_suffix?: unknown;
}
