import type { StatesOperation } from './operation';
import { pageOf } from './states-input';
import { authorize } from '../../iam/evaluate';
import { following } from '../json-protocol';

export const listStateMachines: StatesOperation = ({ stateMachines, createdAt }, input, principal) => {
  authorize({ principal, action: 'states:ListStateMachines', resource: '*' });
  const { items, nextToken } = pageOf(stateMachines, input);
  const creationDate = createdAt.getTime() / 1000;
  const list = items.map(({ arn, name, definition: { type } }) => ({ stateMachineArn: arn, name, type, creationDate }));
  return { stateMachines: list, ...following(nextToken) };
};
