import { align } from './commands/align';
import { collect } from './commands/collect';
import { asWorkerError, reportError, runOf } from './commands/error-report';
import { alignOptions, collectOptions, retrieveOptions, wrongCommandLine } from './commands/options';
import { retrieve } from './commands/retrieve';
import { log, logError, warn } from './log';
import { Metrics, writeMetrics } from './metrics';
import { childPlace, parentPlace } from './storage/place';
import { ExitCode } from '../src/contract/exit-codes';
import { WorkKey } from '../src/contract/storage-keys';
import { WorkerCommand } from '../src/contract/worker-command-line';

const HELP = `A place is a path, a file:// URI or an s3:// URI.

  retrieve --input FILE --output-dir DIR [--from I --to J] [--keep-going] [--allow-local]
           [--variant-api-url URL] [--genome-source PREFIX]... [--expect-count N] [--errors DIR]
  align    --input-dir DIR --output FILE [--threads N] [--errors DIR]
  collect  --input-dir DIR --alignment FILE --output FILE [--errors DIR]
`;

/** Batch and ECS kill what has not ended 30 seconds after SIGTERM. */
const STOP_WITHIN_MS = 10_000;

interface Command {
  readonly run: (signal: AbortSignal) => Promise<Metrics>;
  readonly errors: string;
  readonly output: string;
}

function command(name: string, args: string[]): Command {
  switch (name) {
    case WorkerCommand.RETRIEVE: {
      const options = retrieveOptions(args);
      return {
        run: (signal) => retrieve(options, signal),
        output: options.outputDir,
        errors: options.errors ?? childPlace(options.outputDir, WorkKey.ERRORS),
      };
    }
    case WorkerCommand.ALIGN: {
      const options = alignOptions(args);
      return { run: (signal) => align(options, signal), output: options.output, errors: options.errors ?? errorsBeside(options.output) };
    }
    case WorkerCommand.COLLECT: {
      const options = collectOptions(args);
      return { run: () => collect(options), output: options.output, errors: options.errors ?? errorsBeside(options.output) };
    }
    default:
      throw wrongCommandLine(`there is no command "${name}"; there are ${Object.values(WorkerCommand).join(', ')}`, name);
  }
}

function errorsBeside(output: string): string {
  return childPlace(parentPlace(output), WorkKey.ERRORS);
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h') {
    process.stderr.write(HELP);
    return name === undefined ? ExitCode.BAD_INPUT : ExitCode.DONE;
  }
  const stopped = stopOnSignal();
  let chosen: Command;
  try {
    chosen = command(name, args);
  } catch (error) {
    // Where the errors folder is can't be known.
    const failure = asWorkerError(error);
    logError('failed', { error: failure.errorName, entry: null, message: failure.message, expected: failure.expected, found: failure.found });
    return failure.exitCode;
  }
  const run = runOf(chosen.output);
  try {
    log('started', { command: name, run });
    writeMetrics(name, run, await chosen.run(stopped.signal));
    log('done', { command: name });
    return ExitCode.DONE;
  } catch (error) {
    if (stopped.signal.aborted) {
      warn('stopped', { command: name });
      return ExitCode.STOPPED;
    }
    const failure = asWorkerError(error);
    await reportError(name, chosen.errors, failure);
    writeMetrics(name, run, { Failures: [1, 'Count'] });
    return failure.exitCode;
  }
}

function stopOnSignal(): AbortController {
  const stopped = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stopped.abort(new Error(`stopped by ${signal}`));
      setTimeout(() => process.exit(ExitCode.STOPPED), STOP_WITHIN_MS).unref();
    });
  }
  return stopped;
}

// Standard output may be a pipe that is written to later than process.exit would end the process.
void main(process.argv.slice(2)).then((code) => { process.exitCode = code; });
