/** The worker's commands: the three steps of a run, and one that only looks at a run's input. */
export const WorkerCommand = {
  RETRIEVE: 'retrieve',
  ALIGN: 'align',
  COLLECT: 'collect',
  CHECK: 'check',
} as const;

/** The worker's options; every place is a path, a `file://` URI or an `s3://` URI. */
export const WorkerOption = {
  INPUT: '--input',
  INPUT_DIR: '--input-dir',
  OUTPUT: '--output',
  OUTPUT_DIR: '--output-dir',
  ALIGNMENT: '--alignment',
  /** Folder for the error file. */
  ERRORS: '--errors',
  /** First and last entry (0-based, inclusive) of a retrieve command. */
  FROM: '--from',
  TO: '--to',
  /** How many entries the input must have, or proteins of entries be there; a job that finds another number fails. */
  EXPECT_COUNT: '--expect-count',
  KEEP_GOING: '--keep-going',
  THREADS: '--threads',
  ALLOW_LOCAL: '--allow-local',
  VARIANT_API_URL: '--variant-api-url',
  GENOME_SOURCE: '--genome-source',
} as const;

/** Set to `1` by the local engine for `run --allow-local-genomes`; the construct never sets it. */
export const ALLOW_LOCAL_ENV = 'PAVI_ALLOW_LOCAL';

/** Where variants are looked up by default: the Alliance of Genome Resources' public API. */
export const DEFAULT_VARIANT_API_URL = 'https://www.alliancegenome.org/api/variant';
