import { LoadError } from '../engine';
import { COMPARE_HELP, compareCommand } from './compare/compare-command';
import { COST_HELP, costCommand } from './cost/cost-command';
import { operateCommand } from './deployed/command';
import { OPERATE_HELP } from './deployed/help';
import { isOperateCommand } from './deployed/options';
import { DIAGRAM_HELP, diagramCommand } from './diagram/diagram-command';
import { aslCommand, ASL_HELP } from './here/asl-command';
import { RUN_HELP, runCommand } from './here/run-command';
import { InputError } from './here/run-input';
import { SERVE_HELP, serveCommand } from './here/serve-command';
import { isWorkerCommand, workerCommand, WORKER_HELP } from './here/worker-command';
import { REPORT_HELP, reportCommand } from './report/report-command';
import { isFileError } from './terminal/file-error';
import { plainLine, plainText } from './terminal/plain-text';
import { endWithReader } from './terminal/standard-output';
import { stopOnSignal } from './terminal/stop-on-signal';
import { ErrorName } from '../src/contract/error-names';

async function main([command, ...args]: string[]): Promise<number> {
  // What runs jobs brings them to their end, whoever reads along.
  endWithReader(command !== 'run' && command !== 'serve' && !isWorkerCommand(command));
  // A tool for those who write state machines, left out of the list that users read.
  if (command === 'asl' && args.includes('--help')) {
    process.stdout.write(ASL_HELP);
    return 0;
  }
  if (command === '--help' || command === '-h' || args.includes('--help')) {
    process.stdout.write(`${RUN_HELP}\n${OPERATE_HELP}\n${SERVE_HELP}\n${REPORT_HELP}\n${COMPARE_HELP}\n${DIAGRAM_HELP}\n${COST_HELP}\n${WORKER_HELP}`);
    return 0;
  }
  try {
    if (isOperateCommand(command)) return await operateCommand(command, args, stopOnSignal());
    if (isWorkerCommand(command)) return await workerCommand(command, args);
    if (command === 'asl') return await aslCommand(args);
    if (command === 'compare') return compareCommand(args);
    if (command === 'cost') return costCommand(args);
    if (command === 'diagram') return diagramCommand(args);
    if (command === 'report') return reportCommand(args);
    if (command === 'serve') return await serveCommand(args, stopOnSignal());
    if (command === 'run') return await runCommand(args);
    process.stderr.write(`error: ${command === undefined ? 'a command is missing' : `there is no command "${command}"`}\n\n${RUN_HELP}`);
    return 1;
  } catch (error) {
    if (error instanceof InputError) process.stderr.write(`error: ${ErrorName.INVALID_INPUT}: ${plainLine(error.message)}\n`);
    else if (error instanceof LoadError) process.stderr.write(`error: ${plainText(error.message)}\n`);
    else if (isFileError(error)) process.stderr.write(`error: ${error.message}; look whether something is in the way, who may write there, and whether the disk has room\n`);
    else process.stderr.write(`error: a defect of the local engine, please report it: ${(error as Error).stack}\n`);
    return 1;
  }
}

void main(process.argv.slice(2)).then((code) => { process.exitCode = code; });
