/** The error names that a run can end with, and what each one says about its cause. */
export const ErrorName = {
  /** The run's input breaks the contract; nothing was computed. */
  INVALID_INPUT: 'Pavi.InvalidInput',
  /** An entry's reference protein could not be made from its genome and regions. */
  REFERENCE_SEQUENCE_FAILED: 'Pavi.ReferenceSequenceFailed',
  /** A genome or its index could not be read, even after retries, or is damaged. */
  GENOME_UNAVAILABLE: 'Pavi.GenomeUnavailable',
  /** A genome's URL is one that this pipeline must not read. */
  GENOME_REFUSED: 'Pavi.GenomeRefused',
  /** A variant could not be looked up. */
  VARIANT_UNAVAILABLE: 'Pavi.VariantUnavailable',
  /** The sequences cannot be aligned, or Clustal Omega failed. */
  ALIGNMENT_FAILED: 'Pavi.AlignmentFailed',
  /** A defect of the worker itself. */
  INTERNAL: 'Pavi.Internal',
  /** A job ended without leaving an error file: killed, out of memory, timed out or never started. */
  JOB_FAILED: 'Pavi.JobFailed',
  /** Somebody stopped the run with `pavi-pipeline stop`. */
  STOPPED: 'Pavi.Stopped',
} as const;

export type ErrorNameValue = (typeof ErrorName)[keyof typeof ErrorName];
