import type { Observation } from './observation';
import type { Session } from './session';

/** What the steps know of the app. */
export interface StepContext {
  readonly session: Session;
  /** The cloud assembly of app.ts. */
  readonly assembly: string;
}

/** One thing that somebody with an account does on the first day. */
export interface Step {
  readonly name: string;
  readonly title: string;
  /** What it costs in AWS. */
  readonly price: string;
  /** What it leaves, and who takes it away. */
  readonly leaves: string;
  run(context: StepContext): Promise<Observation[]>;
}
