import type { LoadedStateMachine } from '../../deployment/loaded-assembly';
import type { Executions } from '../../executions/executions';
import type { Principal } from '../../iam/policy';
import type { Input } from '../json-protocol';

/** What the operations work on. */
export interface StatesAccount {
  readonly stateMachines: readonly LoadedStateMachine[];
  readonly executions: Executions;
  /** When the state machines were made. */
  readonly createdAt: Date;
}

/** One operation of AWS Step Functions: the request's input and who sent it, to the answer. */
export type StatesOperation = (account: StatesAccount, input: Input, caller: Principal) => object | Promise<object>;
