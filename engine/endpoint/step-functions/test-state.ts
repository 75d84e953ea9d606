import { randomUUID } from 'node:crypto';
import type { StatesAccount, StatesOperation } from './operation';
import { TestStateRequest, testStateRequest } from './test-state-request';
import { jsonText } from '../../asl/expression/json-text';
import { runSingleState, StateTestOptions, StateTestResult } from '../../asl/states/single-state';
import type { FindIntegration } from '../../asl/visit/task-integration';
import { authorize } from '../../iam/evaluate';
import { ApiError } from '../api-error';
import type { Input } from '../json-protocol';

/** A Task that waits for what it has started cannot be tested without a mock. */
const WAITS = /\.(sync(:2)?|waitForTaskToken)$/;

/** AWS Step Functions API reference, TestState; JSONata states only. */
export const testState: StatesOperation = async (account, input, principal) => {
  const request = testStateRequest(input);
  authorize({ principal, action: 'states:TestState', resource: '*' });
  if (request.revealSecrets) authorize({ principal, action: 'states:RevealSecrets', resource: '*' });
  if (request.roleArn !== undefined) authorize({ principal, action: 'iam:PassRole', resource: request.roleArn });
  const integrations = integrationsOf(account, request);
  try {
    const result = await runSingleState(options(account, request, integrations.find));
    return answer(input, request, result);
  } finally {
    integrations.release();
  }
};

function integrationsOf(account: StatesAccount, { state, mock, roleArn }: TestStateRequest): { readonly find: FindIntegration; release(): void } {
  const { Type, Resource } = state.definition.States[state.name];
  const none = { find: () => undefined, release: () => undefined };
  if (Type !== 'Task' || mock !== undefined) return none;
  if (roleArn === undefined) throw new ApiError('ValidationException', 'RoleArn must be specified when testing a Task state');
  if (WAITS.test(Resource!)) {
    throw new ApiError('InvalidDefinition', `TestState needs a mock for the Resource ${Resource}: it waits for what it starts`);
  }
  const found = account.integrationsOf(roleArn);
  if (found === undefined) throw new ApiError('ValidationException', `The role ${roleArn} is not one of the app that is served`);
  return found;
}

/** Of a state that is tested, Step Functions tells the context of an Express execution (recorded on AWS, localstack/localstack). */
function options({ arnOf, clock, expressions = {} }: StatesAccount, request: TestStateRequest, findIntegration: FindIntegration): StateTestOptions {
  const [machine, execution] = [randomUUID(), randomUUID()];
  const executionArn = arnOf(`express:${machine}:${execution}`);
  return {
    ...request,
    ...request.state,
    context: {
      Execution: { Id: executionArn, Input: request.input, Name: execution, RoleArn: request.roleArn ?? null, StartTime: clock.now().toISOString() },
      StateMachine: { Id: arnOf(`stateMachine:${machine}`), Name: machine },
    },
    executionArn,
    executionName: execution,
    findIntegration,
    clock,
    expressions,
  };
}

function answer({ inspectionLevel = 'INFO' }: Input, request: TestStateRequest, result: StateTestResult): object {
  const { status, output, error, cause, nextState, variables, inspection } = result;
  const { afterArguments, afterItemSelector, afterItemBatcher, result: raw, ...figures } = inspection;
  const json = (value: unknown) => (value === undefined ? undefined : jsonText(value));
  return {
    status,
    output: json(output),
    error: error === '' ? undefined : error,
    cause,
    nextState,
    ...inspectionLevel === 'INFO' ? {} : {
      inspectionData: {
        input: jsonText(request.input),
        afterArguments: json(afterArguments),
        afterItemSelector: json(afterItemSelector),
        afterItemBatcher: json(afterItemBatcher),
        result: json(raw),
        variables: Object.keys(variables).length === 0 ? undefined : jsonText(variables),
        ...figures,
      },
    },
  };
}
