import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readableLine } from './worker-lines';
import { LogEvent } from '../../src/contract/log-events';
import { WORKER_FOLDER, WORKER_PROGRAM } from '../../src/contract/worker-bundle';
import { WorkerCommand, WorkerOption } from '../../src/contract/worker-command-line';
import { STOP_SIGNALS } from '../terminal/stop-on-signal';
import { fieldsOf, readWorkerLine } from '../trail/worker-line';

export const WORKER_HELP = `pavi-pipeline retrieve|align|collect OPTIONS
pavi-pipeline check FILE

One step of a run by itself, on files of this machine, or a look at a run's input that lists all its problems.

  retrieve --input FILE --output-dir DIR [--from I --to J] [--keep-going] [--allow-local]
           [--variant-api-url URL] [--genome-source PREFIX]... [--errors DIR]
                          --allow-local lets it read file:// and http:// genomes
  align    --input-dir DIR --output FILE [--threads N] [--errors DIR]
  collect  --input-dir DIR --alignment FILE --output FILE [--errors DIR]
  check    FILE           JSON: a list of region entries, or the execution's input

On a terminal they tell what they do in words; else their log, one JSON object a line, goes to standard output.
`;

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** From `lib/cli` of the package as from `cli/here` of a checkout. */
const WORKER = join(__dirname, '..', '..', WORKER_FOLDER, WORKER_PROGRAM);

/** Whether the worker has that command. */
export function isWorkerCommand(command: string | undefined): command is string {
  return (Object.values(WorkerCommand) as (string | undefined)[]).includes(command);
}

/**
 * Runs a command of the worker that the package brings, in a process of its own: what stops this one stops it, and its exit code is
 * this one's.
 *
 * @returns the exit code, as the worker's (0 done, 64 wrong input, 69 something outside was not to be had, 70 a defect, 143 stopped)
 * @throws Error where the package is not whole
 */
export async function workerCommand(command: string, args: readonly string[]): Promise<number> {
  requireWorker();
  const child = spawn(process.execPath, [WORKER, command, ...withInput(command, args)], { stdio: ['inherit', 'pipe', 'inherit'] });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  STOP_SIGNALS.forEach((signal) => process.on(signal, pass));
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0)));
  });
  const onTerminal = process.stdout.isTTY === true;
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) {
    if (!onTerminal) process.stdout.write(`${line}\n`);
    const told = readableLine(line, onTerminal);
    if (told !== undefined) process.stderr.write(`${told}\n`);
  }
  try {
    return await ended;
  } finally {
    STOP_SIGNALS.forEach((signal) => process.removeListener(signal, pass));
  }
}

/**
 * The problems of a run's input, by the worker's own check; the entries behind a `seq_regions_uri` are not looked at.
 *
 * @throws Error where the package is not whole, or the check did not come to an end
 */
export async function inputProblems(file: string): Promise<string[]> {
  requireWorker();
  const child = spawn(process.execPath, [WORKER, WorkerCommand.CHECK, WorkerOption.INPUT, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text; });
  const problems: string[] = [];
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) {
    const record = readWorkerLine(line);
    const told = record === undefined ? undefined : fieldsOf(record, LogEvent.PROBLEM);
    if (told !== undefined) problems.push(String(told.problem));
  }
  const code = await ended;
  if (code !== 0 && problems.length === 0) throw new Error(`the check of ${file} ended with ${code}: ${said}`);
  return problems;
}

function requireWorker(): void {
  if (existsSync(WORKER)) return;
  throw new Error(`the bundled worker is missing: there is no ${WORKER}; in a checkout run "npx projen bundle", elsewhere install the package again`);
}

/** `check FILE` is `check --input FILE`. */
function withInput(command: string, args: readonly string[]): readonly string[] {
  return command === WorkerCommand.CHECK && args.length === 1 && !args[0].startsWith('-') ? [WorkerOption.INPUT, args[0]] : args;
}
