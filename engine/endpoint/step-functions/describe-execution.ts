import { describeChild, describeExecution as description } from './execution-shapes';
import { hasData, withoutData } from './included-data';
import { anyExecutionOf } from './named';
import type { StatesOperation } from './operation';

export const describeExecution: StatesOperation = (account, input, caller) => {
  const withData = hasData(input);
  const { record, child } = anyExecutionOf(account, input, caller, 'states:DescribeExecution');
  const described = record === undefined ? describeChild(child.record) : description(record);
  return withData ? described : withoutData(described);
};
