import type { StatesDefinition } from './definition';
import { isObject } from './field-checks';
import { loadDefinition } from './load-definition';

/** A state, and the states that it is among. */
export interface TestedState {
  readonly name: string;
  readonly definition: StatesDefinition;
}

/** What Step Functions calls the state of a definition that is one state alone (recorded on AWS, localstack/localstack). */
const SINGLE_STATE = 'StateName';

/**
 * The state that a test names, also one of a branch or of an iteration.
 *
 * @returns undefined if the state machine has no state of that name
 * @throws DefinitionError
 */
export function stateNamed(machine: unknown, name: string): TestedState | undefined {
  return find(loadDefinition(machine, 'STANDARD'), name);
}

function find(definition: StatesDefinition, name: string): TestedState | undefined {
  if (Object.hasOwn(definition.States, name)) return { name, definition };
  for (const { ItemProcessor, Branches = [] } of Object.values(definition.States)) {
    for (const inner of [...ItemProcessor === undefined ? [] : [ItemProcessor], ...Branches]) {
      const found = find(inner, name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * A definition that is one state alone. Where it leads need not exist.
 *
 * @throws DefinitionError
 */
export function singleState(state: unknown): TestedState {
  const targets = isObject(state) ? targetsOf(state) : [];
  const States = { ...Object.fromEntries(targets.map((target) => [target, { Type: 'Succeed' }])), [SINGLE_STATE]: state };
  return { name: SINGLE_STATE, definition: loadDefinition({ StartAt: SINGLE_STATE, States }, 'STANDARD') };
}

function targetsOf({ Next, Default, Choices, Catch }: Record<string, unknown>): string[] {
  const next = (list: unknown) => (Array.isArray(list) ? list.map((item) => (isObject(item) ? item.Next : undefined)) : []);
  return [Next, Default, ...next(Choices), ...next(Catch)].filter((target) => typeof target === 'string');
}
