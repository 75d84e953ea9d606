import type { StateDefinition, StatesDefinition, StateType } from '../../engine';

/** A state as a node of a picture. */
export interface GraphNode {
  readonly name: string;
  readonly type: StateType;
  /** What it does, shortly: the service and its call, how many at once, how often again. */
  readonly details: readonly string[];
  /** Of a Map or Parallel state. */
  readonly inner: readonly StateGraph[];
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'failure';
  /** A condition, or the errors that are caught; absent where it is the only way, or any error's. */
  readonly label?: string;
}

export interface StateGraph {
  readonly start: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

const MAX_LABEL = 44;

/** A state machine's states and the ways between them. */
export function stateGraph({ StartAt, States }: StatesDefinition): StateGraph {
  const names = Object.keys(States);
  return {
    start: StartAt,
    nodes: names.map((name) => ({ name, type: States[name].Type, details: detailsOf(States[name]), inner: innerOf(States[name]) })),
    edges: names.flatMap((name) => edgesOf(name, States[name])),
  };
}

function innerOf({ ItemProcessor, Branches = [] }: StateDefinition): StateGraph[] {
  return [...ItemProcessor === undefined ? [] : [ItemProcessor], ...Branches].map(stateGraph);
}

function detailsOf({ Type, Resource, MaxConcurrency, ItemProcessor, Retry = [], TimeoutSeconds }: StateDefinition): string[] {
  const retries = Retry.map(({ MaxAttempts = 3 }) => MaxAttempts).filter((attempts) => attempts > 0);
  const distributed = ItemProcessor?.ProcessorConfig?.Mode === 'DISTRIBUTED';
  return [
    ...Resource === undefined ? [] : [serviceOf(Resource)],
    ...Type === 'Map' ? [`${distributed ? 'distributed, ' : ''}${typeof MaxConcurrency === 'number' && MaxConcurrency > 0 ? `${MaxConcurrency} at once` : 'all at once'}`] : [],
    ...typeof TimeoutSeconds === 'number' && Type === 'Task' ? [`at most ${timeText(TimeoutSeconds)}`] : [],
    ...retries.length === 0 ? [] : [`tried again up to ${Math.max(...retries)} times`],
  ];
}

/** `arn:aws:states:::batch:submitJob.sync` is `batch submitJob.sync`. */
function serviceOf(resource: string): string {
  return /^arn:[^:]*:states:::(?:aws-sdk:)?(.+)$/.exec(resource)?.[1].replace(':', ' ') ?? resource.split(':').slice(-1)[0];
}

function timeText(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function edgesOf(from: string, { Next, Choices = [], Default, Catch = [] }: StateDefinition): GraphEdge[] {
  return [
    ...Next === undefined ? [] : [{ from, to: Next, kind: 'next' as const }],
    ...Choices.map((choice) => ({ from, to: choice.Next, kind: 'choice' as const, label: conditionOf(choice.Condition) })),
    ...Default === undefined ? [] : [{ from, to: Default, kind: 'choice' as const, label: 'otherwise' }],
    ...Catch.map(({ ErrorEquals, Next: to }) => ({ from, to, kind: 'failure' as const, ...ErrorEquals.includes('States.ALL') ? {} : { label: short(ErrorEquals.join(', ')) } })),
  ];
}

function conditionOf(condition: unknown): string {
  const text = String(condition).replace(/^\{%\s*|\s*%\}$/g, '').replace(/\$states\.(input\.)?/g, '').replace(/\s+/g, ' ');
  return short(/^\$exists\(([\w.]+)\)$/.exec(text)?.[1].replace(/$/, ' is there') ?? text);
}

function short(text: string): string {
  return text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text;
}
