import { orExpress, print, Session } from './session';
import { WatchScreen } from './watch-screen';
import { OperateExit } from '../runs/aws/operate-error';
import type { DeployedPipeline } from '../runs/deployed-pipeline';
import { expressText, ExpressView } from '../runs/express-run';
import { failureText } from '../runs/run-failure';
import { runResultsText, RunView } from '../runs/run-view';
import type { ExpressRun, RunId } from '../runs/runs';
import { watchExpressRun, watchRun } from '../runs/watch-run';
import { plainLine } from '../terminal/plain-text';

/**
 * Follows a run to its end.
 *
 * @returns the exit code, as the run ended
 */
export async function watchTo(session: Session, pipeline: DeployedPipeline, run: RunId): Promise<number> {
  const { args, connection, notices } = session;
  if (args.json) {
    let last = '';
    const show = (view: RunView | ExpressView) => {
      const { elapsedSeconds: _elapsed, estimate: _estimate, ...state } = view as RunView;
      const now = JSON.stringify({ ...state, steps: state.steps?.map(({ seconds: _seconds, ...step }) => step) });
      if (now === last) return;
      last = now;
      print(view);
    };
    return exitOf(await orExpress<RunView | ExpressView>(() => watchRun(connection, pipeline, run, show),
      (express) => watchExpressRun(connection, pipeline, express, show)));
  }
  const screen = new WatchScreen((text) => process.stderr.write(text), process.stderr.isTTY === true);
  notices.say = (text) => screen.say(text);
  let view: RunView | ExpressView;
  try {
    view = await orExpress<RunView | ExpressView>(() => watchRun(connection, pipeline, run, (seen) => screen.show(seen)),
      (express) => watchExpress(session, pipeline, express, screen));
  } finally {
    screen.end();
  }
  const { failure } = view;
  if (isExpress(view)) process.stdout.write(expressText(view));
  else process.stdout.write(`${plainLine(view.run)}: ${view.status}\n${runResultsText(view)}`);
  if (failure !== undefined) process.stderr.write(failureText(failure));
  return exitOf(view);
}

function watchExpress({ connection }: Session, pipeline: DeployedPipeline, express: ExpressRun, screen: WatchScreen): Promise<ExpressView> {
  let last = '';
  return watchExpressRun(connection, pipeline, express, (view) => {
    const now = expressText(view);
    if (now !== last) screen.say(now.trimEnd());
    last = now;
  });
}

function exitOf({ status: ended }: RunView | ExpressView): number {
  return ended === 'SUCCEEDED' ? OperateExit.DONE : OperateExit.RUN_FAILED;
}

/** Whether it is what can be known of an Express workflow's run. */
export function isExpress(view: RunView | ExpressView): view is ExpressView {
  return 'express' in view;
}
