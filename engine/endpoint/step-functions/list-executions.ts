import { childListItem, executionListItem } from './execution-shapes';
import { machineOf, mapRunOf } from './named';
import type { StatesOperation } from './operation';
import { filtered, pageOf, typeNotSupported } from './states-input';
import { ApiError } from '../api-error';
import { following } from '../json-protocol';

export const listExecutions: StatesOperation = (account, input, caller) => {
  if (input.mapRunArn !== undefined) return listChildren(account, input, caller);
  const machine = machineOf(account, input, caller, 'states:ListExecutions');
  if (machine.definition.type === 'EXPRESS') throw typeNotSupported();
  const found = filtered(account.executions.all().filter(({ stateMachineArn }) => stateMachineArn === machine.arn), input);
  const { items, nextToken } = pageOf(found, input);
  return { executions: items.map(executionListItem), ...following(nextToken) };
};

/** Where it was asked for a Map run's: newest first. */
const listChildren: StatesOperation = (account, input, caller) => {
  if (input.stateMachineArn !== undefined) throw new ApiError('ValidationException', 'stateMachineArn and mapRunArn cannot be given both');
  const run = mapRunOf(account, input, caller, 'states:ListExecutions');
  const { items, nextToken } = pageOf(filtered(account.executions.children.of(run).reverse(), input), input);
  return { executions: items.map(childListItem), ...following(nextToken) };
};
