import { executionOf } from './named';
import type { StatesOperation } from './operation';
import { text } from './states-input';
import { seconds } from '../json-protocol';

/** API reference, StopExecution. */
const [MAX_ERROR, MAX_CAUSE] = [256, 32_768];

export const stopExecution: StatesOperation = async (account, input, caller) => {
  const error = text(input, 'error', MAX_ERROR, { least: 0, sensitive: true });
  const cause = text(input, 'cause', MAX_CAUSE, { least: 0, sensitive: true });
  const { arn, status, stopDate } = executionOf(account, input, caller, 'states:StopExecution');
  // It answers for one that has ended as well.
  if (status !== 'RUNNING') return { stopDate: seconds(stopDate) };
  const { record } = await account.executions.stop(arn, error, cause)!.ended;
  return { stopDate: seconds(record.stopDate) };
};
