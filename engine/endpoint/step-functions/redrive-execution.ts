import { executionOf } from './named';
import type { StatesOperation } from './operation';
import { DefinitionError } from '../../asl/definition/load-definition';
import { redriveStatus } from '../../executions/redrive-status';
import { ApiError } from '../api-error';
import { seconds } from '../json-protocol';

/** An operation of its own for each endpoint: it remembers the client tokens. */
export function redriveExecution(): StatesOperation {
  /** Dates by execution and client token. */
  const redrives = new Map<string, string>();
  return (account, input, caller) => {
    const { stateMachines, executions } = account;
    const record = executionOf(account, input, caller, 'states:RedriveExecution');
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
  };
}
