/** What an evaluation took, or what it may take. */
export interface ExpressionUsage {
  /** Nodes of the expression's syntax tree that were evaluated, each as often as it was, and what built-in functions worked through. */
  readonly nodes: number;
  /** An estimate of all that was allocated, garbage included. */
  readonly bytes: number;
}

/** Step Functions' own words for an expression that goes too far; they have no JSONata code. */
const MEMORY_MESSAGE = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';
const TIME_MESSAGE = 'Expression evaluation timeout: Check for infinite loop';

/** What V8 evaluates in one second of processor time; docs/local-engine.md says how it was measured. */
export const NODES_PER_SECOND = 500_000;

/** What the estimate has more than AWS's own count has for `[1..873782] ~> $count()`, which is given there while one element more is not. */
const UNLIKE_AWS = 2872;

/**
 * What an expression may take in Step Functions: one second (developer guide, "Transforming data with JSONata in Step Functions"), and ten
 * mebibytes (AWS documents that for the JSONata of a sibling service, and the borders that were measured in Step Functions agree with it).
 */
export const AWS_BUDGET: ExpressionUsage = { nodes: NODES_PER_SECOND, bytes: 10 * 1024 * 1024 + UNLIKE_AWS };

/** Counts what an evaluation takes, and ends it when its budget is spent. */
export class Meter implements ExpressionUsage {
  public nodes = 0;
  public bytes = 0;

  constructor(private readonly budget: ExpressionUsage) {}

  /** @throws Error with AWS's words when there are more than the budget allows */
  public evaluated(nodes: number): void {
    this.nodes += nodes;
    if (this.nodes > this.budget.nodes) throw new Error(TIME_MESSAGE);
  }

  /** @throws Error with AWS's words when there are more than the budget allows */
  public allocated(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.budget.bytes) throw new Error(MEMORY_MESSAGE);
  }
}
