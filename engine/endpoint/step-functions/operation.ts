import type { Clock } from '../../asl/clock';
import type { ExpressionOptions } from '../../asl/expression/expression';
import type { FindIntegration } from '../../asl/visit/task-integration';
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
  /** ARN of what the service has: `express:NAME:ID:ID`. */
  readonly arnOf: (path: string) => string;
  readonly clock: Clock;
  readonly expressions?: ExpressionOptions;
  /** The service calls of a state that is tested as a role; undefined if the account has no such role. */
  readonly integrationsOf: (roleArn: string) => { readonly find: FindIntegration; release(): void } | undefined;
}

/** One operation of AWS Step Functions: the request's input and who sent it, to the answer. */
export type StatesOperation = (account: StatesAccount, input: Input, caller: Principal) => object | Promise<object>;
