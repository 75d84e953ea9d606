import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';

/** What watches the runs. */
export interface PipelineMonitoringProps {
  /**
   * Whether there are alarms: runs failed, timed out, throttled, slow (above 80 % of `runTimeout`), jobs stuck, many invalid inputs. The
   * description of each names its entry of the runbook (docs/operating.md). CloudWatch bills them (some $0.80 a month), so by default
   * they are made only with a topic or an action to notify you.
   *
   * @default - true with `alarmTopic` or `alarmActions`, otherwise false
   */
  readonly alarms?: boolean;
  /**
   * Gets a message for each alarm, and for each job that blocks the queue. A topic of the app is allowed to take them; the policy of
   * an imported one must let `cloudwatch.amazonaws.com` and `events.amazonaws.com` publish.
   *
   * @default - no messages
   */
  readonly alarmTopic?: sns.ITopic;
  /**
   * What else an alarm sets off.
   *
   * @default - nothing
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];
  /**
   * Whether there is a dashboard. CloudWatch bills dashboards and alarms.
   *
   * @default true
   */
  readonly dashboard?: boolean;
  /**
   * Whether there are saved queries for CloudWatch Logs Insights.
   *
   * @default true
   */
  readonly savedQueries?: boolean;
}
