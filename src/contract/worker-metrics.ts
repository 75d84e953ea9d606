/** What the worker measures, in CloudWatch's embedded metric format on its log; see `worker/metrics.ts`. */
export const METRIC_NAMESPACE = 'Pavi/AlignmentPipeline';
/**
 * The dimensions: the pipeline's name, where the job definition says it, and the worker's command. The run is a property, so that runs do
 * not multiply the metrics, which CloudWatch bills each.
 */
export const METRIC_PIPELINE_DIMENSION = 'Pipeline';
export const METRIC_STEP_DIMENSION = 'Step';
/** Properties of each record: the run's name and the Batch job's id; null where there is none. */
export const METRIC_RUN_PROPERTY = 'Run';
export const METRIC_JOB_PROPERTY = 'JobId';
/** The field by which CloudWatch knows a record of metrics (CloudWatch user guide, page "Specification: Embedded metric format"). */
export const METRIC_MARK = '_aws';
/** Has the pipeline's name in a job's environment. */
export const PIPELINE_ENV = 'PAVI_PIPELINE';

export const WorkerMetric = {
  /** Entries of a retrieval job. */
  ENTRIES: 'Entries',
  /** Entries that failed, or 1 for a command that failed as a whole; 0 for one that did not. */
  FAILURES: 'Failures',
  GENOME_BYTES: 'GenomeBytes',
  GENOME_REQUESTS: 'GenomeRequests',
  VARIANT_LOOKUPS: 'VariantLookups',
  ALIGNMENT_SEQUENCES: 'AlignmentSequences',
  ALIGNMENT_COLUMNS: 'AlignmentColumns',
  ALIGNMENT_BYTES: 'AlignmentBytes',
  /** Records whose seq info was collected. */
  SEQ_INFO_RECORDS: 'SeqInfoRecords',
  /** From the start of the process, in seconds. */
  DURATION: 'Duration',
  /** Of the worker and of Clustal Omega together, in megabytes (2^20 bytes). */
  PEAK_MEMORY: 'PeakMemory',
} as const;

export type WorkerMetricName = (typeof WorkerMetric)[keyof typeof WorkerMetric];
