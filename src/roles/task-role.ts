import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { tasksOfOwnAccount } from './trust';

/** What a role's description may not have (AWS IAM API reference, page "CreateRole"); a construct's path may. */
const NOT_IN_DESCRIPTION = /[^\t\n\r\x20-\x7e\xa1-\xff]/g;

/** A role for the containers of jobs, or for the agent that starts them. */
export function taskRole(scope: Construct, id: string, description: string): iam.Role {
  return new iam.Role(scope, id, {
    assumedBy: tasksOfOwnAccount(scope),
    description: description.replace(NOT_IN_DESCRIPTION, '?'),
  });
}
