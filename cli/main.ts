import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeExisting, type JobOptions, LoadError, loadPipeline } from '../engine';
import { COMPARE_HELP, compareCommand } from './compare/compare-command';
import { COST_HELP, costCommand } from './cost/cost-command';
import { operateCommand } from './deployed/command';
import { OPERATE_HELP } from './deployed/help';
import { isOperateCommand } from './deployed/options';
import { DIAGRAM_HELP, diagramCommand } from './diagram/diagram-command';
import { aslCommand, ASL_HELP } from './here/asl-command';
import { JOB_HELP, JOB_OPTIONS, jobOptions } from './here/job-options';
import { run } from './here/run';
import { genomeFolders, InputError, readRunInput } from './here/run-input';
import { SERVE_HELP, serveCommand } from './here/serve-command';
import { isWorkerCommand, workerCommand, WORKER_HELP } from './here/worker-command';
import { REPORT_HELP, reportCommand } from './report/report-command';
import { writeReport } from './report/write-report';
import { isFileError } from './terminal/file-error';
import { plainLine, plainText } from './terminal/plain-text';
import { Progress } from './terminal/progress';
import { endWithReader } from './terminal/standard-output';
import { runbookEntry } from '../src/contract/runbook';

const HELP = `pavi-pipeline run --app DIR --input FILE [options]

Runs the pipeline that "cdk synth" wrote on this machine, without AWS.

  --app DIR               the cloud assembly, usually cdk.out
  --input FILE            JSON: a list of region entries, or the execution's input
  --output DIR            where results, job logs and history go (default: pavi-runs/NAME)
  --name NAME             the execution's name (default: a new one)
  --state-machine ID      which, where the app has several: its logical id (or its beginning), its stack's name, or STACK/ID
  --allow-local-genomes   let this run's jobs read file:// and http:// genomes of this machine
${JOB_HELP}`;

/** An execution's name as Step Functions allows it, without what would be trouble in a key or a path. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}$/;
const INTERRUPTED = 130;

class UsageError extends Error {}

interface RunArguments {
  readonly app: string;
  readonly input: string;
  readonly output: string;
  readonly name: string;
  readonly stateMachine?: string;
  readonly allowLocalGenomes: boolean;
  readonly jobs: JobOptions;
}

function runArguments(args: string[]): RunArguments {
  let values;
  let jobs;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        'app': { type: 'string' },
        'input': { type: 'string' },
        'output': { type: 'string' },
        'name': { type: 'string' },
        'state-machine': { type: 'string' },
        'allow-local-genomes': { type: 'boolean', default: false },
        ...JOB_OPTIONS,
      },
    }));
    jobs = jobOptions(values);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { app, input, name = randomUUID() } = values;
  if (app === undefined || input === undefined) throw new UsageError(`${app === undefined ? '--app' : '--input'} is missing`);
  if (!NAME.test(name)) throw new UsageError(`--name must have up to 80 letters, digits, ".", "_" or "-", got "${name}"`);
  return {
    app,
    input,
    name,
    output: resolve(values.output ?? `pavi-runs/${name}`),
    stateMachine: values['state-machine'],
    allowLocalGenomes: values['allow-local-genomes'],
    jobs,
  };
}

async function runCommand(args: string[]): Promise<number> {
  const options = runArguments(args);
  const pipeline = loadPipeline(options.app, { stateMachine: options.stateMachine, inContainers: options.jobs.containers !== undefined });
  describeExisting(pipeline.existing).forEach((line) => process.stderr.write(`not made by the app: ${line}\n`));
  const input = readRunInput(options.input, options.allowLocalGenomes);
  const stopped = stopOnSignal();
  const progress = new Progress((text) => process.stderr.write(text), process.stderr.isTTY === true);
  let result;
  try {
    result = await run({
      pipeline,
      input,
      name: options.name,
      outputFolder: options.output,
      allowLocalGenomes: options.allowLocalGenomes,
      jobs: { ...options.jobs, readable: [...options.jobs.readable ?? [], ...options.allowLocalGenomes ? genomeFolders(input) : []] },
      signal: stopped,
      onEvent: (event) => progress.on(event),
    });
  } finally {
    progress.end();
  }
  leaveReport(options.output);
  if (result.status === 'SUCCEEDED') {
    process.stdout.write(`${result.results.join('\n')}\n`);
    return 0;
  }
  if (stopped.aborted) {
    process.stderr.write('interrupted; its jobs were stopped\n');
    return INTERRUPTED;
  }
  const { status, error = 'no error name', cause = 'no cause is known', failedJobLog } = result;
  process.stderr.write(`${status}: ${plainLine(error)}\n${plainText(cause)}\n`);
  if (failedJobLog !== undefined) {
    process.stderr.write(`what the failed job wrote last (${failedJobLog.file}):\n${failedJobLog.lines.map((line) => `  ${plainLine(line)}\n`).join('')}`);
  }
  const entry = runbookEntry(error);
  if (entry !== undefined) process.stderr.write(`how to mend ${error}: ${entry}\n`);
  return 1;
}

/** What a run came to is known without its report; not being able to make it must not hide that. */
function leaveReport(folder: string): void {
  try {
    process.stderr.write(`report: ${writeReport(folder)}\n`);
  } catch (error) {
    process.stderr.write(`the run's report could not be made: ${(error as Error).message}\n`);
  }
}

function stopOnSignal(): AbortSignal {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort(new Error(signal)));
  return stopped.signal;
}

async function main([command, ...args]: string[]): Promise<number> {
  // What runs jobs brings them to their end, whoever reads along.
  endWithReader(command !== 'run' && command !== 'serve' && !isWorkerCommand(command));
  if (command === '--help' || command === '-h' || args.includes('--help')) {
    process.stdout.write(`${HELP}\n${OPERATE_HELP}\n${SERVE_HELP}\n${REPORT_HELP}\n${COMPARE_HELP}\n${DIAGRAM_HELP}\n${COST_HELP}\n${WORKER_HELP}\n${ASL_HELP}`);
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
    if (command !== 'run') throw new UsageError(command === undefined ? 'a command is missing' : `there is no command "${command}"`);
    return await runCommand(args);
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`error: ${error.message}\n\n${HELP}`);
    else if (error instanceof InputError) process.stderr.write(`error: Pavi.InvalidInput: ${plainLine(error.message)}\n`);
    else if (error instanceof LoadError) process.stderr.write(`error: ${plainText(error.message)}\n`);
    else if (isFileError(error)) process.stderr.write(`error: ${error.message}; look whether something is in the way, who may write there, and whether the disk has room\n`);
    else process.stderr.write(`error: a defect of the local engine, please report it: ${(error as Error).stack}\n`);
    return 1;
  }
}

void main(process.argv.slice(2)).then((code) => { process.exitCode = code; });
