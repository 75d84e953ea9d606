import { redrive, results, status, stop, submit, watch } from './actions';
import { OPERATE_HELP } from './help';
import { logs } from './logs';
import { OperateArguments, operateArguments, OperateCommand } from './options';
import { print, Session } from './session';
import { AwsClients } from '../runs/aws/aws-clients';
import { Connection } from '../runs/aws/connection';
import { OperateError } from '../runs/aws/operate-error';
import { findPipeline } from '../runs/deployed-pipeline';
import { plainText } from '../terminal/plain-text';

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
