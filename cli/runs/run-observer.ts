import { DescribeMapRunCommand } from '@aws-sdk/client-sfn';
import { operateError } from './aws/aws-errors';
import type { Connection } from './aws/connection';
import { OperateError } from './aws/operate-error';
import type { DeployedPipeline } from './deployed-pipeline';
import { EarlierRun, estimate } from './estimate';
import { HistoryReader } from './history-reader';
import { runFailure } from './run-failure';
import { RunStep, runSteps } from './run-steps';
import { RunView, runView } from './run-view';
import { describeRun, listRuns, RunId } from './runs';

/** Looks at a run again and again; each time it asks for what is new only. */
export class RunObserver {
  private readonly history: HistoryReader;
  private earlier?: Promise<EarlierRun | undefined>;

  constructor(private readonly connection: Connection, private readonly pipeline: DeployedPipeline, private readonly run: RunId) {
    this.history = new HistoryReader(connection, run);
  }

  /**
   * @throws ExpressRun
   * @throws OperateError
   */
  public async observe(): Promise<RunView> {
    // The run first: whatever the history has more than it, it has all that led to the run's end.
    const run = await describeRun(this.connection, this.pipeline, this.run);
    await this.history.update();
    const steps = await Promise.all(runSteps(this.history.events, run.status).map((step) => this.counted(step)));
    if (run.status !== 'RUNNING') return runView(run, { steps, failure: await runFailure(this.connection, this.pipeline, run, this.history.events) });
    this.earlier ??= this.findEarlier();
    return runView(run, { steps, estimate: estimate(steps, await this.earlier, Date.now(), run.redrives > 0) });
  }

  /** A distributed Map's jobs are counted by its Map run; without the right to look at it, they are not told. */
  private async counted(step: RunStep): Promise<RunStep> {
    const { mapRunArn } = step;
    if (mapRunArn === undefined) return step;
    const what = 'looking at the run\'s jobs (states:DescribeMapRun)';
    try {
      const { itemCounts } = await this.connection.ask(what, (abortSignal) =>
        this.connection.clients.stepFunctions.send(new DescribeMapRunCommand({ mapRunArn }), { abortSignal }));
      if (itemCounts === undefined) return step;
      const { total = 0, succeeded = 0, failed = 0, timedOut = 0 } = itemCounts;
      return { ...step, jobs: { total, done: succeeded, failed: failed + timedOut } };
    } catch (error) {
      const told = operateError(error, what);
      if (told.code !== 'NotAllowed') throw told;
      return step;
    }
  }

  /** Best effort: an estimate is worth no failure. */
  private async findEarlier(): Promise<EarlierRun | undefined> {
    try {
      const [latest] = await listRuns(this.connection, this.pipeline, 1, 'SUCCEEDED');
      if (latest === undefined) return undefined;
      const history = new HistoryReader(this.connection, latest);
      await history.update();
      return { name: latest.name, steps: await Promise.all(runSteps(history.events, latest.status).map((step) => this.counted(step))) };
    } catch (error) {
      if (error instanceof OperateError && error.code === 'NotAllowed') return undefined;
      throw error;
    }
  }
}
