import { describeMapRun as description, mapRunListItem } from './execution-shapes';
import { anyExecutionOf, mapRunOf } from './named';
import type { StatesOperation } from './operation';
import { pageOf } from './states-input';
import { following } from '../json-protocol';

export const describeMapRun: StatesOperation = (account, input, caller) => description(mapRunOf(account, input, caller, 'states:DescribeMapRun'));

export const listMapRuns: StatesOperation = (account, input, caller) => {
  anyExecutionOf(account, input, caller, 'states:ListMapRuns');
  const runs = account.executions.mapRuns().filter(({ executionArn }) => executionArn === input.executionArn);
  const { items, nextToken } = pageOf(runs.sort((a, b) => b.startDate.localeCompare(a.startDate)), input);
  return { mapRuns: items.map(mapRunListItem), ...following(nextToken) };
};
