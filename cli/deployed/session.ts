import type { OperateArguments } from './options';
import type { Connection } from '../runs/aws/connection';
import type { DeployedPipeline } from '../runs/deployed-pipeline';
import { describeRun, ExpressRun, Run, runId } from '../runs/runs';

/** What a command works with. */
export interface Session {
  readonly args: OperateArguments;
  readonly connection: Connection;
  /** Where it is told that the connection is lost or back. */
  readonly notices: { say: (text: string) => void };
  /** Looked up when the command line and the files of this machine are known to be right. */
  readonly pipeline: () => Promise<DeployedPipeline>;
}

/** The run that the command line names. */
export function lookUp({ args, connection }: Session, pipeline: DeployedPipeline): Promise<Run | ExpressRun> {
  return orExpress<Run | ExpressRun>(() => describeRun(connection, pipeline, runId(pipeline, args.run!)), async (express) => express);
}

/** What is done with a run, or with one of an Express workflow. */
export async function orExpress<T>(standard: () => Promise<T>, express: (run: ExpressRun) => Promise<T>): Promise<T> {
  try {
    return await standard();
  } catch (error) {
    if (error instanceof ExpressRun) return express(error);
    throw error;
  }
}

export function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Beside the result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
