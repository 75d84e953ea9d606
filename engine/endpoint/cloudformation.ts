import { ApiError } from './api-error';
import type { ApiRequest } from './api-request';
import { ApiService, unknownOperation } from './json-protocol';
import { queryError, queryResult } from './query-protocol';
import type { LoadedStack } from '../deployment/loaded-assembly';
import { authorize } from '../iam/evaluate';

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

/** AWS CloudFormation's DescribeStacks (query protocol, API version 2010-05-15): where a caller finds the pipeline's names. */
export function cloudFormation(stacks: readonly LoadedStack[], createdAt: Date): ApiService {
  return {
    answer: async ({ body, principal }: ApiRequest) => {
      const parameters = new URLSearchParams(body);
      const action = parameters.get('Action') ?? '';
      if (action !== 'DescribeStacks') throw unknownOperation(action);
      const name = parameters.get('StackName');
      const found = name === null ? stacks : stacks.filter((stack) => stack.name === name || stack.id === name);
      const resources = name === null ? ['*'] : found.map(({ id }) => id);
      resources.forEach((resource) => authorize({ principal, action: 'cloudformation:DescribeStacks', resource }));
      if (found.length === 0) throw new ApiError('ValidationError', `Stack with id ${name} does not exist`);
      return queryResult(action, NAMESPACE, { Stacks: { member: found.map((stack) => description(stack, createdAt)) } });
    },
    denial: { code: 'AccessDenied', status: 403 },
    error: (error, requestId) => queryError(error, requestId, NAMESPACE),
  };
}

function description({ name, id, outputs }: LoadedStack, createdAt: Date): object {
  return {
    StackName: name,
    StackId: id,
    CreationTime: createdAt.toISOString(),
    StackStatus: 'CREATE_COMPLETE',
    DisableRollback: false,
    Outputs: { member: Object.entries(outputs).map(([OutputKey, value]) => ({ OutputKey, OutputValue: String(value) })) },
    Tags: '',
  };
}
