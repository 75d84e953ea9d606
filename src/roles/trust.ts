import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/**
 * The conditions under which a service may take a role: for resources of the stack's account and region alone, so that nobody else's
 * can lead the service to it. Sources: Amazon ECS developer guide, page "Amazon ECS task IAM role"; AWS Step Functions developer guide,
 * page "Creating an IAM role for your state machine". Neither can name the resource: a task does not exist yet, and the state machine
 * needs its role first.
 */
function ofOwnAccount(scope: Construct, service: string): { readonly [operator: string]: { readonly [key: string]: string } } {
  const stack = Stack.of(scope);
  return {
    StringEquals: { 'aws:SourceAccount': stack.account },
    ArnLike: { 'aws:SourceArn': stack.formatArn({ service, resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME }) },
  };
}

/** ECS, for the containers of this account's tasks. */
export function tasksOfOwnAccount(scope: Construct): iam.ServicePrincipal {
  return new iam.ServicePrincipal('ecs-tasks.amazonaws.com', { conditions: ofOwnAccount(scope, 'ecs') });
}

/** Limits the role that the CDK made for a state machine; of a role that the app brings, the trust is the app's. */
export function trustOwnStateMachines(role: iam.IRole): void {
  const resource = role.node.defaultChild as iam.CfnRole;
  resource.addPropertyOverride('AssumeRolePolicyDocument.Statement.0.Condition', ofOwnAccount(role, 'states'));
}
