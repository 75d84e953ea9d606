import { anyExecutionOf } from './named';
import type { StatesOperation } from './operation';
import { pageOf, typeNotSupported } from './states-input';
import { apiEvent, HistoryEvent } from '../../asl/record/history';
import { following, seconds } from '../json-protocol';

const DATA_FIELDS = ['input', 'output', 'parameters', 'assignedVariables'];

export const getExecutionHistory: StatesOperation = (account, input, caller) => {
  const { record, child } = anyExecutionOf(account, input, caller, 'states:GetExecutionHistory');
  if (child?.record.express === true) throw typeNotSupported();
  const inOrder = record === undefined ? child.events : account.executions.events(record.arn);
  const events = input.reverseOrder === true ? [...inOrder].reverse() : inOrder;
  const { items, nextToken } = pageOf(events, input);
  return { events: items.map((event) => historyEvent(event, input.includeExecutionData !== false)), ...following(nextToken) };
};

function historyEvent(event: HistoryEvent, withData: boolean): object {
  const { timestamp, ...shape } = apiEvent(event) as Record<string, any>;
  if (!withData) {
    for (const details of Object.values(shape)) {
      if (typeof details === 'object' && details !== null) for (const name of DATA_FIELDS) delete details[name];
    }
  }
  return { timestamp: seconds(timestamp), ...shape };
}
