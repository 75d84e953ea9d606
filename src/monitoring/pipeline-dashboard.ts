import { Annotations, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { RunMetrics } from './run-metrics';
import { STEP_COMMANDS } from '../contract/batch-jobs';
import { JobSize } from '../contract/job-sizes';
import { LogLevel } from '../contract/log-events';
import { WorkerCommand } from '../contract/worker-command-line';
import { WorkerMetric, WorkerMetricName } from '../contract/worker-metrics';

export interface PipelineDashboardProps {
  readonly dashboardName?: string;
  readonly metrics: RunMetrics;
  readonly alarms: cloudwatch.Alarm[];
  readonly jobLogs: logs.ILogGroup;
  /** The first size of each step's jobs, by the step's command. */
  readonly sizes: { readonly [command: string]: JobSize };
}

const HALF = 12;
const THIRD = 8;

/** A dashboard that answers, from above: do runs succeed, how long do they take, what do their jobs do, what do they cost. */
export function createDashboard(scope: Construct, id: string, props: PipelineDashboardProps): cloudwatch.Dashboard {
  const { metrics } = props;
  const dashboard = new cloudwatch.Dashboard(scope, id, { dashboardName: props.dashboardName });
  if (props.alarms.length > 0) dashboard.addWidgets(new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: props.alarms, width: 24, height: 3 }));
  dashboard.addWidgets(
    graph('Runs', HALF, [
      metrics.started({ statistic: 'Sum', label: 'started' }), metrics.succeeded({ label: 'succeeded' }), metrics.failed({ label: 'failed' }),
      metrics.timedOut({ label: 'timed out' }), metrics.invalidInputs({ label: 'invalid input' }), metrics.stuckJobs({ label: 'stuck job' }),
      metrics.throttled({ label: 'throttled' }),
    ]),
    graph('Duration of runs (ms)', HALF, ['p50', 'p95', 'Maximum'].map((statistic) => metrics.duration({ statistic, label: statistic }))),
  );
  const bySteps = (title: string, metric: WorkerMetricName, statistic: string, width: number, limits: cloudwatch.HorizontalAnnotation[] = []) =>
    graph(title, width, STEP_COMMANDS.map((step) => metrics.worker(step, metric, { statistic })), limits);
  dashboard.addWidgets(
    bySteps('Jobs: how long they compute (s, p95)', WorkerMetric.DURATION, 'p95', THIRD),
    bySteps('Jobs: ended (count)', WorkerMetric.DURATION, 'SampleCount', THIRD),
    bySteps('Jobs: failures (sum)', WorkerMetric.FAILURES, 'Sum', THIRD),
  );
  dashboard.addWidgets(
    bySteps('Peak memory against its limit (MiB)', WorkerMetric.PEAK_MEMORY, 'Maximum', HALF, STEP_COMMANDS.map((step) => ({
      value: props.sizes[step].memoryMiB, label: `${step}: memory of a job`,
    }))),
    graph('Genomes', HALF, [
      metrics.worker(WorkerCommand.RETRIEVE, WorkerMetric.GENOME_BYTES, { statistic: 'Sum', label: 'bytes' }),
      metrics.worker(WorkerCommand.RETRIEVE, WorkerMetric.GENOME_REQUESTS, { statistic: 'Sum', label: 'requests' }),
      metrics.worker(WorkerCommand.RETRIEVE, WorkerMetric.VARIANT_LOOKUPS, { statistic: 'Sum', label: 'variant look-ups' }),
    ]),
  );
  dashboard.addWidgets(
    graph('What is paid for: vCPU seconds of jobs, without their start', HALF, STEP_COMMANDS.map((step) => new cloudwatch.MathExpression({
      expression: `${step}Seconds * ${asText(props.sizes[step].vcpus)}`,
      usingMetrics: { [`${step}Seconds`]: metrics.worker(step, WorkerMetric.DURATION, { statistic: 'Sum' }) },
      label: step,
    }))),
    new cloudwatch.LogQueryWidget({
      title: 'The last errors of jobs',
      logGroupNames: [props.jobLogs.logGroupName],
      view: cloudwatch.LogQueryVisualizationType.TABLE,
      queryLines: ['fields @timestamp, event, error, entry, message, @logStream', `filter level = "${LogLevel.ERROR}"`, 'sort @timestamp desc', 'limit 20'],
      width: HALF,
      height: 6,
    }),
  );
  if (STEP_COMMANDS.some((step) => Token.isUnresolved(props.sizes[step].vcpus))) {
    // The CDK looks for names of metrics in the token that stands for the number.
    Annotations.of(dashboard).acknowledgeWarning('CloudWatch:Math:UnknownIdentifier', 'a number that only the deployment knows');
  }
  return dashboard;
}

/** Also of a number that only the deployment knows. */
function asText(value: number): string {
  return Token.isUnresolved(value) ? Token.asString(value) : `${value}`;
}

function graph(
  title: string, width: number, left: cloudwatch.IMetric[], leftAnnotations: cloudwatch.HorizontalAnnotation[] = [],
): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, width, height: 6, left, leftAnnotations, leftYAxis: { min: 0 } });
}
