import { Duration, Names, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { PipelineLogs } from './pipeline-logs';
import { ErrorName } from '../contract/error-names';
import { METRIC_NAMESPACE, METRIC_PIPELINE_DIMENSION, METRIC_STEP_DIMENSION, WorkerMetricName } from '../contract/worker-metrics';

const PERIOD = Duration.minutes(5);

/**
 * How a failure's cause says that a job waited until its state, or its queue, gave it up: the words of jobFailure; the reasons that Batch
 * documents for jobs that a queue cancels (AWS Batch user guide, page "Jobs stuck in a RUNNABLE status"); and the name of the queue's
 * setting, in case Batch writes that.
 */
const STUCK_CAUSES = ['*it did not end in time*', '*MISCONFIGURATION:*', '*JobStateTimeLimit*'];

/** What a dimension's value may not have (Amazon CloudWatch API reference, page "Dimension"); a construct's path may. */
const NOT_IN_DIMENSION = /[^\x20-\x7e]/g;
const MAX_NAME = 200;

/**
 * A pipeline's name in metrics, `STACK/PATH`. An app that is deployed twice in an account, by two stack names, has the same paths in both,
 * so the stack's name is part of it.
 */
export function metricsName(pipeline: Construct): string {
  const stack = Stack.of(pipeline);
  return `${stack.stackName}/${pipeline.node.path.slice(stack.node.path.length + 1).replace(NOT_IN_DIMENSION, '?').slice(-MAX_NAME)}`;
}

export interface MeasuredPipeline {
  /** The pipeline's name in the worker's metrics. */
  readonly name: string;
  readonly stateMachine: sfn.StateMachine;
  readonly logs: PipelineLogs;
}

/** The metrics of one pipeline's runs, made in one place: those of Step Functions, and two that are counted in the execution log. */
export class RunMetrics extends Construct {
  /** The namespace of the counts from the log. The worker's own metrics share one, in which a dimension tells pipelines apart. */
  private readonly namespace: string;
  private readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, private readonly pipeline: MeasuredPipeline) {
    super(scope, id);
    const { stateMachine } = pipeline;
    this.stateMachine = stateMachine;
    const unique = Names.uniqueResourceName(stateMachine, { maxLength: 100, separator: '-' });
    this.namespace = `${METRIC_NAMESPACE}/${Stack.of(this).stackName}/${unique}`;
    this.count('InvalidInputs', `$.details.error = "${ErrorName.INVALID_INPUT}"`);
    this.count('StuckJobs', `(${STUCK_CAUSES.map((cause) => `$.details.cause = "${cause}"`).join(' || ')})`);
  }

  public started(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricStarted({ period: PERIOD, ...options });
  }

  public succeeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricSucceeded({ period: PERIOD, ...options });
  }

  /** Invalid inputs included. */
  public failed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed({ period: PERIOD, ...options });
  }

  public timedOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricTimedOut({ period: PERIOD, ...options });
  }

  public throttled(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricThrottled({ period: PERIOD, ...options });
  }

  /** In milliseconds. */
  public duration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricTime({ period: PERIOD, ...options });
  }

  /** Runs whose input was refused. */
  public invalidInputs(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted('InvalidInputs', options);
  }

  /** Runs that failed because a job was not started, or not ended, in time. */
  public stuckJobs(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted('StuckJobs', options);
  }

  /** What the worker measures in a step of this pipeline. */
  public worker(step: string, metricName: WorkerMetricName, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [METRIC_PIPELINE_DIMENSION]: this.pipeline.name, [METRIC_STEP_DIMENSION]: step },
      period: PERIOD,
      label: step,
      ...options,
    });
  }

  private counted(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({ namespace: this.namespace, metricName, statistic: 'Sum', period: PERIOD, ...options });
  }

  /** The log group may be one for many state machines, so the line must be one of this pipeline's. */
  private count(metricName: string, condition: string): void {
    new logs.MetricFilter(this, metricName, {
      logGroup: this.pipeline.logs.executions,
      filterPattern: logs.FilterPattern.literal(
        `{ $.type = "ExecutionFailed" && $.execution_arn = "*:${this.stateMachine.stateMachineName}:*" && ${condition} }`),
      metricNamespace: this.namespace,
      metricName,
      metricValue: '1',
    });
  }
}
