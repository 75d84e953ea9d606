import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PipelineCompute } from './compute/pipeline-compute';
import { QueueShareProps } from './compute/queue-share';
import { PipelineImages } from './images/pipeline-images';
import { PipelineLogsProps } from './monitoring/pipeline-logs';
import { PipelineMonitoringProps } from './monitoring/pipeline-monitoring-props';
import { PhysicalNamesProps } from './names/physical-names';
import { PipelineTagsProps } from './pipeline-tags';
import { JobsTable } from './progress/jobs-table';
import { RunLimitsProps } from './run-limits';
import { StepsProps } from './steps/pipeline-steps';
import { StorageProps } from './storage/work-bucket';

/** Props of `PaviAlignmentPipeline`. */
export interface PaviAlignmentPipelineProps
  extends StepsProps, RunLimitsProps, QueueShareProps, StorageProps, PipelineLogsProps, PhysicalNamesProps, PipelineTagsProps {
  /** Where the jobs run. */
  readonly compute: PipelineCompute;

  /**
   * The container images of the jobs.
   *
   * @default PipelineImages.bundled()
   */
  readonly images?: PipelineImages;

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
   * What watches the runs, and whom it tells.
   *
   * @default - a dashboard and saved queries; alarms once there is a topic or an action for them
   */
  readonly monitoring?: PipelineMonitoringProps;

  /**
   * Whether AWS X-Ray traces the runs. On by default, since AWS's rule sets ask for it (cdk-nag: AwsSolutions-SF2) and a trace costs $0.000005. The
   * jobs are not traced, and the state machine's role gets four permissions for X-Ray.
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
