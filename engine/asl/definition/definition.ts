import { checkDefinition } from './check-definition';
import { Problems } from './problems';

export type StateType = 'Pass' | 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Fail' | 'Parallel' | 'Map';
export type WorkflowType = 'STANDARD' | 'EXPRESS';

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
}

export interface ChoiceRule {
  readonly Condition: unknown;
  readonly Next: string;
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
}

export interface ItemReader {
  readonly Resource: string;
  readonly Arguments?: unknown;
  readonly ReaderConfig?: { readonly InputType?: string; readonly MaxItems?: unknown };
}

export interface ItemBatcher {
  readonly MaxItemsPerBatch?: unknown;
  readonly MaxInputBytesPerBatch?: unknown;
  readonly BatchInput?: unknown;
}

export interface ResultWriter {
  readonly Resource?: string;
  readonly Arguments?: unknown;
  readonly WriterConfig?: { readonly Transformation?: 'NONE' | 'COMPACT' | 'FLATTEN'; readonly OutputType?: 'JSON' | 'JSONL' };
}

/** A state as it is written; which fields it has depends on its type. */
export interface StateDefinition {
  readonly Type: StateType;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Arguments?: unknown;
  readonly Resource?: string;
  readonly TimeoutSeconds?: unknown;
  readonly HeartbeatSeconds?: unknown;
  readonly Credentials?: unknown;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Choices?: readonly ChoiceRule[];
  readonly Default?: string;
  readonly Seconds?: unknown;
  readonly Timestamp?: unknown;
  readonly Error?: unknown;
  readonly Cause?: unknown;
  readonly Branches?: readonly StatesDefinition[];
  readonly Items?: unknown;
  readonly ItemSelector?: unknown;
  readonly ItemProcessor?: ItemProcessor;
  readonly Iterator?: ItemProcessor;
  readonly MaxConcurrency?: unknown;
  readonly ItemReader?: ItemReader;
  readonly ItemBatcher?: ItemBatcher;
  readonly ResultWriter?: ResultWriter;
  readonly Label?: string;
  readonly ToleratedFailureCount?: unknown;
  readonly ToleratedFailurePercentage?: unknown;
}

export interface StatesDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, StateDefinition>>;
}

export interface ItemProcessor extends StatesDefinition {
  readonly ProcessorConfig?: { readonly Mode?: 'INLINE' | 'DISTRIBUTED'; readonly ExecutionType?: WorkflowType };
}

export interface StateMachineDefinition extends StatesDefinition {
  readonly TimeoutSeconds?: number;
  readonly type: WorkflowType;
}

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
