import type { WorkflowType } from '../../../../engine/asl/definition/definition';
import { StatesError, TaskIntegration } from '../../../../engine/asl/visit/task-integration';

/** What an execution must come to. */
export interface ConformanceCase {
  readonly name: string;
  /** Where it is said that AWS does so. */
  readonly source: string;
  readonly definition: unknown;
  /** The execution's input; `{}` where it is not given. */
  readonly input?: unknown;
  readonly type?: WorkflowType;
  /** A Task's answers by its state's name: one for each call, in order. */
  readonly tasks?: Readonly<Record<string, readonly Answer[]>>;
  readonly status?: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** The types of the history's events between its first and its last; `TYPE < 3` where the event before it is told as well. */
  readonly events?: readonly string[];
  /** How much time passes, in seconds. */
  readonly seconds?: number;
}

export type Answer = { readonly gives: unknown } | { readonly error: string; readonly cause?: string } | { readonly hangs: true };

/** Where what is expected comes from. */
export const Source = {
  SPEC: (section: string) => `Amazon States Language specification, section "${section}"`,
  GUIDE: (page: string) => `AWS Step Functions developer guide, page "${page}"`,
  API: (page: string) => `AWS Step Functions API reference, "${page}"`,
  OBSERVED: 'seen in executions in AWS',
  /** @param what the behaviour that a public project keeps a recording of */
  RECORDED: (what: string) => `recorded in AWS by localstack/localstack's validated tests of Step Functions: ${what}`,
  MEASURED: (thread: string) => `measured in AWS, ${thread}`,
} as const;

/** The prefix of the causes that Step Functions writes. */
export const within = (state: string, event: number): string => `An error occurred while executing the state '${state}' (entered at the event id #${event}). `;

/** The cause of an expression's failure. */
export const expressionCause = (text: string, field: string, what: string, state = 'S', event = 2): string =>
  `${within(state, event)}The JSONata expression '${text}' specified for the field '${field}' ${what}`;

export const UNDEFINED = 'returned nothing (undefined).';
export const EVALUATION = 'States.QueryEvaluationError';

/** Tasks that give their answers one after the other. */
export function answering(answers: readonly Answer[]): TaskIntegration {
  let call = 0;
  return async (_args, { signal }) => {
    const answer = answers[call++];
    if (answer === undefined) throw new Error(`the case has ${answers.length} answers, and this is call ${call}`);
    if ('error' in answer) throw new StatesError(answer.error, answer.cause);
    if ('gives' in answer) return answer.gives;
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  };
}
