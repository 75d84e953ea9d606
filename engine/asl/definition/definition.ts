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
