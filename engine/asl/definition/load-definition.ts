import { checkDefinition } from './check-definition';
import type { StateDefinition, StateMachineDefinition, StatesDefinition, WorkflowType } from './definition';
import { Problems } from './problems';

/** The definition is not one that runs here; lists everything that is wrong with it. */
export class DefinitionError extends Error {
  /** @param problems `CODE: what is wrong at /States/NAME/Field` */
  constructor(public readonly problems: readonly string[]) {
    super(problems.join(', '));
    this.name = 'DefinitionError';
  }
}

/**
 * Checks a definition and everything in it as AWS does when a state machine is created, and that it runs here.
 *
 * @throws DefinitionError
 */
export function loadDefinition(definition: unknown, type: WorkflowType): StateMachineDefinition {
  const problems = new Problems();
  checkDefinition(definition, type, problems);
  if (problems.list.length > 0) throw new DefinitionError(problems.list);
  const { TimeoutSeconds, ...states } = definition as StateMachineDefinition;
  return { ...withoutIterators(states), TimeoutSeconds, type };
}

/** A Map's Iterator is what its ItemProcessor was called before. */
function withoutIterators<T extends StatesDefinition>({ StartAt, States, ...more }: T): StatesDefinition {
  const renamed = ({ Iterator, ItemProcessor = Iterator, Branches, ...state }: StateDefinition): StateDefinition => ({
    ...state,
    ...ItemProcessor === undefined ? {} : { ItemProcessor: withoutIterators(ItemProcessor) },
    ...Branches === undefined ? {} : { Branches: Branches.map(withoutIterators) },
  });
  return { ...more, StartAt, States: Object.fromEntries(Object.entries(States).map(([name, state]) => [name, renamed(state)])) };
}

/** The Resource of every Task, those inside of Map and Parallel states included, and what Maps read and write with. */
export function taskResources(definition: StatesDefinition): { state: string; resource: string }[] {
  return Object.entries(definition.States).flatMap(([state, fields]) => {
    const { Resource, ItemReader: reader, ResultWriter: writer, ItemProcessor, Branches = [] } = fields;
    const resources = [Resource, sdkCall(reader?.Resource), sdkCall(writer?.Resource)].filter((resource) => resource !== undefined);
    const inner = [...ItemProcessor === undefined ? [] : [ItemProcessor], ...Branches];
    return [...resources.map((resource) => ({ state, resource })), ...inner.flatMap(taskResources)];
  });
}

/** A reader's or writer's Resource as the SDK integration's. */
export function sdkCall(resource: string | undefined): string | undefined {
  return resource?.replace(/:::s3:/, ':::aws-sdk:s3:');
}
