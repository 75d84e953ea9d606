import { parseArgs } from 'node:util';
import { ErrorName } from '../../src/contract/error-names';
import { ALLOW_LOCAL_ENV, DEFAULT_VARIANT_API_URL, WorkerCommand, WorkerOption } from '../../src/contract/worker-command-line';
import { WorkerError } from '../worker-error';

export interface RetrieveOptions {
  readonly input: string;
  readonly outputDir: string;
  readonly errors?: string;
  readonly from?: number;
  readonly to?: number;
  readonly expectCount?: number;
  readonly keepGoing: boolean;
  readonly allowLocal: boolean;
  readonly variantApiUrl: string;
  readonly genomeSources: readonly string[];
}

export interface AlignOptions {
  readonly inputDir: string;
  readonly output: string;
  readonly errors?: string;
  readonly expectCount?: number;
  readonly threads: number;
}

export interface CollectOptions {
  readonly inputDir: string;
  readonly alignment: string;
  readonly output: string;
  readonly errors?: string;
}

export interface CheckOptions {
  readonly input: string;
}

type Parsed = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export function retrieveOptions(args: string[]): RetrieveOptions {
  const given = parse(WorkerCommand.RETRIEVE, args, {
    text: [WorkerOption.INPUT, WorkerOption.OUTPUT_DIR, WorkerOption.ERRORS, WorkerOption.FROM, WorkerOption.TO, WorkerOption.EXPECT_COUNT,
      WorkerOption.VARIANT_API_URL],
    flags: [WorkerOption.KEEP_GOING, WorkerOption.ALLOW_LOCAL],
    lists: [WorkerOption.GENOME_SOURCE],
  });
  return {
    input: required(given, WorkerOption.INPUT),
    outputDir: required(given, WorkerOption.OUTPUT_DIR),
    errors: text(given, WorkerOption.ERRORS),
    from: whole(given, WorkerOption.FROM, 0),
    to: whole(given, WorkerOption.TO, 0),
    expectCount: whole(given, WorkerOption.EXPECT_COUNT, 1),
    keepGoing: given[WorkerOption.KEEP_GOING] === true,
    allowLocal: given[WorkerOption.ALLOW_LOCAL] === true || process.env[ALLOW_LOCAL_ENV] === '1',
    variantApiUrl: text(given, WorkerOption.VARIANT_API_URL) ?? DEFAULT_VARIANT_API_URL,
    genomeSources: (given[WorkerOption.GENOME_SOURCE] ?? []) as string[],
  };
}

export function alignOptions(args: string[]): AlignOptions {
  const given = parse(WorkerCommand.ALIGN, args, {
    text: [WorkerOption.INPUT_DIR, WorkerOption.OUTPUT, WorkerOption.ERRORS, WorkerOption.EXPECT_COUNT, WorkerOption.THREADS],
  });
  return {
    inputDir: required(given, WorkerOption.INPUT_DIR),
    output: required(given, WorkerOption.OUTPUT),
    errors: text(given, WorkerOption.ERRORS),
    expectCount: whole(given, WorkerOption.EXPECT_COUNT, 1),
    threads: whole(given, WorkerOption.THREADS, 1) ?? 1,
  };
}

export function collectOptions(args: string[]): CollectOptions {
  const given = parse(WorkerCommand.COLLECT, args, {
    text: [WorkerOption.INPUT_DIR, WorkerOption.ALIGNMENT, WorkerOption.OUTPUT, WorkerOption.ERRORS],
  });
  return {
    inputDir: required(given, WorkerOption.INPUT_DIR),
    alignment: required(given, WorkerOption.ALIGNMENT),
    output: required(given, WorkerOption.OUTPUT),
    errors: text(given, WorkerOption.ERRORS),
  };
}

export function checkOptions(args: string[]): CheckOptions {
  return { input: required(parse(WorkerCommand.CHECK, args, { text: [WorkerOption.INPUT] }), WorkerOption.INPUT) };
}

export function wrongCommandLine(message: string, found?: unknown): WorkerError {
  return new WorkerError(ErrorName.INVALID_INPUT, message, { expected: 'a command line as --help tells', found });
}

function parse(command: string, args: string[], known: { text: string[]; flags?: string[]; lists?: string[] }): Parsed {
  const names = (options: string[] = []) => options.map((option) => option.slice(2));
  try {
    const { values } = parseArgs({
      args,
      strict: true,
      allowPositionals: false,
      options: Object.fromEntries([
        ...names(known.text).map((name) => [name, { type: 'string' }]),
        ...names(known.flags).map((name) => [name, { type: 'boolean' }]),
        ...names(known.lists).map((name) => [name, { type: 'string', multiple: true }]),
      ]) as Record<string, { type: 'string' | 'boolean' }>,
    });
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [`--${name}`, value]));
  } catch (error) {
    throw wrongCommandLine(`${command}: ${(error as Error).message}`, args);
  }
}

function text(given: Parsed, option: string): string | undefined {
  const value = given[option];
  if (value === '') throw wrongCommandLine(`${option} must not be empty`, value);
  return value as string | undefined;
}

function required(given: Parsed, option: string): string {
  const value = text(given, option);
  if (value === undefined) throw wrongCommandLine(`${option} is missing`);
  return value;
}

function whole(given: Parsed, option: string, least: number): number | undefined {
  const value = text(given, option);
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value) || Number(value) < least) throw wrongCommandLine(`${option} must be a whole number from ${least}`, value);
  return Number(value);
}
