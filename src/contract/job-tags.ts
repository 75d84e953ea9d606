/**
 * The tag of a run's jobs. Batch passes it on to the job's task, so that AWS's cost reports tell runs apart. Its value is the run's name,
 * with a `-` for each character that a job's name may not have.
 */
export const RUN_TAG = 'pavi:run';
