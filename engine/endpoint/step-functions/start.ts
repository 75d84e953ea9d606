import { randomUUID } from 'node:crypto';
import type { StatesAccount } from './operation';
import type { StartText } from './states-input';
import { EXECUTION_NAME } from '../../asl/definition/execution-name';
import type { LoadedStateMachine } from '../../deployment/loaded-assembly';
import { ApiError } from '../api-error';

/** Starts an execution, or finds the running one of the same name and input; `ended` is absent for that one. */
export function start({ executions }: StatesAccount, machine: LoadedStateMachine, given: StartText) {
  const { name, input } = checked(given);
  const kind = machine.definition.type === 'EXPRESS' ? 'express' : 'execution';
  const arn = `${machine.arn.replace(':stateMachine:', `:${kind}:`)}:${name}${kind === 'express' ? `:${randomUUID()}` : ''}`;
  const same = executions.find(arn);
  // "If StartExecution is called with the same name and input as a running execution, the call succeeds and returns the same response."
  if (same !== undefined && (same.status !== 'RUNNING' || same.input !== input)) {
    throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  }
  return same === undefined ? executions.start({ arn, name, machine, input }) : { arn, ended: undefined };
}

/** What is wrong with a new execution's name and input once its state machine is known. */
function checked({ name = randomUUID(), input = '{}' }: StartText): { name: string; input: string } {
  if (!EXECUTION_NAME.test(name)) throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
  try {
    JSON.parse(input);
  } catch (error) {
    throw new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(error as Error).message}'`);
  }
  return { name, input };
}
