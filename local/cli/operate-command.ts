import { redrive, results, status, stop, submit, watch } from './operate-actions';
import { OPERATE_HELP } from './operate-help';
import { logs } from './operate-logs';
import { operateArguments, OperateCommand } from './operate-options';
import type { Session } from './operate-session';
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
  let code: OperateError['code'] | undefined;
  try {
    const args = operateArguments(command, given);
    clients = new AwsClients(args);
    const notices = { say: (text: string) => { process.stderr.write(`${text}\n`); } };
    const connection = new Connection({ clients, patience: args.patience, signal: interrupted, notice: (text) => notices.say(text) });
    return await ACTIONS[command]({ args, connection, notices, pipeline: () => findPipeline(connection, args.stack, args.pipeline) });
  } catch (error) {
    if (!(error instanceof OperateError)) throw error;
    ({ code } = error);
    if (given.includes('--json')) process.stdout.write(`${JSON.stringify({ error: { code, message: error.message } })}\n`);
    process.stderr.write(`error: ${plainText(error.message)}\n${code === 'Usage' ? `\n${OPERATE_HELP}` : ''}`);
    return error.exitCode;
  } finally {
    clients?.destroy();
  }
}
