import { redrive, results, status, stop, submit, watch } from './operate-actions';
import { OPERATE_HELP } from './operate-help';
import { logs } from './operate-logs';
import { OperateArguments, operateArguments, OperateCommand } from './operate-options';
import { print, Session } from './operate-session';
import { AwsClients } from '../operate/aws-clients';
import { Connection } from '../operate/connection';
import { findPipeline } from '../operate/deployed-pipeline';
import { OperateError } from '../operate/operate-error';
import { plainText } from '../operate/plain-text';

const ACTIONS: Readonly<Record<OperateCommand, (session: Session) => Promise<number>>> = { submit, status, watch, stop, redrive, results, logs };

/**
 * A command on the runs of a deployed pipeline.
 *
 * @param interrupted aborted by Ctrl-C
 * @returns the exit code, as OPERATE_HELP lists them
 */
export async function operateCommand(command: OperateCommand, given: string[], interrupted: AbortSignal): Promise<number> {
  let clients: AwsClients | undefined;
  let args: OperateArguments | undefined;
  try {
    args = operateArguments(command, given);
    clients = new AwsClients(args);
    const notices = { say: (text: string) => { process.stderr.write(`${text}\n`); } };
    const connection = new Connection({ clients, patience: args.patience, signal: interrupted, notice: (text) => notices.say(text) });
    const { stack, pipeline } = args;
    return await ACTIONS[command]({ args, connection, notices, pipeline: () => findPipeline(connection, stack, pipeline) });
  } catch (error) {
    if (!(error instanceof OperateError)) throw error;
    if (given.includes('--json')) print({ error: { code: error.code, message: error.message } });
    process.stderr.write(`error: ${plainText(error.message)}\n${args === undefined ? `\n${OPERATE_HELP}` : ''}`);
    return error.exitCode;
  } finally {
    clients?.destroy();
  }
}
