import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/** What a pipeline tells its jobs table. */
export interface JobsTableBindOptions {
  /** What becomes of an own table when it leaves the stack. */
  readonly removalPolicy: RemovalPolicy;
  /**
   * The name of an own table.
   *
   * @default - made by CloudFormation
   */
  readonly tableName?: string;
}

/**
 * A DynamoDB table with one item a run, for applications to show a run's progress: partition key `job_id` (text), and
 *
 * - `status`: PENDING, RUNNING, COMPLETED or FAILED
 * - `stage`: INITIALIZING, SEQUENCE_RETRIEVAL, ALIGNMENT, COLLECTING_RESULTS, DONE or ERROR
 * - `created_at`, `completed_at`: ISO 8601, UTC
 * - `input_count`, `sequences_processed`: numbers of entries
 * - `result_s3_uri`, `error_message`, `execution_arn`: texts
 * - `ttl`: 30 days after the run's start, in seconds since 1970
 *
 * A run never fails because of it: what could not be written is left out. A run that is stopped, or out of time as a whole, stays
 * as it was: ask Step Functions by its `execution_arn`.
 */
export abstract class JobsTable {
  /**
   * A table that is there already, with the partition key `job_id` (text) and no sort key.
   *
   * @param table the table, with its key where one of yours encrypts it
   */
  public static fromTable(table: dynamodb.ITable): JobsTable {
    return new BoundJobsTable((_scope, { tableName }) => {
      if (tableName !== undefined) {
        throw new Error(`names.jobsTableName cannot be set with JobsTable.fromTable, whose table has its name already, got "${tableName}"; leave one of them out`);
      }
      return table;
    });
  }

  /** A table of the pipeline's own: paid by request, encrypted, with point-in-time recovery; its items expire by `ttl`. */
  public static create(): JobsTable {
    return new BoundJobsTable((scope, { removalPolicy, tableName }) => new dynamodb.Table(scope, 'JobsTable', {
      tableName,
      partitionKey: { name: 'job_id', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      encryption: dynamodb.TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'ttl',
      removalPolicy,
    }));
  }

  /**
   * Called once by the pipeline: creates what is needed under the scope.
   *
   * @param scope where to create it
   * @param options what the table must fit
   */
  public abstract bind(scope: Construct, options: JobsTableBindOptions): dynamodb.ITable;
}

class BoundJobsTable extends JobsTable {
  constructor(private readonly binding: (scope: Construct, options: JobsTableBindOptions) => dynamodb.ITable) {
    super();
  }

  public bind(scope: Construct, options: JobsTableBindOptions): dynamodb.ITable {
    return this.binding(scope, options);
  }
}
