/** The members of a character class of white space: those of JavaScript's `\s`, spelled out, because Java's has fewer. */
export const WHITE_SPACE = '\\x09-\\x0d\\x20\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';
/** The end of a text. In Java, `$` matches before a final line feed too. */
export const END = '(?![\\s\\S])';

/**
 * What a region entry may hold. The state machine's ValidateInput and the worker both check these rules with the same
 * words, so they stand here once: patterns, limits, and the text of every problem (see {@link PROBLEM}). The patterns mean the same to
 * JavaScript's regular expressions and to Java's, which AWS's evaluator behaves like.
 */
export const EntryRule = {
  /** Letters, digits, `.`, `_`, `-`: safe in an S3 key, a file name and on a command line. */
  UNIQUE_ENTRY_ID: `^[A-Za-z0-9._-]{1,128}${END}`,
  /** A FASTA and Clustal name ends at the first white space. */
  NO_WHITE_SPACE: `^[^${WHITE_SPACE}]+${END}`,
  REGION_TEXT: `^[0-9]{1,15}\\.\\.[0-9]{1,15}${END}`,
  GENOME_URL: `^(https|http|s3|file)://[^${WHITE_SPACE}]+${END}`,
  /** A key has at most 1,024 bytes; a longer one would not fit a job's command line either. */
  S3_URI: `^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^${WHITE_SPACE}]{1,1024}${END}`,
} as const;

/** Positions and counts are whole numbers from 1 to this, which has as many digits as JSONata writes. */
export const MAX_WHOLE_NUMBER = 999_999_999_999_999;

export const FORWARD_STRANDS = ['+', '+1', 'pos'];
export const REVERSE_STRANDS = ['-', '-1', 'neg'];

/** The alternative sequence's suffix where none, or an empty one, is given. */
export const DEFAULT_ALT_SUFFIX = '_alt';
/** The suffix of the reference record of an entry with variants; not allowed for the alternative one. */
export const REFERENCE_SUFFIX = '_ref';

/** At most so many problems are listed; Step Functions cuts a cause at 32,768 characters. */
export const MAX_PROBLEMS_LISTED = 100;
/** A received value is quoted up to so many characters (code points). */
export const MAX_QUOTED_CHARACTERS = 80;

/**
 * Problem texts. `{at}` is the entry's place, `seq_regions[3]`, followed by ` (ID)` where it has a usable text id; `{got}` the
 * received value: `nothing` where absent or null, a string in double quotes as it is, anything else as compact JSON; cut after
 * {@link MAX_QUOTED_CHARACTERS} with `...` after it. `{n}` is a part's index.
 */
export const PROBLEM = {
  ENTRY: '{at}: an entry must be an object, got {got}',
  UNIQUE_ENTRY_ID: '{at}: unique_entry_id must be 1 to 128 letters, digits, ".", "_" or "-", got {got}',
  DUPLICATE_ID: '{at}: unique_entry_id is used by an earlier entry too; every entry needs its own',
  BASE_SEQ_NAME: '{at}: base_seq_name must be text without white space, got {got}',
  SEQ_ID: '{at}: seq_id must be text, the name of a sequence in the FASTA file, got {got}',
  SEQ_STRAND: '{at}: seq_strand must be one of +, +1, pos, -, -1, neg, got {got}',
  EXONS: '{at}: exon_seq_regions must be a list of one or more regions, got {got}',
  EXON: '{at}: exon_seq_regions[{n}] must be "start..end" or an object with start and end, whole numbers from 1, got {got}',
  EXON_ORDER: '{at}: exon_seq_regions[{n}] ends before it starts, which only the - strand allows, got {got}',
  CDS_LIST: '{at}: cds_seq_regions must be a list of regions, got {got}',
  CDS: '{at}: cds_seq_regions[{n}] must be an object with start and end, whole numbers from 1, and frame 0, 1 or 2, got {got}',
  CDS_ORDER: '{at}: cds_seq_regions[{n}] ends before it starts, which only the - strand allows, got {got}',
  FASTA_FILE_URL: '{at}: fasta_file_url must be an https://, http://, s3:// or file:// URL, got {got}',
  VARIANT_IDS: '{at}: variant_ids must be a list of non-empty texts, got {got}',
  VARIANTS: '{at}: variants must be a list of objects with variant_id, genomic_seq_id, genomic_start_pos, genomic_end_pos, '
    + 'genomic_ref_seq and genomic_alt_seq, got {got}',
  ALT_SUFFIX: '{at}: alt_seq_name_suffix must be text without white space other than "_ref", got {got}',
} as const;

/** Problems of the run's input as a whole; checked by the state machine alone. */
export const RUN_PROBLEM = {
  NOT_AN_OBJECT: 'the input must be a JSON object with seq_regions or seq_regions_uri, got {got}',
  FORGED: 'the input has a field _jsonata_function or _jsonata_lambda, which only JSONata itself may use; leave it out',
  NO_ENTRIES: 'the input has neither seq_regions (a list of region entries) nor seq_regions_uri with input_count; give one of them',
  BOTH: 'the input has both seq_regions and seq_regions_uri; give one of them',
  SEQ_REGIONS: 'seq_regions must be a list of one or more region entries, got {got}',
  SEQ_REGIONS_URI: 'seq_regions_uri must be s3://bucket/key, got {got}',
  INPUT_COUNT: 'input_count must be the number of entries behind seq_regions_uri, a whole number from 1, got {got}',
  JOB_ID: 'job_id must be text, got {got}',
  ONE_SEQUENCE: 'the run can give only one sequence (one entry without variants); an alignment needs at least two',
} as const;

/** Between the listed problems. */
export const PROBLEM_SEPARATOR = '; ';
/** Before the problems: `3 problems: …`, `1 problem: …`; after them where some were left off. */
export const PROBLEMS_LEFT_OFF = '; and {n} more';
/** Before and after the problems if the state machine has not looked for all of them; the worker always does. */
export const AT_LEAST = 'at least ';
export const PROBLEMS_UNLISTED = '; there may be more: "pavi-pipeline check" lists every problem of an input';
