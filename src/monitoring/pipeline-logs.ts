import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface PipelineLogsProps {
  readonly jobLogGroup?: logs.ILogGroup;
  readonly executionLogGroup?: logs.ILogGroup;
  readonly retention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** The two log groups: what the jobs write, and what Step Functions writes about failed executions. */
export class PipelineLogs extends Construct {
  public readonly jobs: logs.ILogGroup;
  public readonly executions: logs.ILogGroup;

  constructor(scope: Construct, id: string, props: PipelineLogsProps) {
    super(scope, id);
    const { retention, removalPolicy } = props;
    this.jobs = props.jobLogGroup ?? new logs.LogGroup(this, 'Jobs', { retention, removalPolicy });
    this.executions = props.executionLogGroup ?? new logs.LogGroup(this, 'Executions', { retention, removalPolicy });
  }
}
