import { lookUp, note, print, Session } from './session';
import { STEP_COMMANDS } from '../../src/contract/batch-jobs';
import { readableLine } from '../here/worker-lines';
import { OperateError, OperateExit } from '../runs/aws/operate-error';
import { NoLogStream } from '../runs/job-log';
import { AttemptLog, runLogs } from '../runs/run-logs';
import { plainLine, plainText } from '../terminal/plain-text';
import { entriesText } from '../trail/job-command';

export async function logs(session: Session): Promise<number> {
  const { args, connection } = session;
  const choice = { step: args.text('step'), entry: args.text('entry') };
  if (choice.step !== undefined && !(STEP_COMMANDS as readonly string[]).includes(choice.step)) throw new OperateError('Usage', `--step must be one of ${STEP_COMMANDS.join(', ')}, got "${choice.step}"`);
  const pipeline = await session.pipeline();
  let lines = 0;
  for await (const log of runLogs(connection, pipeline, await lookUp(session, pipeline), choice)) {
    if (!args.json) process.stdout.write(`${logTitle(log)}\n`);
    lines += await writeLog(log, args.json);
  }
  if (lines === 0) note('nothing was written yet, or the log group\'s retention is over');
  return OperateExit.DONE;
}

async function writeLog({ job, stream, lines }: AttemptLog, json: boolean): Promise<number> {
  let written = 0;
  try {
    for await (const { time, message } of lines) {
      written += 1;
      if (json) {
        print({ job: job.name, step: job.step, stream, time: new Date(time).toISOString(), message });
        continue;
      }
      const told = readableLine(message, true);
      if (told !== undefined) process.stdout.write(`  ${plainText(told).replace(/\n/g, '\n  ')}\n`);
    }
  } catch (error) {
    if (!(error instanceof NoLogStream)) throw error;
    if (!json) process.stdout.write('  nothing is there\n');
  }
  return written;
}

function logTitle({ job: { name, step, status: state, entries, reason }, stream }: AttemptLog): string {
  const range = entries === undefined ? '' : `, ${entriesText(entries)}`;
  const why = reason === undefined || state !== 'FAILED' ? '' : ` (${plainLine(reason)})`;
  return `${plainLine(name)}, ${step}${range}: ${state}${why}, log stream ${plainLine(stream)}`;
}
