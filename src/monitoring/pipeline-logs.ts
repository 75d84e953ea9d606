import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { requireSamePlace } from '../checks';

export interface PipelineLogsProps {
  readonly jobLogGroup?: logs.ILogGroup;
  readonly executionLogGroup?: logs.ILogGroup;
  readonly retention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly names: { readonly jobLogGroupName?: string; readonly executionLogGroupName?: string };
}

/** The two log groups: what the jobs write, and what Step Functions writes about failed executions. */
export class PipelineLogs extends Construct {
  public readonly jobs: logs.ILogGroup;
  public readonly executions: logs.ILogGroup;

  constructor(scope: Construct, id: string, props: PipelineLogsProps) {
    super(scope, id);
    const { retention, removalPolicy, names } = props;
    for (const given of ['jobLogGroup', 'executionLogGroup'] as const) {
      const group = props[given];
      if (group !== undefined) requireSamePlace(this, given, group, group.logGroupArn);
    }
    this.jobs = props.jobLogGroup ?? new logs.LogGroup(this, 'Jobs', { logGroupName: names.jobLogGroupName, retention, removalPolicy });
    this.executions = props.executionLogGroup ?? new logs.LogGroup(this, 'Executions', { logGroupName: names.executionLogGroupName, retention, removalPolicy });
  }
}
