/**
 * Physical names, for teams whose conventions ask for them. A resource with a name of its own cannot be replaced by an update, and a stack with
 * it cannot be deployed twice in a region; without one CloudFormation makes a name. Job queues are named in the compute's options, and
 * what is brought (a bucket, a log group, a table) has its name already.
 */
export interface PipelineNames {
  /**
   * The state machine's: up to 80 letters, digits, `-` and `_`.
   *
   * @default - made by CloudFormation
   */
  readonly stateMachineName?: string;
  /**
   * The sequence retrieval jobs' definition's: up to 128 letters, digits, `-` and `_`.
   *
   * @default - made by CloudFormation
   */
  readonly sequenceRetrievalJobDefinitionName?: string;
  /**
   * The alignment jobs' definition's: up to 128 letters, digits, `-` and `_`.
   *
   * @default - made by CloudFormation
   */
  readonly alignmentJobDefinitionName?: string;
  /**
   * The seq info collection jobs' definition's: up to 128 letters, digits, `-` and `_`.
   *
   * @default - made by CloudFormation
   */
  readonly seqInfoCollectionJobDefinitionName?: string;
  /**
   * The own work bucket's: 3 to 63 lower case letters, digits, `.` and `-`, unique in all of AWS. Not with `workBucket`.
   *
   * @default - made by CloudFormation
   */
  readonly workBucketName?: string;
  /**
   * The jobs' own log group's: up to 512 letters, digits and `_-/.#`; for example `pavi/pipeline-batch-jobs`. Not with `jobLogGroup`.
   *
   * @default - made by CloudFormation
   */
  readonly jobLogGroupName?: string;
  /**
   * The executions' own log group's: up to 512 letters, digits and `_-/.#`. Not with `executionLogGroup`.
   *
   * @default - made by CloudFormation
   */
  readonly executionLogGroupName?: string;
  /**
   * The own jobs table's: 3 to 255 letters, digits and `_-.`. Only with `JobsTable.create()`.
   *
   * @default - made by CloudFormation
   */
  readonly jobsTableName?: string;
  /**
   * The dashboard's: up to 255 letters, digits, `-` and `_`.
   *
   * @default - made by CloudFormation
   */
  readonly dashboardName?: string;
}
