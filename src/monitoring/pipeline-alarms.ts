import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { RunMetrics } from './run-metrics';
import { RUNBOOK } from '../contract/runbook';

const SLOW_SHARE = 0.8;
const INVALID_INPUTS_PERIOD = Duration.hours(1);
const MIN_INVALID_INPUTS = 5;
const MAX_INVALID_PERCENT = 50;

export interface PipelineAlarmsProps {
  readonly metrics: RunMetrics;
  readonly runTimeout: Duration;
  readonly actions: cloudwatch.IAlarmAction[];
}

/** One alarm for each thing that somebody has to look at; each names its entry of the runbook. */
export class PipelineAlarms extends Construct {
  public readonly all: cloudwatch.Alarm[] = [];

  constructor(scope: Construct, id: string, private readonly props: PipelineAlarmsProps) {
    super(scope, id);
    const { metrics, runTimeout } = props;
    this.add('RunsFailed', 'runs-failed', 'a run failed for another reason than its input', new cloudwatch.MathExpression({
      // The log's count may come a minute after the failure's: then the alarm goes off and back at once.
      expression: 'FILL(failed, 0) - FILL(invalid, 0)',
      usingMetrics: { failed: metrics.failed(), invalid: metrics.invalidInputs() },
      label: 'failed, but for invalid inputs',
    }), 1);
    this.add('RunsTimedOut', 'runs-timed-out', 'a run did not end within runTimeout', metrics.timedOut(), 1);
    this.add('RunsThrottled', 'runs-throttled', 'Step Functions throttled the runs', metrics.throttled(), 1);
    if (!runTimeout.isUnresolved()) {
      this.add('RunsSlow', 'runs-slow', `a run took more than ${SLOW_SHARE * 100} % of runTimeout (${runTimeout.toHumanString()})`,
        metrics.duration({ statistic: 'Maximum' }), Math.floor(runTimeout.toMilliseconds() * SLOW_SHARE));
    }
    this.add('JobsStuck', 'jobs-stuck', 'a job was not placed, or did not end, in time', metrics.stuckJobs(), 1);
    this.add('InvalidInputs', 'invalid-inputs',
      `more than ${MAX_INVALID_PERCENT} % of an hour's runs, and at least ${MIN_INVALID_INPUTS}, had an invalid input`, new cloudwatch.MathExpression({
        expression: `IF(FILL(invalid, 0) >= ${MIN_INVALID_INPUTS}, 100 * invalid / started, 0)`,
        usingMetrics: {
          invalid: metrics.invalidInputs({ period: INVALID_INPUTS_PERIOD }),
          started: metrics.started({ statistic: 'Sum', period: INVALID_INPUTS_PERIOD }),
        },
        period: INVALID_INPUTS_PERIOD,
        label: 'percent of runs with an invalid input',
      }), MAX_INVALID_PERCENT, cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD);
  }

  private add(
    id: string, runbookEntry: string, what: string, metric: cloudwatch.IMetric, threshold: number,
    comparisonOperator = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  ): void {
    const alarm = new cloudwatch.Alarm(this, id, {
      alarmDescription: `PAVI alignment pipeline: ${what}. What to do: ${RUNBOOK}#${runbookEntry}`,
      metric,
      threshold,
      comparisonOperator,
      evaluationPeriods: 1,
      // No runs, no news.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    if (this.props.actions.length > 0) alarm.addAlarmAction(...this.props.actions);
    this.all.push(alarm);
  }
}
