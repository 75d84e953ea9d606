import { Duration, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { JobProps } from './batch-job';
import { failureExplanation } from './failure-explanation';
import { inputValidation } from './input-validation';
import { otherFailure } from './job-failure';
import { jobLoop } from './job-loop';
import { jobTask } from './job-task';
import { finalFailure, goOn, redrivableFailure } from './redrive';
import { MAX_INLINE_CONCURRENCY, ofRun, retrievalMap } from './retrieval-map';
import { runPlanning } from './run-planning';
import { runResult } from './run-result';
import { chooseShare, SHARE_VARIABLE } from './share-of-run';
import { QueueShare } from '../compute/queue-share';
import { jobNamePrefix } from '../contract/batch-jobs';
import { ErrorName } from '../contract/error-names';
import { InputField } from '../contract/run-input';
import { ResultKey, WorkKey } from '../contract/storage-keys';
import { WorkerCommand, WorkerOption } from '../contract/worker-command-line';
import { BEGUN, RunProgress, RunStage, shortened, uncheckedJobId } from '../progress/run-progress';
import { EXECUTION_INPUT, jsonata, literal } from '../states/jsonata';
import { RunStep, RunVariable, START_SIZE } from '../states/run-plan';
import { S3_RETRY, ServiceTask } from '../states/service-task';
import { JobStep } from '../steps/job-step';
import { SequenceRetrievalStep } from '../steps/sequence-retrieval-step';
import { RunStorage } from '../storage/run-storage';

export interface RunStateMachineProps {
  readonly storage: RunStorage;
  readonly jobQueue: batch.IJobQueue;
  /** For a queue with a fair-share policy. */
  readonly share?: QueueShare;
  readonly sequenceRetrieval: SequenceRetrievalStep;
  readonly alignment: JobStep;
  readonly seqInfoCollection: JobStep;
  readonly workflowType: sfn.StateMachineType;
  readonly maxConcurrency: number;
  readonly regionsPerJob: number;
  readonly runTimeout: Duration;
  readonly logGroup: logs.ILogGroup;
  readonly tracing: boolean;
  readonly jobsTable?: dynamodb.ITable;
  /** By default one of its own. */
  readonly role?: iam.IRole;
  readonly stateMachineName?: string;
}

/** Where the alignment and the collection leave their error files. */
const ERRORS = [WorkerOption.ERRORS, below(`$${RunVariable.WORK_URI}`, WorkKey.ERRORS)];

/** The state machine: validate, store, retrieve in parallel, align, collect; any failure is explained before the run ends. */
export class RunStateMachine extends Construct {
  public readonly stateMachine: sfn.StateMachine;
  private readonly progress: RunProgress;
  private readonly failure: sfn.IChainable;
  private readonly explainFailure: sfn.IChainable;

  constructor(scope: Construct, id: string, private readonly props: RunStateMachineProps) {
    super(scope, id);
    const { workflowType } = props;
    this.progress = new RunProgress(this, props.jobsTable);
    this.failure = workflowType === sfn.StateMachineType.EXPRESS ? finalFailure(this) : redrivableFailure(this);
    this.explainFailure = failureExplanation(this, props.storage, this.progress, this.failure);
    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      comment: 'PAVI\'s protein alignment pipeline: sequence retrieval, alignment, seq info collection',
      stateMachineName: props.stateMachineName,
      queryLanguage: sfn.QueryLanguage.JSONATA,
      stateMachineType: workflowType,
      definitionBody: sfn.DefinitionBody.fromChainable(this.validateInput(this.withShare(this.runSteps()))),
      role: props.role,
      timeout: props.runTimeout,
      tracingEnabled: props.tracing,
      logs: {
        destination: props.logGroup,
        // An Express execution has no history but its log.
        level: workflowType === sfn.StateMachineType.EXPRESS ? sfn.LogLevel.ALL : sfn.LogLevel.ERROR,
        includeExecutionData: true,
      },
    });
  }

  /** From the last step to the first: each has the next one, and what is recorded before it, as its successor. */
  private runSteps(): sfn.IChainable {
    const collect = this.collectSeqInfo();
    collect.next(runResult(this, this.props.storage, this.progress));
    const collection = this.progress.before('RecordCollection', RunStage.COLLECTING_RESULTS, {}, collect);
    const align = this.alignSequences();
    align.next(collection);
    const alignment = this.progress.before('RecordAlignment', RunStage.ALIGNMENT, {
      numbers: { sequences_processed: `$string($${RunVariable.INPUT_COUNT})` },
    }, align);
    const retrieve = this.retrieveSequences();
    retrieve.next(alignment);
    const retrieval = this.progress.before('RecordRetrieval', RunStage.SEQUENCE_RETRIEVAL, {}, retrieve);
    const first = this.storedInput(retrieval);
    const plan = runPlanning(this, {
      storage: this.props.storage,
      regionsPerJob: this.props.regionsPerJob,
      assign: this.assignStep(RunStep.STORE_INPUT),
      next: this.progress.before('RecordRun', RunStage.INITIALIZING, {
        ...BEGUN,
        numbers: { ...BEGUN.numbers, input_count: `$string($${RunVariable.INPUT_COUNT})`, sequences_processed: '"0"' },
      }, first),
      onFailure: this.explainFailure,
    });
    if (this.failure instanceof sfn.Parallel) {
      goOn(this, this.failure, first, {
        [RunStep.PLAN_RUN]: plan,
        [RunStep.RETRIEVE_SEQUENCES]: retrieval,
        [RunStep.ALIGN_SEQUENCES]: alignment,
        [RunStep.COLLECT_SEQ_INFO]: collection,
      });
    }
    return plan;
  }

  private validateInput(valid: sfn.IChainable): sfn.IChainable {
    const fail = sfn.Fail.jsonata(this, 'InvalidInput', { error: ErrorName.INVALID_INPUT, cause: jsonata('$inputRefusal') });
    const invalid = this.progress.before('RecordInvalidInput', RunStage.ERROR, {
      ...BEGUN,
      texts: { ...BEGUN.texts, completed_at: '$now()', error_message: shortened(`"${ErrorName.INVALID_INPUT}: " & $inputRefusal`) },
    }, fail, uncheckedJobId());
    return inputValidation(this, { variable: 'inputRefusal', assign: this.assignStep(RunStep.PLAN_RUN), unchecked: valid })
      .next(sfn.Choice.jsonata(this, 'IsInputValid')
        .when(sfn.Condition.jsonata(jsonata('$inputRefusal != ""')), invalid)
        .otherwise(valid.startState));
  }

  private withShare(planned: sfn.IChainable): sfn.IChainable {
    const { share } = this.props;
    return share?.identifier.isFromInput ? chooseShare(this, share.identifier, this.progress, planned) : planned;
  }

  private storedInput(steps: sfn.IChainable): sfn.IChainable {
    return sfn.Choice.jsonata(this, 'IsInputStored')
      .when(sfn.Condition.jsonata(jsonata(`${EXECUTION_INPUT}.${InputField.SEQ_REGIONS_URI} != null`)), steps)
      .otherwise(this.storeInput().next(steps));
  }

  private storeInput(): ServiceTask {
    const { storage } = this.props;
    const store = new ServiceTask(this, RunStep.STORE_INPUT, {
      integration: 'aws-sdk:s3:putObject',
      args: {
        Bucket: storage.bucket.bucketName,
        Key: jsonata(`${literal(storage.work)} & $states.context.Execution.Name & ${literal(`/${WorkKey.SEQ_REGIONS}`)}`),
        // As it is: Step Functions writes a body's JSON, so a text would be written in quotes. What is no list, in an input that could not be
        // checked, becomes one, and the worker refuses it.
        Body: jsonata(`[${EXECUTION_INPUT}.${InputField.SEQ_REGIONS}]`),
        ContentType: 'application/json',
      },
      statements: storage.objects('s3:PutObject', storage.workOf(WorkKey.SEQ_REGIONS)),
      taskTimeout: sfn.Timeout.duration(Duration.minutes(1)),
      outputs: jsonata('{}'),
      assign: this.assignStep(RunStep.RETRIEVE_SEQUENCES),
    });
    store.addRetry(S3_RETRY);
    store.addCatch(this.explainFailure, { errors: ['States.ALL'], outputs: jsonata(otherFailure()) });
    return store;
  }

  private retrieveSequences(): sfn.Map | sfn.DistributedMap {
    const { maxConcurrency, storage, workflowType, sequenceRetrieval } = this.props;
    return retrievalMap(this, {
      storage,
      maxConcurrency,
      hasShare: this.props.share?.identifier.isFromInput ?? false,
      distributed: workflowType === sfn.StateMachineType.STANDARD && !Token.isUnresolved(maxConcurrency) && maxConcurrency > MAX_INLINE_CONCURRENCY,
      job: (onFailure) => this.job('RunRetrievalJob', {
        step: sequenceRetrieval,
        stepName: 'sequence retrieval',
        run: ofRun(RunVariable.JOB_NAME),
        share: this.share(ofRun(SHARE_VARIABLE)),
        jobName: `${literal(jobNamePrefix(WorkerCommand.RETRIEVE))} & ${ofRun(RunVariable.JOB_NAME)} & "-" & $states.input.from`,
        label: '$states.input.label',
        command: [
          WorkerCommand.RETRIEVE,
          WorkerOption.INPUT, jsonata(ofRun(RunVariable.INPUT_URI)),
          WorkerOption.OUTPUT_DIR, below(ofRun(RunVariable.WORK_URI), WorkKey.SEQUENCES),
          WorkerOption.FROM, jsonata('$string($states.input.from)'),
          WorkerOption.TO, jsonata('$string($states.input.to)'),
          WorkerOption.EXPECT_COUNT, jsonata(`$string(${ofRun(RunVariable.INPUT_COUNT)})`),
          ...sequenceRetrieval.genomeWords,
          WorkerOption.ERRORS, below(ofRun(RunVariable.WORK_URI), WorkKey.ERRORS),
        ],
        onFailure,
        outputs: jsonata('{}'),
      }),
      onFailure: this.explainFailure,
      outputs: START_SIZE,
      assign: this.assignStep(RunStep.ALIGN_SEQUENCES),
    });
  }

  private alignSequences(): sfn.Chain {
    const { alignment } = this.props;
    return this.job(RunStep.ALIGN_SEQUENCES, {
      step: alignment,
      stepName: 'alignment',
      ...this.ofRunItself(),
      jobName: `${literal(jobNamePrefix(WorkerCommand.ALIGN))} & $${RunVariable.JOB_NAME}`,
      label: `$${RunVariable.INPUT_COUNT} & " entries"`,
      command: [
        WorkerCommand.ALIGN,
        WorkerOption.INPUT_DIR, below(`$${RunVariable.WORK_URI}`, WorkKey.SEQUENCES),
        WorkerOption.OUTPUT, below(`$${RunVariable.RESULTS_URI}`, ResultKey.ALIGNMENT),
        // A run's name may have been that of another run, whose proteins are in the same folder.
        WorkerOption.EXPECT_COUNT, jsonata(`$string($${RunVariable.INPUT_COUNT})`),
        // A thread without a vCPU of its own makes Clustal Omega slower, not faster.
        WorkerOption.THREADS, `${Math.max(1, Math.floor(alignment.settings.sizes[0].vcpus))}`,
        ...ERRORS,
      ],
      onFailure: this.explainFailure,
      outputs: START_SIZE,
      assign: this.assignStep(RunStep.COLLECT_SEQ_INFO),
    });
  }

  private collectSeqInfo(): sfn.Chain {
    return this.job(RunStep.COLLECT_SEQ_INFO, {
      step: this.props.seqInfoCollection,
      stepName: 'seq info collection',
      ...this.ofRunItself(),
      jobName: `${literal(jobNamePrefix(WorkerCommand.COLLECT))} & $${RunVariable.JOB_NAME}`,
      label: `$${RunVariable.INPUT_COUNT} & " entries"`,
      command: [
        WorkerCommand.COLLECT,
        WorkerOption.INPUT_DIR, below(`$${RunVariable.WORK_URI}`, WorkKey.SEQUENCES),
        WorkerOption.ALIGNMENT, below(`$${RunVariable.RESULTS_URI}`, ResultKey.ALIGNMENT),
        WorkerOption.OUTPUT, below(`$${RunVariable.RESULTS_URI}`, ResultKey.SEQ_INFO),
        ...ERRORS,
      ],
      onFailure: this.explainFailure,
      outputs: jsonata('{}'),
    });
  }

  /** What a job outside of the Map reads of its run. */
  private ofRunItself(): Pick<JobProps, 'run' | 'share'> {
    return { run: `$${RunVariable.JOB_NAME}`, share: this.share(`$${SHARE_VARIABLE}`) };
  }

  /** @param own an expression for the run's own share */
  private share(own: string): JobProps['share'] {
    const { share } = this.props;
    return share && { identifier: share.identifier.isFromInput ? jsonata(own) : share.identifier.identifier, priority: share.priority };
  }

  /** What a step that is done leaves for a redrive, where there can be one. */
  private assignStep(next: string): { [variable: string]: string } | undefined {
    return this.props.workflowType === sfn.StateMachineType.EXPRESS ? undefined : { [RunVariable.STEP]: next };
  }

  private job(id: string, job: Omit<JobProps, 'jobQueue' | 'runTimeout'>): sfn.Chain {
    const { workflowType, jobQueue, runTimeout } = this.props;
    const props = { ...job, jobQueue, runTimeout };
    return workflowType === sfn.StateMachineType.EXPRESS ? jobLoop(this, id, props) : jobTask(this, id, props);
  }
}

/** A word of a command: a place below one of the run's folders. */
function below(folder: string, key: string): string {
  return jsonata(`${folder} & ${literal(key)}`);
}
