import type { StatesAccount } from './operation';
import { invalidArn, MAX_MAP_RUN_ARN, required } from './states-input';
import type { HistoryEvent } from '../../asl/record/history';
import type { MapRun } from '../../asl/record/map-run';
import type { LoadedStateMachine } from '../../deployment/loaded-assembly';
import type { ChildRecord } from '../../executions/child-executions';
import type { ExecutionRecord } from '../../executions/execution-journal';
import { authorize } from '../../iam/evaluate';
import type { Principal } from '../../iam/policy';
import { ApiError } from '../api-error';
import type { Input } from '../json-protocol';

type Child = { readonly record: ChildRecord; readonly events: readonly HistoryEvent[] };
type Found = { readonly record: ExecutionRecord; readonly child?: undefined } | { readonly child: Child; readonly record?: undefined };

/** The state machine that a request names. */
export function machineOf({ stateMachines }: StatesAccount, input: Input, principal: Principal, action: string): LoadedStateMachine {
  const arn = required(input, 'stateMachineArn');
  if (!/^arn:[^:]+:states:[^:]+:\d+:stateMachine:/.test(arn)) throw invalidArn(arn);
  authorize({ principal, action, resource: arn });
  const machine = stateMachines.find((candidate) => candidate.arn === arn);
  if (machine === undefined) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  return machine;
}

/** The execution that a request names, or the child execution of a distributed Map. */
export function anyExecutionOf({ executions }: StatesAccount, input: Input, principal: Principal, action: string): Found {
  const arn = required(input, 'executionArn');
  const [, , service, , , kind] = arn.split(':');
  if (service !== 'states') throw invalidArn(arn);
  if (kind === 'express') throw new ApiError('InvalidArn', 'Invalid Arn: \'Resource type not valid in this context: express\'');
  if (kind !== 'execution') throw invalidArn(arn);
  authorize({ principal, action, resource: arn });
  const record = executions.find(arn);
  if (record !== undefined) return { record };
  const child = executions.children.find(arn);
  if (child === undefined) throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  return { child };
}

/** The execution that a request names, for an operation that no child execution takes. */
export function executionOf(account: StatesAccount, input: Input, principal: Principal, action: string): ExecutionRecord {
  const { record, child } = anyExecutionOf(account, input, principal, action);
  if (record !== undefined) return record;
  const code = action === 'states:RedriveExecution' ? 'ExecutionNotRedrivable' : 'ValidationException';
  throw new ApiError(code, `${child.record.arn} is the child execution of a Map run; call ${action.split(':')[1]} for the execution that started it`);
}

/** The run of a distributed Map that a request names. */
export function mapRunOf({ executions }: StatesAccount, input: Input, principal: Principal, action: string): MapRun {
  const arn = required(input, 'mapRunArn', MAX_MAP_RUN_ARN);
  if (!/^arn:[^:]+:states:[^:]+:\d+:mapRun:/.test(arn)) throw invalidArn(arn);
  authorize({ principal, action, resource: arn });
  const run = executions.mapRuns().find(({ mapRunArn }) => mapRunArn === arn);
  if (run === undefined) throw new ApiError('ResourceNotFound', `Resource not found: '${arn}'`);
  return run;
}
