import { align } from './commands/align';
import { check } from './commands/check';
import { collect } from './commands/collect';
import { asWorkerError, reportError } from './commands/error-report';
import { alignOptions, checkOptions, collectOptions, retrieveOptions, wrongCommandLine } from './commands/options';
import { retrieve } from './commands/retrieve';
import { log, setLogContext } from './log';
import { Metrics, writeMetrics } from './metrics';
import { childPlace, parentPlace } from './storage/place';
import { ExitCode } from '../src/contract/exit-codes';
import { LogEvent } from '../src/contract/log-events';
import { runOfPlace, WorkKey } from '../src/contract/storage-keys';
import { WorkerCommand } from '../src/contract/worker-command-line';
import { WorkerMetric } from '../src/contract/worker-metrics';

const HELP = `A place is a path, a file:// URI or an s3:// URI.

  retrieve --input FILE --output-dir DIR [--from I --to J] [--keep-going] [--allow-local]
           [--variant-api-url URL] [--genome-source PREFIX]... [--expect-count N] [--errors DIR]
  align    --input-dir DIR --output FILE [--threads N] [--expect-count N] [--errors DIR]
  collect  --input-dir DIR --alignment FILE --output FILE [--errors DIR]
  check    --input FILE
`;

/** What a stopped command may still take to put down its work; ECS and Batch kill it 30 seconds after SIGTERM. */
const STOP_WITHIN_MS = 5_000;

interface Command {
  readonly run: (signal: AbortSignal, metrics: Metrics) => Promise<void>;
  readonly output?: string;
  /** Where the error file goes; absent where none is written. */
  readonly errors?: string;
}

function command(name: string, args: string[]): Command {
  switch (name) {
    case WorkerCommand.RETRIEVE: {
      const options = retrieveOptions(args);
      return {
        run: (signal, metrics) => retrieve(options, signal, metrics),
        output: options.outputDir,
        errors: options.errors ?? childPlace(options.outputDir, WorkKey.ERRORS),
      };
    }
    case WorkerCommand.ALIGN: {
      const options = alignOptions(args);
      return { ...resultOf(options), run: (signal, metrics) => align(options, signal, metrics) };
    }
    case WorkerCommand.COLLECT: {
      const options = collectOptions(args);
      return { ...resultOf(options), run: (signal, metrics) => collect(options, signal, metrics) };
    }
    case WorkerCommand.CHECK: {
      const options = checkOptions(args);
      return { run: () => check(options) };
    }
    default:
      throw wrongCommandLine(`there is no command "${name}"; there are ${Object.values(WorkerCommand).join(', ')}`, name);
  }
}

function resultOf({ output, errors }: { output: string; errors?: string }): { output: string; errors: string } {
  return { output, errors: errors ?? childPlace(parentPlace(output), WorkKey.ERRORS) };
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h') {
    process.stderr.write(HELP);
    return name === undefined ? ExitCode.BAD_INPUT : ExitCode.DONE;
  }
  const metrics: Metrics = {};
  let chosen: Command | undefined;
  let run: string | undefined;
  try {
    chosen = command(name, args);
    run = runOfPlace(chosen.output ?? '');
    setLogContext({ command: name, run });
    log(LogEvent.STARTED, { node: process.version });
    await orStopped(chosen.run(stopped.signal, metrics));
    writeMetrics(name, run, { [WorkerMetric.FAILURES]: 0, ...metrics });
    log(LogEvent.DONE, {});
    return ExitCode.DONE;
  } catch (error) {
    if (stopped.signal.aborted) {
      log(LogEvent.STOPPED, { by: (stopped.signal.reason as Error).message });
      return ExitCode.STOPPED;
    }
    const failure = asWorkerError(error);
    // A wrong command line does not tell where the errors go.
    await reportError(name, chosen?.errors, failure);
    writeMetrics(name, run, { ...metrics, [WorkerMetric.FAILURES]: Math.max(1, metrics[WorkerMetric.FAILURES] ?? 0) });
    return failure.exitCode;
  }
}

/** A stopped command gets a moment to end by itself; an error that nobody waits for ends it as its own would. */
async function orStopped(work: Promise<void>): Promise<void> {
  const broken = new Promise<never>((_, reject) => {
    process.on('uncaughtException', reject);
    process.on('unhandledRejection', reject);
  });
  const late = new Promise<never>((_, reject) => {
    stopped.signal.addEventListener('abort', () => setTimeout(() => reject(stopped.signal.reason as Error), STOP_WITHIN_MS).unref(), { once: true });
  });
  await Promise.race([work, broken, late]);
}

const stopped = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stopped.abort(new Error(signal)));
// Whoever read the log may have gone; the files are what counts.
process.stdout.on('error', () => undefined);

// What a stopped or failed command has left running must not keep the process alive; what it has logged must be written before.
void main(process.argv.slice(2)).then((code) => process.stdout.write('', () => process.exit(code)));
