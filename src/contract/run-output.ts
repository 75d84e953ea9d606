/** How the fields of a run's output end that name a result by its S3 URI. */
export const RESULT_URI_ENDING = '_s3_uri';

/** The fields of a run's output. */
export const OutputField = {
  JOB_ID: 'job_id',
  STATUS: 'status',
  ALIGNMENT_URI: 'result_s3_uri',
  SEQ_INFO_URI: 'aligned_seq_info_s3_uri',
  INPUT_COUNT: 'input_count',
  /** The number of records in the alignment; null where it could not be counted. */
  SEQUENCE_COUNT: 'sequence_count',
} as const;
