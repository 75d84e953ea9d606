import { Duration, Names } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ErrorName } from '../contract/error-names';
import { METRIC_NAMESPACE, METRIC_STEP_DIMENSION, WorkerMetricName } from '../contract/worker-metrics';

const PERIOD = Duration.minutes(5);

/** How a failure's cause tells that a job waited until its state, or its queue, gave it up; see jobFailure and the job queue. */
const STUCK_CAUSES = ['*it did not end in time*', '*JobStateTimeLimit*'];

/** The metrics of one pipeline's runs, made in one place: those of Step Functions, and two that are counted in the execution log. */
export class RunMetrics extends Construct {
  /** The namespace of the counts from the log; the worker's own metrics are in one for all pipelines of the account and region. */
  private readonly namespace: string;

  constructor(scope: Construct, id: string, private readonly stateMachine: sfn.StateMachine, private readonly executionLogs: logs.ILogGroup) {
    super(scope, id);
    this.namespace = `${METRIC_NAMESPACE}/${Names.uniqueResourceName(stateMachine, { maxLength: 100, separator: '-' })}`;
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

  /** What the worker measures in a step, of all pipelines of the account and region. */
  public worker(step: string, metricName: WorkerMetricName, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [METRIC_STEP_DIMENSION]: step },
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
      logGroup: this.executionLogs,
      filterPattern: logs.FilterPattern.literal(
        `{ $.type = "ExecutionFailed" && $.execution_arn = "*:${this.stateMachine.stateMachineName}:*" && ${condition} }`),
      metricNamespace: this.namespace,
      metricName,
      metricValue: '1',
    });
  }
}
