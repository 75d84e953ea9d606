import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { PipelineCompute } from './compute/pipeline-compute';
import { PipelineImages } from './images/pipeline-images';
import { PipelineMonitoringProps } from './monitoring/pipeline-monitoring-props';
import { PipelineNames } from './pipeline-names';
import { JobsTable } from './progress/jobs-table';
import { PipelineStepProps } from './steps/pipeline-step-props';

/** Props of `PaviAlignmentPipeline`. */
export interface PaviAlignmentPipelineProps {
  /** Where the jobs run. */
  readonly compute: PipelineCompute;

  /**
   * The container images of the jobs.
   *
   * @default PipelineImages.bundled()
   */
  readonly images?: PipelineImages;

  /**
   * The jobs that make the entries' proteins.
   *
   * @default - 500 MiB, up to four times where it runs out; 15 minutes; 3 attempts
   */
  readonly sequenceRetrieval?: PipelineStepProps;

  /**
   * The job that aligns the proteins.
   *
   * @default - 2 GiB, up to four times where it runs out; 30 minutes; 3 attempts
   */
  readonly alignment?: PipelineStepProps;

  /**
   * The job that merges the entries' seq infos and adds their positions in the alignment.
   *
   * @default - 500 MiB, up to four times where it runs out; 10 minutes; 3 attempts
   */
  readonly seqInfoCollection?: PipelineStepProps;

  /**
   * The folders, or single files, that a genome may be read from, one or more: `https://HOST/…` or `s3://BUCKET/…`. A whole folder's
   * name counts: `https://HOST/genomes` allows `https://HOST/genomes/x.fa`, and not `https://HOST/genomes-2/x.fa`. A run with a genome
   * from elsewhere is refused with `Pavi.GenomeRefused`.
   *
   * @default - any https URL of a public host, and the genome buckets
   */
  readonly genomeSources?: string[];

  /**
   * Buckets with genomes that the runs may read by `s3://` URLs.
   *
   * @default - none
   */
  readonly genomeBuckets?: s3.IBucket[];

  /**
   * Where variants are looked up that an entry names by `variant_ids`: `https://HOST/…`, to which `/<variant id>` is added.
   *
   * @default 'https://www.alliancegenome.org/api/variant'
   */
  readonly variantApiUrl?: string;

  /**
   * The kind of state machine. EXPRESS is cheaper and starts sooner, for runs of less than five minutes: it looks at its jobs every
   * five seconds, cannot be redriven, may start a run twice (which then writes the same files twice), leaves the jobs of a stopped run
   * running, and has no history but its log.
   *
   * @default sfn.StateMachineType.STANDARD
   */
  readonly workflowType?: sfn.StateMachineType;

  /**
   * How many retrieval jobs of a run there are at once, 1 to 1000 (EXPRESS: 40). Above 40 they are executions of their own
   * (a Distributed Map).
   *
   * @default 40
   */
  readonly maxConcurrency?: number;

  /**
   * How many entries a retrieval job makes, 1 to 10000. A run has at most 1,000 retrieval jobs: where that is not enough, its
   * jobs get more entries.
   *
   * @default 10
   */
  readonly regionsPerJob?: number;

  /**
   * The bucket of the runs' files and results. On an imported one no lifecycle is set, and a warning says so; where a KMS key
   * encrypts it, import it with that key (`Bucket.fromBucketAttributes`), so that the roles may use it.
   *
   * @default - a bucket of its own: TLS only, not public, encrypted, with a lifecycle
   */
  readonly workBucket?: s3.IBucket;

  /**
   * Stands before every key in the bucket: `keyPrefix` + `inputs/`, `work/` and `results/`. Folders of letters, digits, `.`, `_` and
   * `-`, each with a `/` at its end, up to 256 characters; for example `pavi/dev/`.
   *
   * @default - nothing
   */
  readonly keyPrefix?: string;

  /**
   * Encrypts the bucket's objects; the roles of the pipeline, and those that its grants name, may use it for them. Not with
   * `workBucket`. The log groups are encrypted by CloudWatch Logs: give `jobLogGroup` and `executionLogGroup` for a key of yours.
   *
   * @default - keys that S3 manages
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Where S3 writes the bucket's access logs; not with `workBucket`.
   *
   * @default - no access logs
   */
  readonly serverAccessLogsBucket?: s3.IBucket;

  /**
   * What the access logs' keys begin with; only with `serverAccessLogsBucket`.
   *
   * @default - nothing
   */
  readonly serverAccessLogsPrefix?: string;

  /**
   * How long a run's intermediate files (`work/`) and uploaded inputs (`inputs/`) are kept, in whole days from 1; not with `workBucket`.
   *
   * @default Duration.days(30)
   */
  readonly workExpiration?: Duration;

  /**
   * How long results (`results/`) are kept, in whole days from 1; not with `workBucket`.
   *
   * @default - forever
   */
  readonly resultsExpiration?: Duration;

  /**
   * What becomes of the bucket and the log groups when they leave the stack. DESTROY also deletes all that is in the bucket.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * A table with one item a run, for applications that show how far a run is.
   *
   * @default - none
   */
  readonly jobsTable?: JobsTable;

  /**
   * Where the jobs' logs go.
   *
   * @default - a log group of its own
   */
  readonly jobLogGroup?: logs.ILogGroup;

  /**
   * Where Step Functions logs failed executions, their data included.
   *
   * @default - a log group of its own
   */
  readonly executionLogGroup?: logs.ILogGroup;

  /**
   * How long the own log groups keep their logs.
   *
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What watches the runs, and whom it tells.
   *
   * @default - alarms, a dashboard and saved queries; nobody is told
   */
  readonly monitoring?: PipelineMonitoringProps;

  /**
   * Whether AWS X-Ray traces the runs.
   *
   * @default true
   */
  readonly tracing?: boolean;

  /**
   * The role with which the images are pulled and the logs are written. The pipeline adds what it needs; see `jobRole` of the steps
   * for an imported one.
   *
   * @default - one of its own
   */
  readonly executionRole?: iam.IRole;

  /**
   * The role of the state machine. The pipeline adds what it needs; see `jobRole` of the steps for an imported one.
   *
   * @default - one of its own
   */
  readonly stateMachineRole?: iam.IRole;

  /**
   * How long a run may take, from 5 minutes to 1 year; EXPRESS: from 1 minute to 5.
   *
   * @default - 1 hour; 5 minutes for EXPRESS
   */
  readonly runTimeout?: Duration;

  /**
   * Physical names.
   *
   * @default - none: CloudFormation makes them
   */
  readonly names?: PipelineNames;

  /**
   * Tags of everything that can carry tags, jobs included: added to the default ones, or instead of those with the same key (IAM takes
   * `product` and `Product` for the same). Before the default ones stands, too, what the app adds with `Tags.of(…)`.
   *
   * @default - AppComponent=pipeline, CreatedBy=PAVI, Product=PAVI
   */
  readonly tags?: { [key: string]: string };
}

/** Options of `PaviAlignmentPipeline.exportOutputs`. */
export interface ExportOutputsOptions {
  /**
   * Put before every output's key; needed where more than one pipeline of a stack exports its outputs. Letters and digits.
   *
   * @default - nothing
   */
  readonly prefix?: string;
}
