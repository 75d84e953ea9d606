import { isObject, processorOf } from './field-checks';
import { innerMachines, statesOf } from './inner-machines';
import type { Problems } from './problems';

/** "The max length of the name is 80 Unicode characters", and a Unicode identifier (developer guide, page "Passing data ... with variables"). */
const NAME = /^\p{ID_Start}\p{ID_Continue}*$/u;
const MAX_NAME = 80;

/**
 * Variables' names. "A variable assigned in an inner scope cannot have the same name as one assigned in an outer scope" (developer guide,
 * page "Passing data between states with variables"); but the state around it, whose Assign comes after the inner scope's end, may assign
 * the same name (seen in AWS). A distributed Map does not see those of outer scopes.
 */
export function checkVariables(machine: Record<string, unknown>, problems: Problems): void {
  checkScope(machine, '', new Set(), problems);
}

function checkScope(machine: Record<string, unknown>, at: string, outer: ReadonlySet<string>, problems: Problems): void {
  const states = statesOf(machine, at);
  const own = new Map<string, Set<string>>();
  for (const [name, state, stateAt] of states) {
    for (const [place, writer] of writers(state, stateAt)) {
      if (!isObject(writer.Assign)) continue;
      for (const variable of Object.keys(writer.Assign)) {
        own.set(variable, (own.get(variable) ?? new Set<string>()).add(name));
        const assigned = `${place}/Assign/${variable}`;
        if (variable === 'states') problems.add('RESERVED_VARIABLE_NAME', "Cannot assign to reserved variable '$states'.", assigned);
        else if (!NAME.test(variable)) invalid(variable, 'contains invalid characters', assigned, problems);
        else if ([...variable].length > MAX_NAME) invalid(variable, `exceeds ${MAX_NAME} characters`, assigned, problems);
        if (outer.has(variable)) problems.schema(`The variable '${variable}' is assigned in an outer scope too`, assigned);
      }
    }
  }
  for (const [name, state, place] of states) {
    const ofOthers = [...own].filter(([, assigning]) => assigning.size > 1 || !assigning.has(name)).map(([variable]) => variable);
    const seen = isDistributed(state) ? new Set<string>() : new Set([...outer, ...ofOthers]);
    for (const inner of innerMachines(state, place)) checkScope(...inner, seen, problems);
  }
}

function invalid(variable: string, why: string, at: string, problems: Problems): void {
  problems.add('INVALID_VARIABLE_NAME', `Invalid variable name '${variable}': the variable name ${why}.`, at);
}

function writers(state: Record<string, unknown>, at: string): [string, Record<string, unknown>][] {
  const lists = (['Choices', 'Catch'] as const).flatMap((field) => (Array.isArray(state[field]) ? state[field] : [])
    .map((item: unknown, index: number): [string, unknown] => [`${at}/${field}[${index}]`, item]));
  return [[at, state], ...lists.filter((entry): entry is [string, Record<string, unknown>] => isObject(entry[1]))];
}

function isDistributed(state: Record<string, unknown>): boolean {
  const [, processor] = processorOf(state);
  return isObject(processor) && isObject(processor.ProcessorConfig) && processor.ProcessorConfig.Mode === 'DISTRIBUTED';
}
