import type { ResolvedStack } from './loaded-assembly';
import type { Resource } from '../assembly/stack-resources';

/** A state machine as it can be chosen. */
export interface NamedMachine {
  readonly stack: ResolvedStack;
  readonly resource: Resource;
  /** STACK/ID */
  readonly name: string;
}

/** A stack's name goes before a logical id that begins like it. */
export function chooseStateMachine(machines: readonly NamedMachine[], wanted: string | undefined): readonly NamedMachine[] {
  if (wanted === undefined) return machines;
  const ofStack = machines.filter(({ stack }) => stack.stack.name === wanted);
  return ofStack.length > 0 ? ofStack : machines.filter(({ resource, name }) => resource.logicalId.startsWith(wanted) || name.startsWith(wanted));
}
