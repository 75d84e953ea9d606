import { Aws, Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

/** For S3's API: its errors as Step Functions names them, for which it has no wildcard. */
export const S3_RETRY: sfn.RetryProps = {
  errors: ['S3.S3Exception', 'S3.SdkClientException'],
  interval: Duration.seconds(1),
  maxAttempts: 3,
  jitterStrategy: sfn.JitterType.FULL,
};

export interface ServiceTaskProps extends sfn.TaskStateJsonataBaseProps {
  /** The service integration, for example `batch:submitJob.sync`. */
  readonly integration: string;
  readonly args: { readonly [name: string]: unknown };
  /** What the state machine needs to be allowed for it; nothing is added to these. */
  readonly statements: iam.PolicyStatement[];
}

/**
 * A Task state that renders a real `TimeoutSeconds` and grants exactly the given statements; CDK's own BatchSubmitJob does neither
 * (its timeout becomes the job's, it grants SubmitJob on all job definitions and no DescribeJobs), and CallAwsService takes no
 * conditions.
 */
export class ServiceTask extends sfn.TaskStateBase {
  protected readonly taskMetrics?: sfn.TaskMetricsConfig;
  protected readonly taskPolicies?: iam.PolicyStatement[];

  constructor(scope: Construct, id: string, private readonly props: ServiceTaskProps) {
    super(scope, id, { ...props, queryLanguage: sfn.QueryLanguage.JSONATA });
    this.taskPolicies = props.statements;
  }

  /** @internal */
  protected _renderTask(_topLevelQueryLanguage?: sfn.QueryLanguage): any {
    return { Resource: `arn:${Aws.PARTITION}:states:::${this.props.integration}`, Arguments: this.props.args };
  }
}
