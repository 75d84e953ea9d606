import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { requireName } from './checks';
import { RunStorage } from './storage/run-storage';

/** Options of `PaviAlignmentPipeline.createCallerPolicy`. */
export interface CallerPolicyOptions {
  /**
   * The policy's name in the account, for roles outside of the app: up to 128 letters, digits and `+=,.@_-`.
   *
   * @default - made by CloudFormation
   */
  readonly managedPolicyName?: string;
}

/** What a program needs that starts runs, waits for them, stops them, and reads their results. */
export function createCallerPolicy(
  scope: Construct, id: string, stateMachine: sfn.StateMachine, storage: RunStorage, options: CallerPolicyOptions,
): iam.ManagedPolicy {
  const { managedPolicyName } = options;
  requireName('managedPolicyName', managedPolicyName, /^[A-Za-z0-9+=,.@_-]{1,128}$/, '1 to 128 letters, digits or +=,.@_-');
  const executions = Arn.format({
    service: 'states', resource: 'execution', resourceName: `${stateMachine.stateMachineName}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  }, Stack.of(scope));
  return new iam.ManagedPolicy(scope, id, {
    managedPolicyName,
    description: `Starts runs of ${stateMachine.node.scope!.node.scope!.node.path} and reads their results`,
    statements: [
      new iam.PolicyStatement({ actions: ['states:StartExecution', 'states:ListExecutions'], resources: [stateMachine.stateMachineArn] }),
      new iam.PolicyStatement({
        actions: ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution', 'states:RedriveExecution'],
        resources: [executions],
      }),
      ...storage.objects('s3:GetObject', `${storage.results}*`),
      ...storage.objects('s3:PutObject', `${storage.inputs}*`),
    ],
  });
}
