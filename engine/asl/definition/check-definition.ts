import { checkExpressions } from './check-expressions';
import { checkLabels } from './check-labels';
import { checkState, STATE_TYPES } from './check-state';
import { checkVariables } from './check-variables';
import type { WorkflowType } from './definition';
import { anything, Check, fields, integer, isObject, object, oneOf, text, wrongLanguage } from './field-checks';
import { allStates, innerMachines, statesOf } from './inner-machines';
import type { Problems } from './problems';

const MAX_NAME = 80;
const TERMINAL = ['Succeed', 'Fail'];
/** A state's fields that JSONPath has not. */
const JSONATA_FIELDS = ['Arguments', 'Output', 'Items'];
const NO_JSONPATH = 'JSONPath is not supported by the local engine; set QueryLanguage to JSONata';

/** Everything that would keep AWS from creating the state machine, or that does not run here. */
export function checkDefinition(definition: unknown, type: WorkflowType, problems: Problems): void {
  if (!isObject(definition)) {
    // AWS writes so of what has no place.
    problems.schema('Definition must be a valid JSON object', 'null');
    return;
  }
  fields({
    StartAt: text, States: object, QueryLanguage: queryLanguage, TimeoutSeconds: integer(0), Version: oneOf('1.0'),
  }, ['States', 'StartAt'])(definition, '/', problems);
  const language = isJsonata(definition, false) ? 'JSONata' : declaresJsonata(definition) ? 'both' : 'JSONPath';
  new DefinitionCheck(type, language, problems).machine(definition);
  checkVariables(definition, problems);
  checkLabels(definition, problems);
  if (language === 'JSONPath' && problems.list.length === 0) problems.schema(NO_JSONPATH, '/QueryLanguage');
}

const queryLanguage: Check = (value, at, problems) => (typeof value === 'string' ? oneOf('JSONPath', 'JSONata') : text)(value, at, problems);

/** Every value but one is JSONata, the wrong ones as well (measured in AWS, floci-io/floci issue 2968). */
function isJsonata({ QueryLanguage }: Record<string, unknown>, otherwise: boolean): boolean {
  return QueryLanguage === undefined ? otherwise : QueryLanguage !== 'JSONPath';
}

/** Whether some state has JSONata as its own. */
function declaresJsonata(machine: Record<string, unknown>): boolean {
  return [...allStates(machine)].some(([, state]) => isJsonata(state, false));
}

class DefinitionCheck {
  private readonly names = new Set<string>();

  /** @param language the machine's; `both` where it is JSONPath, and some states have their own */
  constructor(private readonly type: WorkflowType, private readonly language: 'JSONata' | 'JSONPath' | 'both', private readonly problems: Problems) {}

  /** Where none of the outermost states is terminal, AWS does not ask which of them are reached (measured, floci-io/floci pull request 2786). */
  public machine(machine: Record<string, unknown>): void {
    this.states(machine, '');
    if (statesOf(machine, '').some(([, state]) => state.End === true || TERMINAL.includes(String(state.Type)))) this.reached(machine, '');
    else if (isObject(machine.States)) this.problems.add('MISSING_END_STATE', 'Workflow has no terminal state', 'null');
  }

  /** @param at the place of what has the states, before `/States` */
  private states(machine: Record<string, unknown>, at: string): void {
    if (!isObject(machine.States)) return;
    const states = Object.entries(machine.States);
    if (states.length === 0) this.problems.schema('Value cannot be empty', `${at}/States`);
    for (const [name, state] of states) this.state(name, state, `${at}/States/${name}`);
    this.transitions(machine, at);
  }

  private state(name: string, state: unknown, at: string): void {
    if (this.names.has(name)) this.problems.add('DUPLICATE_STATE_NAME', `Duplicate State name: ${name}`, at);
    this.names.add(name);
    if (name === '') this.problems.add('INVALID_STATE_NAME', 'Invalid State name: it is empty', at);
    if (name.length > MAX_NAME) {
      this.problems.add('INVALID_STATE_NAME', `Invalid State name: ${name} exceeds the ${MAX_NAME}-character limit allowed by the service`, at);
    }
    if (!isObject(state)) {
      this.problems.schema('Expected value of type [OBJECT]', at);
      return;
    }
    if (!STATE_TYPES.includes(state.Type as string)) {
      if (state.Type === undefined) this.problems.schema('These fields are required: [Type]', at);
      else this.problems.schema(`The field 'Type' should have one of these values: [${STATE_TYPES.join(', ')}]`, `${at}/Type`);
      return;
    }
    if (this.isJsonPath(state, at)) return;
    checkState(state, this.type, at, this.problems);
    checkExpressions(state, at, this.problems);
    this.inner(state, at);
  }

  /** The machines inside of a Map or Parallel. */
  private inner(state: Record<string, unknown>, at: string): void {
    const known = { StartAt: text, States: object, ...state.Type === 'Map' ? { ProcessorConfig: anything } : {} };
    for (const [machine, place] of innerMachines(state, at)) {
      fields(known, ['StartAt', 'States'])(machine, place, this.problems);
      this.states(machine, place);
      this.reached(machine, place);
    }
  }

  /** Whether it is a JSONPath state; one without fields of the query language is the same in both. */
  private isJsonPath(state: Record<string, unknown>, at: string): boolean {
    if (state.QueryLanguage === 'JSONPath' && this.language === 'JSONata') {
      this.problems.schema("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", at);
      return true;
    }
    if (isJsonata(state, this.language === 'JSONata')) return false;
    const foreign = JSONATA_FIELDS.filter((field) => state[field] !== undefined);
    for (const field of foreign) this.problems.schema(wrongLanguage('JSONPath', field, 'JSONata'), at);
    const neutral = ['Type', 'Comment', 'QueryLanguage', 'Next', 'End', 'Error', 'Cause', 'Seconds'];
    if (foreign.length === 0 && Object.keys(state).every((field) => neutral.includes(field))) return false;
    if (foreign.length === 0 && this.language === 'both') this.problems.schema(NO_JSONPATH, at);
    return true;
  }

  private transitions(machine: Record<string, unknown>, at: string): void {
    for (const [target, place] of transitionsOf(machine, at)) {
      if (!Object.hasOwn(machine.States as object, target)) this.problems.add('MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${target}`, place);
    }
  }

  /** Every state is to be some state's target (measured: aws-cloudformation/cfn-lint issues 4073 and 4074). */
  private reached(machine: Record<string, unknown>, at: string): void {
    if (machine.StartAt === undefined) return;
    const targets = new Set(transitionsOf(machine, at).map(([target]) => target));
    for (const name of isObject(machine.States) ? Object.keys(machine.States).filter((state) => !targets.has(state)) : []) {
      this.problems.add('MISSING_TRANSITION_TARGET', `State "${name}" is not reachable.`, `${at}/States/${name}`);
    }
  }
}

/** Where it goes from its start and its states, with the places where that is said. */
function transitionsOf(machine: Record<string, unknown>, at: string): [target: string, place: string][] {
  const all: [unknown, string][] = [[machine.StartAt, `${at}/StartAt`]];
  for (const [, state, place] of statesOf(machine, at)) {
    all.push([state.Next, `${place}/Next`], [state.Default, `${place}/Default`]);
    for (const field of ['Choices', 'Catch'] as const) {
      const list = state[field];
      if (Array.isArray(list)) list.forEach((item, index) => all.push([item?.Next, `${place}/${field}[${index}]/Next`]));
    }
  }
  return all.filter((entry): entry is [string, string] => typeof entry[0] === 'string');
}
