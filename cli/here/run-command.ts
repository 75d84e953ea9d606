import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { existingText } from './existing-text';
import { JOB_HELP, JOB_OPTIONS, jobOptions } from './job-options';
import { run } from './run';
import { genomeFolders, readRunInput } from './run-input';
import { type JobOptions, loadPipeline } from '../../engine';
import { runbookEntry } from '../../src/contract/runbook';
import { writeReport } from '../report/write-report';
import { outputFolder, RUN_NAME, wrongRunName } from '../runs/run-name';
import { plainLine, plainText } from '../terminal/plain-text';
import { Progress } from '../terminal/progress';
import { INTERRUPTED, stopOnSignal } from '../terminal/stop-on-signal';

export const RUN_HELP = `pavi-pipeline run --app DIR --input FILE [options]

Runs the pipeline that "cdk synth" wrote on this machine, without AWS.

  --app DIR               the cloud assembly, usually cdk.out
  --input FILE            JSON: a list of region entries, or the execution's input
  --output DIR            where results, job logs and history go (default: ${outputFolder('NAME')})
  --name NAME             the execution's name (default: a new one)
  --state-machine ID      which, where the app has several: its logical id (or its beginning), its stack's name, or STACK/ID
  --allow-local-genomes   let this run's jobs read file:// and http:// genomes of this machine
${JOB_HELP}`;


/** The command line cannot be followed. */
class RunUsageError extends Error {}

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
    throw new RunUsageError((error as Error).message);
  }
  const { app, input, name = randomUUID() } = values;
  if (app === undefined || input === undefined) throw new RunUsageError(`${app === undefined ? '--app' : '--input'} is missing`);
  if (!RUN_NAME.test(name)) throw new RunUsageError(wrongRunName(name));
  return {
    app,
    input,
    name,
    output: resolve(values.output ?? outputFolder(name)),
    stateMachine: values['state-machine'],
    allowLocalGenomes: values['allow-local-genomes'],
    jobs,
  };
}

/**
 * Runs the pipeline once, on this machine.
 *
 * @returns the exit code: 0 where the run succeeded, 130 where it was interrupted, else 1
 * @throws LoadError where the assembly cannot be run, InputError where the input file cannot be one
 */
export async function runCommand(args: string[]): Promise<number> {
  let options;
  try {
    options = runArguments(args);
  } catch (error) {
    if (!(error instanceof RunUsageError)) throw error;
    process.stderr.write(`error: ${error.message}\n\n${RUN_HELP}`);
    return 1;
  }
  const pipeline = loadPipeline(options.app, { stateMachine: options.stateMachine, inContainers: options.jobs.containers !== undefined });
  process.stderr.write(existingText(pipeline.existing));
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
