import { hasData } from './included-data';
import { machineOf } from './named';
import type { StatesOperation } from './operation';

export const describeStateMachine: StatesOperation = (account, input, caller) => {
  const withData = hasData(input);
  const { arn, name, role, definition, definitionText } = machineOf(account, input, caller, 'states:DescribeStateMachine');
  return {
    stateMachineArn: arn,
    name,
    status: 'ACTIVE',
    definition: withData ? definitionText : '{}',
    roleArn: role.arn,
    type: definition.type,
    creationDate: account.createdAt.getTime() / 1000,
  };
};
