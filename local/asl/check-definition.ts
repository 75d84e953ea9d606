import { checkExpressions } from './check-expressions';
import { checkState, STATE_TYPES } from './check-state';
import { checkVariables } from './check-variables';
import type { WorkflowType } from './definition';
import { anything, fields, integer, isObject, object, oneOf, text } from './field-checks';
import type { Problems } from './problems';

const MAX_NAME = 80;
const TERMINAL = ['Succeed', 'Fail'];

/** Everything that would keep AWS from creating the state machine, or that does not run here. */
export function checkDefinition(definition: unknown, type: WorkflowType, problems: Problems): void {
  if (!isObject(definition)) {
    problems.schema('Expected value of type [OBJECT]', '/');
    return;
  }
  if (definition.QueryLanguage !== 'JSONata' && !declaresJsonata(definition)) {
    problems.schema('JSONPath is not supported by the local engine; set QueryLanguage to JSONata', '/QueryLanguage');
    return;
  }
  fields({
    StartAt: text, States: object, QueryLanguage: oneOf('JSONPath', 'JSONata'), TimeoutSeconds: integer(1), Version: text,
  }, ['States', 'StartAt'])(definition, '/', problems);
  new DefinitionCheck(type, definition.QueryLanguage === 'JSONata', problems).states(definition, '', 'null');
  checkVariables(definition, problems);
}

/** Whether some state has JSONata as its own. */
function declaresJsonata(machine: unknown): boolean {
  return nested(machine).some((state) => state.QueryLanguage === 'JSONata')
    || nested(machine).some((state) => [state.ItemProcessor, ...Array.isArray(state.Branches) ? state.Branches : []].some(declaresJsonata));
}

function nested(machine: unknown): Record<string, unknown>[] {
  return isObject(machine) && isObject(machine.States) ? Object.values(machine.States).filter(isObject) : [];
}

class DefinitionCheck {
  private readonly names = new Map<string, string>();

  constructor(private readonly type: WorkflowType, private readonly jsonata: boolean, private readonly problems: Problems) {}

  /** @param at the place of what has the states, before `/States` */
  public states(machine: Record<string, unknown>, at: string, place: string): void {
    if (!isObject(machine.States)) return;
    const states = Object.entries(machine.States);
    if (states.length === 0) this.problems.schema('There should be a state', `${at}/States`);
    for (const [name, state] of states) this.state(name, state, `${at}/States/${name}`);
    this.transitions(machine, at);
    if (!states.some(([, state]) => isObject(state) && (state.End === true || TERMINAL.includes(String(state.Type))))) {
      this.problems.add('MISSING_END_STATE', 'Workflow has no terminal state', place);
    }
  }

  private state(name: string, state: unknown, at: string): void {
    const other = this.names.get(name);
    if (other !== undefined) this.problems.add('DUPLICATE_STATE_NAME', `Duplicate State name: ${name}, also at ${other}`, at);
    this.names.set(name, at);
    if (name.length > MAX_NAME || name === '') this.problems.schema(`A state's name should have 1 to ${MAX_NAME} characters, got ${name.length}`, at);
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
    const inside = (value: unknown, place: string, known: Parameters<typeof fields>[0]) => {
      if (!isObject(value)) return;
      fields({ StartAt: text, States: object, ...known }, ['StartAt', 'States'])(value, place, this.problems);
      this.states(value, place, place);
    };
    if (state.Type === 'Map') inside(state.ItemProcessor, `${at}/ItemProcessor`, { ProcessorConfig: anything });
    if (state.Type === 'Parallel' && Array.isArray(state.Branches)) {
      state.Branches.forEach((branch, index) => inside(branch, `${at}/Branches[${index}]`, {}));
    }
  }

  /** Whether it is a JSONPath state; one without fields of the query language is the same in both. */
  private isJsonPath(state: Record<string, unknown>, at: string): boolean {
    if (state.QueryLanguage === 'JSONPath' && this.jsonata) {
      this.problems.schema("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", at);
      return true;
    }
    if (this.jsonata || state.QueryLanguage === 'JSONata') return false;
    const neutral = ['Type', 'Comment', 'QueryLanguage', 'Next', 'End', 'Error', 'Cause', 'Seconds'];
    if (Object.keys(state).every((field) => neutral.includes(field))) return false;
    this.problems.schema('JSONPath is not supported by the local engine; set QueryLanguage to JSONata', at);
    return true;
  }

  /** Every target must be there, and every state a target (measured: aws-cloudformation/cfn-lint issues 4073 and 4074). */
  private transitions(machine: Record<string, unknown>, at: string): void {
    const states = machine.States as Record<string, unknown>;
    const targets = new Set<unknown>();
    const target = (name: unknown, place: string) => {
      if (typeof name !== 'string') return;
      targets.add(name);
      if (!Object.hasOwn(states, name)) this.problems.add('MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${name}`, place);
    };
    target(machine.StartAt, `${at}/StartAt`);
    for (const [name, state] of Object.entries(states)) {
      if (!isObject(state)) continue;
      const place = `${at}/States/${name}`;
      target(state.Next, `${place}/Next`);
      target(state.Default, `${place}/Default`);
      for (const field of ['Choices', 'Catch'] as const) {
        const list = state[field];
        if (Array.isArray(list)) list.forEach((item, index) => target(item?.Next, `${place}/${field}[${index}]/Next`));
      }
    }
    for (const name of Object.keys(states).filter((state) => !targets.has(state))) {
      this.problems.add('MISSING_TRANSITION_TARGET', `State "${name}" is not reachable.`, `${at}/States/${name}`);
    }
  }
}
