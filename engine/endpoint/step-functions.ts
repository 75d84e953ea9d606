import { randomUUID } from 'node:crypto';
import { ApiError } from './api-error';
import { authorize } from './authorize';
import { ApiService, following, Input, jsonService, Operation, seconds } from './json-protocol';
import { describeChild, describeExecution, executionListItem, syncResult } from './step-functions/execution-shapes';
import { listChildren, mapRunOperations } from './step-functions/map-runs';
import { filtered, invalidArn, oneOf, pageOf, required, startText, text } from './step-functions/states-input';
import { EXECUTION_NAME } from '../asl/definition/execution-name';
import { DefinitionError } from '../asl/definition/load-definition';
import { apiEvent, HistoryEvent } from '../asl/record/history';
import type { LoadedStateMachine } from '../deployment/loaded-assembly';
import type { ChildRecord } from '../executions/child-executions';
import type { ExecutionRecord } from '../executions/execution-journal';
import type { Executions } from '../executions/executions';
import { redriveStatus } from '../executions/redrive-status';
import type { Principal } from '../iam/policy';

export interface StepFunctionsOptions {
  readonly stateMachines: readonly LoadedStateMachine[];
  readonly executions: Executions;
  /** When the state machines were made. */
  readonly createdAt: Date;
}

/** API reference, StopExecution. */
const [MAX_ERROR, MAX_CAUSE] = [256, 32_768];
const PAYLOADS = ['input', 'inputDetails', 'output', 'outputDetails', 'error', 'cause'];
const INCLUDED_DATA = ['ALL_DATA', 'METADATA_ONLY'];

type Child = { readonly record: ChildRecord; readonly events: readonly HistoryEvent[] };
type Found = { readonly record: ExecutionRecord; readonly child?: undefined } | { readonly child: Child; readonly record?: undefined };

/** AWS Step Functions, as far as a caller of a pipeline uses it (API version 2016-11-23). */
export function stepFunctions({ stateMachines, executions, createdAt }: StepFunctionsOptions): ApiService {
  const machineOf = (input: Input, caller: Principal, action: string): LoadedStateMachine => {
    const arn = required(input, 'stateMachineArn');
    if (!/^arn:[^:]+:states:[^:]+:\d+:stateMachine:/.test(arn)) throw invalidArn(arn);
    authorize(caller, action, arn);
    const machine = stateMachines.find((candidate) => candidate.arn === arn);
    if (machine === undefined) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  };
  const arnOf = (input: Input, caller: Principal, action: string): string => {
    const arn = required(input, 'executionArn');
    const [, , service, , , kind] = arn.split(':');
    if (service !== 'states') throw invalidArn(arn);
    if (kind === 'express') throw new ApiError('InvalidArn', 'Invalid Arn: \'Resource type not valid in this context: express\'');
    if (kind !== 'execution') throw invalidArn(arn);
    authorize(caller, action, arn);
    return arn;
  };
  const absent = (arn: string) => new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  /** An execution, or the child execution of a distributed Map. */
  const anyOf = (input: Input, caller: Principal, action: string): Found => {
    const arn = arnOf(input, caller, action);
    const record = executions.find(arn);
    if (record !== undefined) return { record };
    const child = executions.children.find(arn);
    if (child === undefined) throw absent(arn);
    return { child };
  };
  const executionOf = (input: Input, caller: Principal, action: string): ExecutionRecord => {
    const { record, child } = anyOf(input, caller, action);
    if (record !== undefined) return record;
    const code = action === 'states:RedriveExecution' ? 'ExecutionNotRedrivable' : 'ValidationException';
    throw new ApiError(code, `${child.record.arn} is the child execution of a Map run; call ${action.split(':')[1]} for the execution that started it`);
  };
  const start = (machine: LoadedStateMachine, given: Input) => {
    const { name, input } = checkedStart(given);
    const kind = machine.definition.type === 'EXPRESS' ? 'express' : 'execution';
    const arn = `${machine.arn.replace(':stateMachine:', `:${kind}:`)}:${name}${kind === 'express' ? `:${randomUUID()}` : ''}`;
    const same = executions.find(arn);
    // "If StartExecution is called with the same name and input as a running execution, the call succeeds and returns the same response."
    if (same !== undefined && (same.status !== 'RUNNING' || same.input !== input)) {
      throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    return same === undefined ? executions.start({ arn, name, machine, input }) : { arn, ended: undefined };
  };

  /** Dates by execution and client token. */
  const redrives = new Map<string, string>();
  const operations: Readonly<Record<string, Operation>> = {
    StartExecution: (input, caller) => {
      startText(input);
      const { arn } = start(machineOf(input, caller, 'states:StartExecution'), input);
      return { executionArn: arn, startDate: seconds(executions.find(arn)!.startDate) };
    },
    StartSyncExecution: async (input, caller) => {
      startText(input);
      const withData = hasData(input);
      const machine = machineOf(input, caller, 'states:StartSyncExecution');
      if (machine.definition.type !== 'EXPRESS') throw typeNotSupported();
      const { record } = await start(machine, input).ended!;
      return withData ? syncResult(record) : withoutData(syncResult(record));
    },
    DescribeExecution: (input, caller) => {
      const withData = hasData(input);
      const { record, child } = anyOf(input, caller, 'states:DescribeExecution');
      const described = record === undefined ? describeChild(child.record) : describeExecution(record);
      return withData ? described : withoutData(described);
    },
    GetExecutionHistory: (input, caller) => {
      const { record, child } = anyOf(input, caller, 'states:GetExecutionHistory');
      if (child?.record.express === true) throw typeNotSupported();
      const inOrder = record === undefined ? child.events : executions.events(record.arn);
      const events = input.reverseOrder === true ? [...inOrder].reverse() : inOrder;
      const { items, nextToken } = pageOf(events, input);
      return { events: items.map((event) => historyEvent(event, input.includeExecutionData !== false)), ...following(nextToken) };
    },
    ListExecutions: (input, caller) => {
      if (input.mapRunArn !== undefined) return listChildren(executions, input, caller);
      const machine = machineOf(input, caller, 'states:ListExecutions');
      if (machine.definition.type === 'EXPRESS') throw typeNotSupported();
      const found = filtered(executions.all().filter(({ stateMachineArn }) => stateMachineArn === machine.arn), input);
      const { items, nextToken } = pageOf(found, input);
      return { executions: items.map(executionListItem), ...following(nextToken) };
    },
    StopExecution: async (input, caller) => {
      const error = text(input, 'error', MAX_ERROR, { least: 0, sensitive: true });
      const cause = text(input, 'cause', MAX_CAUSE, { least: 0, sensitive: true });
      const { arn, status, stopDate } = executionOf(input, caller, 'states:StopExecution');
      // It answers for one that has ended as well.
      if (status !== 'RUNNING') return { stopDate: seconds(stopDate) };
      const { record } = await executions.stop(arn, error, cause)!.ended;
      return { stopDate: seconds(record.stopDate) };
    },
    RedriveExecution: (input, caller) => {
      const record = executionOf(input, caller, 'states:RedriveExecution');
      // The same request again, sent by a client that got no answer.
      const token = input.clientToken === undefined ? undefined : `${record.arn} ${input.clientToken}`;
      if (token !== undefined && redrives.has(token)) return { redriveDate: seconds(redrives.get(token)) };
      const { redriveStatus: can, redriveStatusReason } = redriveStatus(record);
      if (can !== 'REDRIVABLE') throw new ApiError('ExecutionNotRedrivable', redriveStatusReason!);
      const machine = stateMachines.find(({ arn }) => arn === record.stateMachineArn);
      if (machine === undefined) throw new ApiError('ExecutionNotRedrivable', `its state machine is not in the app any more: ${record.stateMachineArn}`);
      try {
        executions.redrive(machine, record);
      } catch (error) {
        if (!(error instanceof DefinitionError)) throw error;
        throw new ApiError('ExecutionNotRedrivable', `the definition that it was started with does not run any more: ${error.message}`);
      }
      const { redriveDate } = executions.find(record.arn)!;
      if (token !== undefined) redrives.set(token, redriveDate!);
      return { redriveDate: seconds(redriveDate) };
    },
    DescribeStateMachine: (input, caller) => {
      const withData = hasData(input);
      const { arn, name, role, definition, definitionText } = machineOf(input, caller, 'states:DescribeStateMachine');
      return {
        stateMachineArn: arn, name, status: 'ACTIVE', definition: withData ? definitionText : '{}', roleArn: role.arn, type: definition.type, creationDate: createdAt.getTime() / 1000,
      };
    },
    ListStateMachines: (input, caller) => {
      authorize(caller, 'states:ListStateMachines', '*');
      const { items, nextToken } = pageOf(stateMachines, input);
      const creationDate = createdAt.getTime() / 1000;
      const list = items.map(({ arn, name, definition: { type } }) => ({ stateMachineArn: arn, name, type, creationDate }));
      return { stateMachines: list, ...following(nextToken) };
    },
    ...mapRunOperations(executions, (input, caller, action) => anyOf(input, caller, action)),
  };
  return jsonService('1.0', 'AWSStepFunctions', operations);
}

/** What is wrong with a new execution's name and input once its state machine is known. */
function checkedStart(given: Input): { name: string; input: string } {
  const { name = randomUUID(), input = '{}' } = startText(given);
  if (!EXECUTION_NAME.test(name)) throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
  try {
    JSON.parse(input);
  } catch (error) {
    throw new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(error as Error).message}'`);
  }
  return { name, input };
}

function hasData(input: Input): boolean {
  return oneOf(input, 'includedData', INCLUDED_DATA) !== 'METADATA_ONLY';
}

/** What a caller is told who may not decrypt what an execution takes and gives (API reference, DescribeExecution, "includedData"). */
function withoutData(description: object): object {
  return Object.fromEntries(Object.entries(description).filter(([name]) => !PAYLOADS.includes(name)));
}

function historyEvent(event: HistoryEvent, withData: boolean): object {
  const { timestamp, ...shape } = apiEvent(event) as Record<string, any>;
  if (!withData) {
    for (const details of Object.values(shape)) {
      if (typeof details === 'object' && details !== null) for (const name of ['input', 'output', 'parameters', 'assignedVariables']) delete details[name];
    }
  }
  return { timestamp: seconds(timestamp), ...shape };
}

function typeNotSupported(): ApiError {
  return new ApiError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
}
