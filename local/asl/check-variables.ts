import { isObject } from './field-checks';
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

function checkScope(machine: unknown, at: string, outer: ReadonlySet<string>, problems: Problems): void {
  if (!isObject(machine) || !isObject(machine.States)) return;
  const states = Object.entries(machine.States).filter((entry): entry is [string, Record<string, unknown>] => isObject(entry[1]));
  const own = new Map<string, Set<string>>();
  for (const [name, state] of states) {
    for (const [place, writer] of writers(state, `${at}/States/${name}`)) {
      if (!isObject(writer.Assign)) continue;
      for (const variable of Object.keys(writer.Assign)) {
        own.set(variable, (own.get(variable) ?? new Set<string>()).add(name));
        const assigned = `${place}/Assign/${variable}`;
        if (variable === 'states') problems.schema("The variable name 'states' is reserved", assigned);
        else if (!NAME.test(variable) || [...variable].length > MAX_NAME) problems.schema(`'${variable}' is not a valid variable name`, assigned);
        if (outer.has(variable)) problems.schema(`The variable '${variable}' is assigned in an outer scope too`, assigned);
      }
    }
  }
  for (const [name, state] of states) {
    const ofOthers = [...own].filter(([, assigning]) => assigning.size > 1 || !assigning.has(name)).map(([variable]) => variable);
    const seen = isDistributed(state) ? new Set<string>() : new Set([...outer, ...ofOthers]);
    const place = `${at}/States/${name}`;
    checkScope(state.ItemProcessor, `${place}/ItemProcessor`, seen, problems);
    if (Array.isArray(state.Branches)) state.Branches.forEach((branch, index) => checkScope(branch, `${place}/Branches[${index}]`, seen, problems));
  }
}

function writers(state: Record<string, unknown>, at: string): [string, Record<string, unknown>][] {
  const lists = (['Choices', 'Catch'] as const).flatMap((field) => (Array.isArray(state[field]) ? state[field] : [])
    .map((item: unknown, index: number): [string, unknown] => [`${at}/${field}[${index}]`, item]));
  return [[at, state], ...lists.filter((entry): entry is [string, Record<string, unknown>] => isObject(entry[1]))];
}

function isDistributed({ ItemProcessor }: Record<string, unknown>): boolean {
  return isObject(ItemProcessor) && isObject(ItemProcessor.ProcessorConfig) && ItemProcessor.ProcessorConfig.Mode === 'DISTRIBUTED';
}
