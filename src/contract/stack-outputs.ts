/** Keys of the outputs that `exportOutputs()` adds to a stack, behind its prefix; `pavi-pipeline` finds a deployed pipeline by them. */
export const StackOutput = {
  STATE_MACHINE_ARN: 'StateMachineArn',
  WORK_BUCKET_NAME: 'WorkBucketName',
  /** `s3://bucket/prefix/` for inputs that callers upload. */
  INPUTS_URI: 'InputsUri',
  /** `s3://bucket/prefix/` of the results of all runs. */
  RESULTS_URI: 'ResultsUri',
  JOB_QUEUE_ARN: 'JobQueueArn',
  JOB_LOG_GROUP_NAME: 'JobLogGroupName',
  SEQUENCE_RETRIEVAL_JOB_DEFINITION_ARN: 'SeqRetrievalJobDefArn',
  ALIGNMENT_JOB_DEFINITION_ARN: 'AlignmentJobDefArn',
} as const;

export type StackOutputKey = (typeof StackOutput)[keyof typeof StackOutput];
