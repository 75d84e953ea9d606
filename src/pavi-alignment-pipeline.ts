import { CfnOutput, Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { requireDuration, requireWhole } from './checks';
import { PipelineImages } from './images/pipeline-images';
import { PipelineLogs } from './monitoring/pipeline-logs';
import { MAX_INLINE_CONCURRENCY } from './orchestration/retrieval-map';
import { MAX_RETRIEVAL_JOBS } from './orchestration/run-plan';
import { RunStateMachine } from './orchestration/run-state-machine';
import { ExportOutputsOptions, PaviAlignmentPipelineProps } from './pavi-alignment-pipeline-props';
import { warnOfImportedRoles } from './steps/given-roles';
import { StepEnvironment } from './steps/job-step';
import { createSteps } from './steps/pipeline-steps';
import { RunStorage } from './storage/run-storage';
import { runStorage } from './storage/work-bucket';

const DEFAULT_MAX_CONCURRENCY = 40;
const DEFAULT_REGIONS_PER_JOB = 10;
const MAX_REGIONS_PER_JOB = 10_000;
const DEFAULT_RUN_TIMEOUT = Duration.hours(1);
/** "Maximum execution time: 5 minutes", AWS Step Functions developer guide, page "Service quotas", of Express workflows. */
const EXPRESS_RUN_TIMEOUT = Duration.minutes(5);
const TAGS = { Product: 'PAVI', CreatedBy: 'PAVI', AppComponent: 'pipeline' };

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

  private readonly storage: RunStorage;

  /**
   * @param scope the stack, or a construct in it
   * @param id unique in the scope
   * @param props what to bring and what to change; only `compute` is needed
   */
  constructor(scope: Construct, id: string, props: PaviAlignmentPipelineProps) {
    super(scope, id);
    checkProps(props);
    const workflowType = props.workflowType ?? sfn.StateMachineType.STANDARD;
    const runTimeout = props.runTimeout ?? (workflowType === sfn.StateMachineType.EXPRESS ? EXPRESS_RUN_TIMEOUT : DEFAULT_RUN_TIMEOUT);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;

    const compute = props.compute.bind(this);
    const images = (props.images ?? PipelineImages.bundled()).bind(this, { cpuArchitecture: compute.cpuArchitecture });
    const pipelineLogs = new PipelineLogs(this, 'Logs', {
      jobLogGroup: props.jobLogGroup,
      executionLogGroup: props.executionLogGroup,
      retention: props.logRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy,
    });
    this.jobQueue = compute.jobQueue;
    this.jobLogGroup = pipelineLogs.jobs;
    this.executionLogGroup = pipelineLogs.executions;
    this.storage = runStorage(this, props);
    this.workBucket = this.storage.bucket;
    this.jobsTable = props.jobsTable?.bind(this, { removalPolicy });

    const environment: StepEnvironment = {
      compute,
      image: images.worker,
      executionRole: props.executionRole ?? this.executionRole(),
      logGroup: this.jobLogGroup,
      storage: this.storage,
    };
    const steps = createSteps(this, props, environment, runTimeout);
    this.sequenceRetrievalJobDefinition = steps.sequenceRetrieval.jobDefinition;
    this.alignmentJobDefinition = steps.alignment.jobDefinition;
    this.seqInfoCollectionJobDefinition = steps.seqInfoCollection.jobDefinition;

    this.stateMachine = new RunStateMachine(this, 'StateMachine', {
      storage: this.storage,
      jobQueue: this.jobQueue,
      ...steps,
      workflowType,
      jobsTable: this.jobsTable,
      maxConcurrency: props.maxConcurrency ?? DEFAULT_MAX_CONCURRENCY,
      regionsPerJob: props.regionsPerJob ?? DEFAULT_REGIONS_PER_JOB,
      runTimeout,
      logGroup: this.executionLogGroup,
      tracing: props.tracing ?? true,
      role: props.stateMachineRole,
    }).stateMachine;
    warnOfImportedRoles(this, {
      'executionRole': props.executionRole,
      'stateMachineRole': props.stateMachineRole,
      'sequenceRetrieval.jobRole': props.sequenceRetrieval?.jobRole,
      'alignment.jobRole': props.alignment?.jobRole,
      'seqInfoCollection.jobRole': props.seqInfoCollection?.jobRole,
    });
    Object.entries(TAGS).forEach(([key, value]) => Tags.of(this).add(key, value));
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
   * Adds stack outputs with the keys StateMachineArn, WorkBucketName, JobQueueArn, SeqRetrievalJobDefArn and AlignmentJobDefArn.
   *
   * @param options how to tell the outputs of two pipelines apart
   */
  public exportOutputs(options: ExportOutputsOptions = {}): void {
    const prefix = options.prefix ?? '';
    if (!/^[A-Za-z0-9]*$/.test(prefix)) {
      throw new Error(`prefix must have only letters and digits, got "${prefix}"; CloudFormation allows no others in an output's key`);
    }
    this.output(prefix, 'StateMachineArn', this.stateMachine.stateMachineArn);
    this.output(prefix, 'WorkBucketName', this.workBucket.bucketName);
    this.output(prefix, 'JobQueueArn', this.jobQueue.jobQueueArn);
    this.output(prefix, 'SeqRetrievalJobDefArn', this.sequenceRetrievalJobDefinition.jobDefinitionArn);
    this.output(prefix, 'AlignmentJobDefArn', this.alignmentJobDefinition.jobDefinitionArn);
  }

  private output(prefix: string, key: string, value: string): void {
    const name = `${prefix}${key}`;
    const taken = Stack.of(this).node.findAll().some((construct) => construct instanceof CfnOutput
      && construct.node.id === name && Stack.of(construct) === Stack.of(this));
    if (taken) {
      throw new Error(`the stack has an output ${name} already; give exportOutputs a prefix of this pipeline's own`);
    }
    new CfnOutput(this, name, { value }).overrideLogicalId(name);
  }

  /** For the agent that starts the containers: the image and the log group add what it needs to pull and to log. */
  private executionRole(): iam.Role {
    return new iam.Role(this, 'ExecutionRole', {
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
      description: `Pulls the images and writes the logs of ${this.node.path}`,
    });
  }
}

function checkProps(props: PaviAlignmentPipelineProps): void {
  const isExpress = props.workflowType === sfn.StateMachineType.EXPRESS;
  requireWhole('maxConcurrency', props.maxConcurrency, 1, isExpress ? MAX_INLINE_CONCURRENCY : MAX_RETRIEVAL_JOBS,
    isExpress ? `an EXPRESS workflow has no Distributed Map; leave it out for ${DEFAULT_MAX_CONCURRENCY}` : `leave it out for ${DEFAULT_MAX_CONCURRENCY}`);
  requireWhole('regionsPerJob', props.regionsPerJob, 1, MAX_REGIONS_PER_JOB, `leave it out for ${DEFAULT_REGIONS_PER_JOB}`);
  if (isExpress) {
    requireDuration('runTimeout', props.runTimeout, Duration.minutes(1), EXPRESS_RUN_TIMEOUT,
      'an EXPRESS workflow ends after 5 minutes; shorten it, or take sfn.StateMachineType.STANDARD');
  } else {
    requireDuration('runTimeout', props.runTimeout, Duration.minutes(5), Duration.days(365), 'leave it out for 1 hour');
  }
}
