import { RemovalPolicy } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { CallerPolicyOptions, createCallerPolicy } from './caller-policy';
import { requireSamePlace } from './checks/places';
import { requireJobQueueArn, requireRemovalPolicy } from './checks/values';
import { queueShare } from './compute/queue-share';
import { StackOutput } from './contract/stack-outputs';
import { PipelineImages } from './images/pipeline-images';
import { PipelineLogs } from './monitoring/pipeline-logs';
import { PipelineMonitoring } from './monitoring/pipeline-monitoring';
import { jobStatusRule, runStatusRule } from './monitoring/run-events';
import { metricsName } from './monitoring/run-metrics';
import { checkedPhysicalNames } from './names/physical-names';
import { RunStateMachine } from './orchestration/run-state-machine';
import { ExportOutputsOptions, PaviAlignmentPipelineProps } from './pavi-alignment-pipeline-props';
import { addTags } from './pipeline-tags';
import { checkImportedRoles } from './roles/imported-roles';
import { taskRole } from './roles/task-role';
import { trustOwnStateMachines } from './roles/trust';
import { runLimits } from './run-limits';
import { addStackOutputs } from './stack-outputs';
import { StepEnvironment } from './steps/job-step';
import { createSteps } from './steps/pipeline-steps';
import { RunStorage } from './storage/run-storage';
import { runStorage } from './storage/work-bucket';

/**
 * PAVI's protein alignment pipeline: Step Functions runs AWS Batch jobs that make the proteins of a run's region entries, align
 * them, and collect what is known of each sequence.
 *
 * Input of a run: `{"seq_regions": [...], "job_id": "..."}`, or `{"seq_regions_uri": "s3://...", "input_count": 3}`.
 * Output: `{job_id, status, result_s3_uri, aligned_seq_info_s3_uri, input_count, sequence_count}`; `sequence_count` is the number
 * of sequences in the alignment, or null where it has too many (over about 1,700) to be counted. Errors: `Pavi.InvalidInput`,
 * `Pavi.ReferenceSequenceFailed`, `Pavi.GenomeUnavailable`, `Pavi.GenomeRefused`, `Pavi.VariantUnavailable`,
 * `Pavi.AlignmentFailed`, `Pavi.Internal`, `Pavi.JobFailed`; the cause says which entry, what was expected, and what was found.
 */
export class PaviAlignmentPipeline extends Construct {
  /** Runs the pipeline; start an execution of it for each run. */
  public readonly stateMachine: sfn.StateMachine;
  /** Holds `inputs/`, `work/<run>/` and `results/<run>/`; a run's name is its execution's. */
  public readonly workBucket: s3.IBucket;
  /** The queue of all jobs. */
  public readonly jobQueue: batch.IJobQueue;
  /** Of the jobs that make the proteins. */
  public readonly sequenceRetrievalJobDefinition: batch.IJobDefinition;
  /** Of the job that aligns. */
  public readonly alignmentJobDefinition: batch.IJobDefinition;
  /** Of the job that collects the seq infos. */
  public readonly seqInfoCollectionJobDefinition: batch.IJobDefinition;
  /** The jobs' logs. */
  public readonly jobLogGroup: logs.ILogGroup;
  /** Step Functions' logs of failed executions. */
  public readonly executionLogGroup: logs.ILogGroup;

  /** One item a run, where there is a jobs table. */
  public readonly jobsTable?: dynamodb.ITable;

  /** The alarms: runs failed, timed out, throttled, slow, jobs stuck, many invalid inputs. Empty without `monitoring.alarms`. */
  public readonly alarms: cloudwatch.Alarm[];
  /** By default there is one. */
  public readonly dashboard?: cloudwatch.Dashboard;

  private readonly storage: RunStorage;
  private readonly monitoring: PipelineMonitoring;
  private readonly isExpress: boolean;

  /**
   * @param scope the stack, or a construct in it
   * @param id unique in the scope
   * @param props what to bring and what to change; only `compute` is needed
   */
  constructor(scope: Construct, id: string, props: PaviAlignmentPipelineProps) {
    super(scope, id);
    const limits = runLimits(props);
    const names = checkedPhysicalNames(props);
    const { runTimeout } = limits;
    this.isExpress = limits.workflowType === sfn.StateMachineType.EXPRESS;
    requireRemovalPolicy(props.removalPolicy);
    const name = metricsName(this);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;

    const compute = props.compute.bind(this);
    requireJobQueueArn(compute.jobQueue.jobQueueArn);
    const share = queueShare(props, compute.jobQueue);
    requireSamePlace(this, 'the job queue', compute.jobQueue, compute.jobQueue.jobQueueArn);
    const images = (props.images ?? PipelineImages.bundled()).bind(this, { cpuArchitecture: compute.cpuArchitecture });
    const pipelineLogs = new PipelineLogs(this, 'Logs', props, { removalPolicy, names });
    this.jobQueue = compute.jobQueue;
    this.jobLogGroup = pipelineLogs.jobs;
    this.executionLogGroup = pipelineLogs.executions;
    this.storage = runStorage(this, props, { removalPolicy, workBucketName: names.workBucketName });
    this.workBucket = this.storage.bucket;
    this.jobsTable = props.jobsTable?.bind(this, { removalPolicy, tableName: names.jobsTableName });
    if (this.jobsTable !== undefined) requireSamePlace(this, 'the jobs table', this.jobsTable, this.jobsTable.tableArn);

    const environment: StepEnvironment = {
      pipelineName: name,
      compute,
      image: images.worker,
      // For the agent that starts the containers: the image and the log group add what it needs to pull and to log.
      executionRole: props.executionRole ?? taskRole(this, 'ExecutionRole', `Pulls the images and writes the logs of ${this.node.path}`),
      logGroup: this.jobLogGroup,
      storage: this.storage,
    };
    const steps = createSteps(this, props, names, environment, runTimeout);
    this.sequenceRetrievalJobDefinition = steps.sequenceRetrieval.jobDefinition;
    this.alignmentJobDefinition = steps.alignment.jobDefinition;
    this.seqInfoCollectionJobDefinition = steps.seqInfoCollection.jobDefinition;

    this.stateMachine = new RunStateMachine(this, 'StateMachine', {
      storage: this.storage,
      jobQueue: this.jobQueue,
      share,
      ...steps,
      ...limits,
      jobsTable: this.jobsTable,
      logGroup: this.executionLogGroup,
      tracing: props.tracing ?? true,
      role: props.stateMachineRole,
      stateMachineName: names.stateMachineName,
    }).stateMachine;
    if (props.stateMachineRole === undefined) trustOwnStateMachines(this.stateMachine.role);
    this.monitoring = new PipelineMonitoring(this, 'Monitoring', {
      name, stateMachine: this.stateMachine, jobQueue: this.jobQueue, logs: pipelineLogs, steps, runTimeout,
    }, props.monitoring ?? {}, names.dashboardName);
    this.alarms = this.monitoring.alarms;
    this.dashboard = this.monitoring.dashboard;
    checkImportedRoles(this, {
      'executionRole': props.executionRole,
      'stateMachineRole': props.stateMachineRole,
      'sequenceRetrieval.jobRole': props.sequenceRetrieval?.jobRole,
      'alignment.jobRole': props.alignment?.jobRole,
      'seqInfoCollection.jobRole': props.seqInfoCollection?.jobRole,
    });
    addTags(this, props.tags);
  }

  /**
   * Lets a principal start runs.
   *
   * @param grantee who may
   */
  public grantStartExecution(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /**
   * Lets a principal read the results of all runs (`results/`), and nothing else of the bucket.
   *
   * @param grantee who may
   */
  public grantReadResults(grantee: iam.IGrantable): iam.Grant {
    return this.storage.grant(grantee, 's3:GetObject', this.storage.results);
  }

  /**
   * Lets a principal upload inputs that do not fit an execution's input (`inputs/`, for `seq_regions_uri`), and nothing else.
   *
   * @param grantee who may
   */
  public grantWriteInput(grantee: iam.IGrantable): iam.Grant {
    return this.storage.grant(grantee, 's3:PutObject', this.storage.inputs);
  }

  /**
   * A managed policy for a program that starts runs, waits for them, stops and redrives them, reads their results and uploads inputs;
   * for roles outside of the app, by its name.
   *
   * @param id unique in the pipeline
   * @param options the policy's name
   */
  public createCallerPolicy(id: string, options: CallerPolicyOptions = {}): iam.ManagedPolicy {
    return createCallerPolicy(this, id, { stateMachine: this.stateMachine, storage: this.storage, jobLogGroup: this.jobLogGroup }, options);
  }

  /**
   * The number of runs that were started; by default their sum over five minutes.
   *
   * @param options of the metric
   */
  public metricRunsStarted(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.monitoring.metrics.started({ statistic: 'Sum', ...options });
  }

  /**
   * The number of runs that succeeded; by default their sum over five minutes.
   *
   * @param options of the metric
   */
  public metricRunsSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.monitoring.metrics.succeeded(options);
  }

  /**
   * The number of runs that failed, those with an invalid input included; by default their sum over five minutes.
   *
   * @param options of the metric
   */
  public metricRunsFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.monitoring.metrics.failed(options);
  }

  /**
   * The number of runs that did not end within `runTimeout`; by default their sum over five minutes.
   *
   * @param options of the metric
   */
  public metricRunsTimedOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.monitoring.metrics.timedOut(options);
  }

  /**
   * How long runs took, in milliseconds; by default their average over five minutes.
   *
   * @param options of the metric
   */
  public metricRunsDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.monitoring.metrics.duration(options);
  }

  /**
   * The number of runs whose input was refused; by default their sum over five minutes.
   *
   * @param options of the metric
   */
  public metricInvalidInputs(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.monitoring.metrics.invalidInputs(options);
  }

  /**
   * An EventBridge rule for runs that failed, timed out or were stopped. Not for an EXPRESS workflow, which sends no events.
   *
   * @param id unique in the pipeline
   * @param options the rule's target, and more
   */
  public onRunFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    return runStatusRule(this, id, this.stateMachine, this.isExpress, ['FAILED', 'TIMED_OUT', 'ABORTED'], options);
  }

  /**
   * An EventBridge rule for runs that succeeded. Not for an EXPRESS workflow, which sends no events.
   *
   * @param id unique in the pipeline
   * @param options the rule's target, and more
   */
  public onRunSucceeded(id: string, options: events.OnEventOptions = {}): events.Rule {
    return runStatusRule(this, id, this.stateMachine, this.isExpress, ['SUCCEEDED'], options);
  }

  /**
   * An EventBridge rule for every change of a job of this pipeline (its `$.detail.status` tells to what).
   *
   * @param id unique in the pipeline
   * @param options the rule's target, and more
   */
  public onJobStateChange(id: string, options: events.OnEventOptions = {}): events.Rule {
    const definitions = [this.sequenceRetrievalJobDefinition, this.alignmentJobDefinition, this.seqInfoCollectionJobDefinition];
    return jobStatusRule(this, id, this.jobQueue, definitions, options);
  }

  /**
   * Adds stack outputs with the keys StateMachineArn, WorkBucketName, InputsUri, ResultsUri, JobQueueArn, JobLogGroupName,
   * SeqRetrievalJobDefArn and AlignmentJobDefArn: what `pavi-pipeline submit` and the commands beside it find the pipeline by.
   *
   * @param options how to tell the outputs of two pipelines apart
   */
  public exportOutputs(options: ExportOutputsOptions = {}): void {
    addStackOutputs(this, options.prefix ?? '', {
      [StackOutput.STATE_MACHINE_ARN]: this.stateMachine.stateMachineArn,
      [StackOutput.WORK_BUCKET_NAME]: this.workBucket.bucketName,
      [StackOutput.INPUTS_URI]: this.workBucket.s3UrlForObject(this.storage.inputs),
      [StackOutput.RESULTS_URI]: this.workBucket.s3UrlForObject(this.storage.results),
      [StackOutput.JOB_QUEUE_ARN]: this.jobQueue.jobQueueArn,
      [StackOutput.JOB_LOG_GROUP_NAME]: this.jobLogGroup.logGroupName,
      [StackOutput.SEQUENCE_RETRIEVAL_JOB_DEFINITION_ARN]: this.sequenceRetrievalJobDefinition.jobDefinitionArn,
      [StackOutput.ALIGNMENT_JOB_DEFINITION_ARN]: this.alignmentJobDefinition.jobDefinitionArn,
    });
  }
}
