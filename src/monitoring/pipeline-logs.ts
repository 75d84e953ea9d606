import { Aws, Fn, Names, RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { requireSamePlace } from '../checks/places';
import { PipelineNames } from '../names/physical-names';

/**
 * Props of the pipeline for its logs.
 *
 * @internal the members are those of `PaviAlignmentPipelineProps`
 */
export interface PipelineLogsProps {
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
}

/** What else decides over the log groups. */
export interface PipelineLogsOptions {
  readonly removalPolicy: RemovalPolicy;
  readonly names: PipelineNames;
}

/** The two log groups: what the jobs write, and what Step Functions writes about failed executions. */
export class PipelineLogs extends Construct {
  public readonly jobs: logs.ILogGroup;
  public readonly executions: logs.ILogGroup;

  constructor(scope: Construct, id: string, props: PipelineLogsProps, { removalPolicy, names }: PipelineLogsOptions) {
    super(scope, id);
    const retention = props.logRetention ?? logs.RetentionDays.THREE_MONTHS;
    for (const prop of ['jobLogGroup', 'executionLogGroup'] as const) {
      const group = props[prop];
      if (group !== undefined) requireSamePlace(this, prop, group, group.logGroupArn);
    }
    this.jobs = props.jobLogGroup ?? new logs.LogGroup(this, 'Jobs', { logGroupName: names.jobLogGroupName, retention, removalPolicy });
    this.executions = props.executionLogGroup ?? new logs.LogGroup(this, 'Executions', {
      logGroupName: names.executionLogGroupName ?? vendedLogsName(this), retention, removalPolicy,
    });
  }
}

/**
 * A name under which CloudWatch Logs does not write the log group into the account's resource policy, which has 5,120 characters for all
 * state machines (AWS Step Functions developer guide, page "Using CloudWatch Logs to log execution history"). The end is the stack's own:
 * a log group that an earlier stack of the same name left behind does not stand in the way.
 */
function vendedLogsName(scope: Construct): string {
  const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return `/aws/vendedlogs/states/${Names.uniqueResourceName(scope, { maxLength: 200, separator: '-' })}-${Fn.select(0, Fn.split('-', stackUuid))}`;
}
