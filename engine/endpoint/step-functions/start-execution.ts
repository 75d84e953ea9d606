import { machineOf } from './named';
import type { StatesOperation } from './operation';
import { start } from './start';
import { startText } from './states-input';
import { seconds } from '../json-protocol';

export const startExecution: StatesOperation = (account, input, caller) => {
  const given = startText(input);
  const { arn } = start(account, machineOf(account, input, caller, 'states:StartExecution'), given);
  return { executionArn: arn, startDate: seconds(account.executions.find(arn)!.startDate) };
};
