/** The top-level prefixes of the work bucket; lifecycle rules and permissions are written on them. */
export const StoragePrefix = {
  /** Inputs that callers upload because they do not fit a Step Functions payload. */
  INPUTS: 'inputs/',
  /** A run's intermediate files: `work/<run>/…`. */
  WORK: 'work/',
  /** A run's results: `results/<run>/…`. */
  RESULTS: 'results/',
} as const;

/** Names below `work/<run>/`. */
export const WorkKey = {
  SEQ_REGIONS: 'seq_regions.json',
  SEQUENCES: 'sequences/',
  ERRORS: 'errors/',
  /** Of a distributed Map: how each failed retrieval job ended. */
  FAILED_JOBS: 'failed-jobs/',
} as const;

/** Names below `results/<run>/`. */
export const ResultKey = {
  ALIGNMENT: 'alignment-output.aln',
  SEQ_INFO: 'aligned_seq_info.json',
} as const;

/** How the files of one entry end; the entry's id comes before. */
export const EntryFile = {
  PROTEIN: '-protein.fa',
  SEQ_INFO: '-seqinfo.json',
} as const;

/** The run that a place of the work bucket belongs to, `work/<run>/…` or `results/<run>/FILE`; undefined for any other place. */
export function runOfPlace(place: string): string | undefined {
  return new RegExp(`^s3://[^/]+/(?:.*/)?(?:${StoragePrefix.WORK}|${StoragePrefix.RESULTS})([^/]+)/[^/]*/?$`).exec(place)?.[1];
}
