import { Arn, ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { requireName } from './checks/values';
import { RunStorage } from './storage/run-storage';

/** Options of `PaviAlignmentPipeline.createCallerPolicy`. */
export interface CallerPolicyOptions {
  /**
   * The policy's name in the account, for roles outside of the app: up to 128 letters, digits and `+=,.@_-`.
   *
   * @default - made by CloudFormation
   */
  readonly managedPolicyName?: string;

  /**
   * Whether it is for people too, who use `pavi-pipeline submit`, `status`, `watch`, `stop`, `redrive`, `results` and `logs`: these also
   * read the stack's outputs, the jobs of the account's queues, this pipeline's job logs, and uploaded inputs.
   *
   * @default false
   */
  readonly operate?: boolean;
}

/** What the policy is for. */
interface CallerPolicyTarget {
  /** Whose executions are the runs. */
  readonly stateMachine: sfn.StateMachine;
  /** Where inputs and results lie. */
  readonly storage: RunStorage;
  /** Where the jobs of the runs log. */
  readonly jobLogGroup: logs.ILogGroup;
}

/** What a program needs that starts runs, waits for them, stops them, and reads their results. */
export function createCallerPolicy(scope: Construct, id: string, target: CallerPolicyTarget, options: CallerPolicyOptions): iam.ManagedPolicy {
  const { managedPolicyName, operate = false } = options;
  const { stateMachine, storage } = target;
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
      ...operate ? operatorStatements(Stack.of(scope), target) : [],
    ],
  });
}

/** What the commands of `pavi-pipeline` on a stack's runs ask beside a caller's own questions; docs/operating.md has them by command. */
function operatorStatements(stack: Stack, { stateMachine, storage, jobLogGroup }: CallerPolicyTarget): iam.PolicyStatement[] {
  const mapRuns = stack.formatArn({
    service: 'states', resource: 'mapRun', resourceName: `${stateMachine.stateMachineName}/*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [
    new iam.PolicyStatement({
      actions: ['cloudformation:DescribeStacks'],
      resources: [stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${Aws.STACK_NAME}/*` })],
    }),
    new iam.PolicyStatement({ actions: ['states:DescribeMapRun'], resources: [mapRuns] }),
    // Neither can be limited to a queue (AWS service authorization reference, page "AWS Batch").
    new iam.PolicyStatement({ actions: ['batch:DescribeJobs', 'batch:ListJobs'], resources: ['*'] }),
    new iam.PolicyStatement({ actions: ['logs:GetLogEvents'], resources: [jobLogGroup.logGroupArn] }),
    ...storage.objects('s3:GetObject', `${storage.inputs}*`),
  ];
}
