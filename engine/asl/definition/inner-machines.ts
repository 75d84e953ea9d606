import { isObject, processorOf } from './field-checks';

type Fields = Record<string, unknown>;

/** The machines inside of a state as it is written, right or wrong: a Map's processor, a Parallel's branches; each with its place. */
export function* innerMachines(state: Fields, at: string): Generator<[machine: Fields, at: string]> {
  const [field, processor] = processorOf(state);
  if (state.Type === 'Map' && isObject(processor)) yield [processor, `${at}/${field}`];
  if (state.Type !== 'Parallel' || !Array.isArray(state.Branches)) return;
  for (const [index, branch] of state.Branches.entries()) if (isObject(branch)) yield [branch, `${at}/Branches[${index}]`];
}

/** A machine's own states, each with its place. */
export function statesOf({ States }: Fields, at: string): [name: string, state: Fields, at: string][] {
  return (isObject(States) ? Object.entries(States) : []).flatMap(([name, state]) => (isObject(state) ? [[name, state, `${at}/States/${name}`]] : []));
}

/** A machine's states, and those of the machines inside of them. */
export function* allStates(machine: Fields, at = ''): Generator<[name: string, state: Fields, at: string]> {
  for (const [name, state, place] of statesOf(machine, at)) {
    yield [name, state, place];
    for (const inner of innerMachines(state, place)) yield* allStates(...inner);
  }
}
