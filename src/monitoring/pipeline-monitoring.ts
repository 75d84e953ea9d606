import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as cloudwatchActions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { PipelineAlarms } from './pipeline-alarms';
import { createDashboard } from './pipeline-dashboard';
import { PipelineLogs } from './pipeline-logs';
import { PipelineMonitoringProps } from './pipeline-monitoring-props';
import { tellOfBlockedQueue } from './run-events';
import { RunMetrics } from './run-metrics';
import { SavedQueries } from './saved-queries';
import { requireSame } from '../checks/places';
import { WorkerCommand } from '../contract/worker-command-line';
import { PipelineSteps } from '../steps/pipeline-steps';

export interface WatchedPipeline {
  /** The pipeline's name in the worker's metrics. */
  readonly name: string;
  readonly stateMachine: sfn.StateMachine;
  readonly jobQueue: batch.IJobQueue;
  readonly logs: PipelineLogs;
  readonly steps: PipelineSteps;
  readonly runTimeout: Duration;
}

/** What watches a pipeline: metrics, alarms, a dashboard, saved queries. */
export class PipelineMonitoring extends Construct {
  public readonly metrics: RunMetrics;
  public readonly alarms: cloudwatch.Alarm[];
  public readonly dashboard?: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, pipeline: WatchedPipeline, props: PipelineMonitoringProps, dashboardName?: string) {
    super(scope, id);
    const { jobQueue, steps, runTimeout } = pipeline;
    this.metrics = new RunMetrics(this, 'Metrics', pipeline);
    requireSame(this, 'monitoring.alarmTopic', 'region', props.alarmTopic?.env.region);
    const actions = [...(props.alarmTopic === undefined ? [] : [new cloudwatchActions.SnsAction(props.alarmTopic)]), ...props.alarmActions ?? []];
    this.alarms = props.alarms ?? actions.length > 0 ? new PipelineAlarms(this, 'Alarms', { metrics: this.metrics, runTimeout, actions }).all : [];
    if (props.alarmTopic !== undefined) {
      if (this.alarms.length > 0) letAlarmsPublish(this, props.alarmTopic);
      tellOfBlockedQueue(this, 'QueueBlocked', jobQueue, props.alarmTopic);
    }
    if (props.dashboard ?? true) {
      this.dashboard = createDashboard(this, 'Dashboard', {
        dashboardName,
        metrics: this.metrics,
        alarms: this.alarms,
        jobLogs: pipeline.logs.jobs,
        sizes: {
          [WorkerCommand.RETRIEVE]: steps.sequenceRetrieval.settings.sizes[0],
          [WorkerCommand.ALIGN]: steps.alignment.settings.sizes[0],
          [WorkerCommand.COLLECT]: steps.seqInfoCollection.settings.sizes[0],
        },
      });
    }
    if (props.savedQueries ?? true) new SavedQueries(this, 'Queries', scope.node.path, pipeline.logs.jobs, pipeline.logs.executions);
  }
}

/**
 * A topic without a policy takes what its account's alarms send; the first statement of a policy, such as that for the rule of blocked
 * queues, ends that. To the policy of an imported topic nothing can be added. A key that encrypts the topic must let CloudWatch use it
 * (Amazon SNS developer guide, page "Managing Amazon SNS encryption keys"); for EventBridge, the rule's target sees to both.
 */
function letAlarmsPublish(scope: Construct, topic: sns.ITopic): void {
  const stack = Stack.of(scope);
  topic.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['sns:Publish'],
    resources: [topic.topicArn],
    conditions: {
      ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }) },
      StringEquals: { 'aws:SourceAccount': stack.account },
    },
  }));
  topic.masterKey?.grant(new iam.ServicePrincipal('cloudwatch.amazonaws.com'), 'kms:Decrypt', 'kms:GenerateDataKey*');
}
