import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { checkedInput } from './checked-input';
import { wholeNumber } from './options';
import { lookUp, note, orExpress, print, Session } from './session';
import { isExpress, watchTo } from './watch';
import { writeReport } from '../report/write-report';
import { isElsewhere } from '../runs/aws/aws-clients';
import { OperateError, OperateExit } from '../runs/aws/operate-error';
import { expressText, ExpressView, expressView } from '../runs/express-run';
import { failureText } from '../runs/run-failure';
import { outputFolder, RUN_NAME, wrongRunName } from '../runs/run-name';
import { RunObserver } from '../runs/run-observer';
import { saveResults, saveTrail } from '../runs/run-results';
import { runTable, runText, RunView, runView } from '../runs/run-view';
import { describeRun, ExpressRun, listRuns, Run, RUN_STATUSES, runId, RunStatus } from '../runs/runs';
import type { SavedObject } from '../runs/save-objects';
import { redriveRun, stopRun, submitRun } from '../runs/submit-run';
import { plainLine } from '../terminal/plain-text';

const MOST_RUNS = 10_000;

export async function submit(session: Session): Promise<number> {
  const { args, connection } = session;
  const file = args.text('input');
  if (file === undefined) throw new OperateError('Usage', '--input is missing');
  const name = args.text('name') ?? randomUUID();
  if (!RUN_NAME.test(name)) throw new OperateError('Usage', wrongRunName(name));
  const input = await checkedInput(file, isElsewhere(args.endpointUrl));
  const pipeline = await session.pipeline();
  const submitted = await submitRun(connection, pipeline, input, name);
  const watching = args.has('watch') || args.has('wait');
  const { arn, existed, entriesUri } = submitted;
  if (args.json) print({ run: name, executionArn: arn, existed, ...entriesUri === undefined ? {} : { entriesUri } });
  else if (watching) note(`${existed ? 'there already: ' : 'started: '}${name}`);
  else process.stdout.write(`${name}\n${arn}\n`);
  if (!args.json && existed && !watching) note('a run of this name and input was there already; nothing was started');
  return watching ? watchTo(session, pipeline, submitted) : OperateExit.DONE;
}

export async function status(session: Session): Promise<number> {
  const { args, connection } = session;
  const wanted = args.text('status') as RunStatus | undefined;
  if (wanted !== undefined && !RUN_STATUSES.includes(wanted)) throw new OperateError('Usage', `--status must be one of ${RUN_STATUSES.join(', ')}, got "${wanted}"`);
  const limit = wholeNumber('--limit', args.text('limit')!, 1, MOST_RUNS);
  const pipeline = await session.pipeline();
  if (args.run === undefined) {
    const runs = (await listRuns(connection, pipeline, limit, wanted)).map((run) => runView(run));
    if (args.json) print({ runs });
    else process.stdout.write(runs.length === 0 ? 'no runs\n' : runTable(runs));
    return OperateExit.DONE;
  }
  const run = runId(pipeline, args.run);
  const view = await orExpress<RunView | ExpressView>(() => new RunObserver(connection, pipeline, run).observe(),
    (express) => expressView(connection, pipeline, express));
  if (args.json) print(view);
  else process.stdout.write(isExpress(view) ? `${expressText(view)}${view.failure === undefined ? '' : failureText(view.failure)}` : runText(view));
  return OperateExit.DONE;
}

export async function watch(session: Session): Promise<number> {
  const pipeline = await session.pipeline();
  return watchTo(session, pipeline, runId(pipeline, session.args.run!));
}

export async function stop(session: Session): Promise<number> {
  const { args, connection } = session;
  const pipeline = await session.pipeline();
  const run = runId(pipeline, args.run!);
  const before = await orExpress(() => stopRun(connection, pipeline, run, args.text('reason')!),
    () => { throw new OperateError('Conflict', 'a run of an Express workflow cannot be stopped; it ends by itself within five minutes'); });
  const stopped = before.status === 'RUNNING' || before.status === 'PENDING_REDRIVE';
  if (args.json) print({ run: run.name, executionArn: run.arn, stopped, statusBefore: before.status });
  else process.stdout.write(`${plainLine(run.name)}: ${stopped ? 'stopped; "redrive" goes on with it' : `had ended before, as ${before.status}`}\n`);
  return OperateExit.DONE;
}

export async function redrive(session: Session): Promise<number> {
  const { args, connection } = session;
  const pipeline = await session.pipeline();
  const run = runId(pipeline, args.run!);
  // What is not there, or is Express, is told more clearly than a redrive's own error does.
  await orExpress(() => describeRun(connection, pipeline, run),
    () => { throw new OperateError('Conflict', 'a run of an Express workflow cannot be redriven; submit the same input again'); });
  await redriveRun(connection, run, randomUUID());
  const watching = args.has('watch') || args.has('wait');
  if (args.json) print({ run: run.name, executionArn: run.arn, redriven: true });
  else (watching ? process.stderr : process.stdout).write(`${plainLine(run.name)}: goes on\n`);
  return watching ? watchTo(session, pipeline, run) : OperateExit.DONE;
}

export async function results(session: Session): Promise<number> {
  const { args, connection } = session;
  const pipeline = await session.pipeline();
  const run = await lookUp(session, pipeline);
  const { name } = run instanceof ExpressRun ? run.run : run;
  const given = args.text('output');
  if (given === undefined && !RUN_NAME.test(name)) throw new OperateError('Usage', `--output is missing: "${name}" is no name for a folder`);
  const folder = resolve(given ?? outputFolder(name));
  if (args.has('report') && run instanceof ExpressRun) {
    throw new OperateError('Conflict', '--report needs a run\'s history, and Step Functions keeps none of an Express workflow\'s');
  }
  let report: string | undefined;
  let files: readonly SavedObject[] | OperateError;
  try {
    files = await saveResults(connection, pipeline, run, folder);
  } catch (error) {
    // A run that failed has a report, and no results.
    if (!(error instanceof OperateError && error.code === 'RunFailed' && args.has('report'))) throw error;
    files = error;
  }
  if (args.has('report')) {
    await saveTrail(connection, pipeline, run as Run, folder);
    report = writeReport(folder);
  }
  const saved = files instanceof OperateError ? [] : files;
  if (args.json && !(files instanceof OperateError)) print({ run: name, files, ...report === undefined ? {} : { report } });
  else if (!args.json) process.stdout.write([...saved.map(({ file }) => file), ...report === undefined ? [] : [report]].map((file) => `${file}\n`).join(''));
  if (files instanceof OperateError) throw files;
  return OperateExit.DONE;
}
