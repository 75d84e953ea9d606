import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import {
  ACCOUNT, apiEvent, DefinitionError, ExecutionResult, type FindIntegration, indentedJson, jsonText, loadDefinition,
  MAX_PAYLOAD_BYTES, mockedIntegrations, MockError, parseExactly, parseStrictly, PARTITION, runExecution, SimulatedClock,
  StateMachineDefinition, systemClock, WorkflowType,
} from '../../engine';
import { plainLine, plainText } from '../terminal/plain-text';
import { INTERRUPTED, STOP_SIGNALS } from '../terminal/stop-on-signal';

export const ASL_HELP = `pavi-pipeline asl DEFINITION.json [options]

Runs one state machine's definition by itself, its tasks answered by a mock file.

  --input FILE                          JSON: the execution's input (default: {})
  --mocks FILE#StateMachine/TestCase    answers of tasks, as AWS Step Functions Local's MockConfigFile.json has them
  --workflow-type STANDARD|EXPRESS      (default: STANDARD)
  --fast-forward                        let waits and retries pass in simulated time
  --json                                print {status, output, error, cause, events} as JSON
`;

const REGION = 'us-east-1';
const TYPES: readonly string[] = ['STANDARD', 'EXPRESS'] satisfies WorkflowType[];

/** The command line cannot be followed. */
class AslUsageError extends Error {}

interface AslArguments {
  readonly definition: string;
  readonly input?: string;
  readonly mocks?: { readonly file: string; readonly stateMachine: string; readonly testCase: string };
  readonly type: WorkflowType;
  readonly fastForward: boolean;
  readonly json: boolean;
}

type Outcome = Omit<ExecutionResult, 'status'> & { readonly status: ExecutionResult['status'] | 'create_error' };

/** Runs a definition; 0 where the execution succeeded, 130 where it was interrupted, else 1. */
export async function aslCommand(args: string[]): Promise<number> {
  let outcome: Outcome;
  let json = true;
  try {
    const options = aslArguments(args);
    json = options.json;
    outcome = await run(options);
  } catch (error) {
    if (!(error instanceof AslUsageError || error instanceof MockError)) throw error;
    process.stderr.write(`error: ${error.message}\n\n${ASL_HELP}`);
    return 1;
  }
  if (json) process.stdout.write(`${indentedJson({ ...outcome, events: outcome.events.map(apiEvent) })}\n`);
  else tell(outcome);
  return outcome.status === 'SUCCEEDED' ? 0 : outcome.status === 'ABORTED' ? INTERRUPTED : 1;
}

function aslArguments(args: string[]): AslArguments {
  let values;
  let positionals;
  try {
    ({ values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        'input': { type: 'string' },
        'mocks': { type: 'string' },
        'workflow-type': { type: 'string', default: 'STANDARD' },
        'fast-forward': { type: 'boolean', default: false },
        'json': { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new AslUsageError((error as Error).message);
  }
  if (positionals.length !== 1) throw new AslUsageError(`one DEFINITION.json is to be given, got ${positionals.join(', ') || 'none'}`);
  const type = values['workflow-type'];
  if (!TYPES.includes(type)) throw new AslUsageError(`--workflow-type must be ${TYPES.join(' or ')}, got "${type}"`);
  const [, file, stateMachine, testCase] = /^(.+)#([^#/]+)\/([^#]+)$/.exec(values.mocks ?? '') ?? [];
  if (values.mocks !== undefined && file === undefined) throw new AslUsageError(`--mocks must be FILE#StateMachine/TestCase, got "${values.mocks}"`);
  return {
    definition: positionals[0],
    input: values.input,
    mocks: file === undefined ? undefined : { file, stateMachine, testCase },
    type: type as WorkflowType,
    fastForward: values['fast-forward'],
    json: values.json,
  };
}

async function run(options: AslArguments): Promise<Outcome> {
  const text = readText(options.definition, 'DEFINITION');
  const input = options.input === undefined ? {} : readJson(options.input, '--input');
  const { mocks } = options;
  const findIntegration: FindIntegration = mocks === undefined ? () => undefined
    : mockedIntegrations(readJson(mocks.file, '--mocks'), mocks.stateMachine, mocks.testCase);
  if (Buffer.byteLength(jsonText(input)) > MAX_PAYLOAD_BYTES) throw new AslUsageError('--input: an input has at most 256 KiB');
  let definition;
  try {
    definition = load(text, options.type);
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return { status: 'create_error', error: 'InvalidDefinition', cause: `Invalid State Machine Definition: '${error.message}'`, events: [] };
  }
  const stateMachineName = mocks?.stateMachine ?? basename(options.definition).replace(/\..*$/, '');
  const stopped = new AbortController();
  const stop = () => stopped.abort(new Error('interrupted'));
  for (const signal of STOP_SIGNALS) process.once(signal, stop);
  try {
    return await execute(definition, input, stateMachineName, findIntegration, options.fastForward, stopped.signal);
  } finally {
    for (const signal of STOP_SIGNALS) process.removeListener(signal, stop);
  }
}

function load(text: string, type: WorkflowType): StateMachineDefinition {
  let json: unknown;
  try {
    if (text.trim() !== '') {
      parseStrictly(text);
      json = parseExactly(text);
    }
  } catch (error) {
    throw new DefinitionError([`INVALID_JSON_DESCRIPTION: Syntax error: ${(error as Error).message}`]);
  }
  return loadDefinition(json, type);
}

function execute(
  definition: StateMachineDefinition, input: unknown, stateMachineName: string, findIntegration: FindIntegration, fastForward: boolean,
  signal: AbortSignal,
): Promise<ExecutionResult> {
  const name = randomUUID();
  const arn = (kind: string) => `arn:${PARTITION}:states:${REGION}:${ACCOUNT}:${kind}:${stateMachineName}`;
  return runExecution({
    definition,
    input,
    name,
    executionArn: definition.type === 'EXPRESS' ? `${arn('express')}:${name}:${randomUUID()}` : `${arn('execution')}:${name}`,
    stateMachineArn: arn('stateMachine'),
    stateMachineName,
    roleArn: `arn:${PARTITION}:iam::${ACCOUNT}:role/${stateMachineName}`,
    findIntegration,
    clock: fastForward ? new SimulatedClock() : systemClock,
    signal,
  });
}

function tell({ status, output, error, cause, events }: Outcome): void {
  for (const { type, details } of events) process.stdout.write(`${type}${details.name === undefined ? '' : ` ${plainLine(String(details.name))}`}\n`);
  if (status === 'SUCCEEDED') process.stdout.write(`${indentedJson(output)}\n`);
  else process.stderr.write(plainText(`${[status, error].filter((part) => part !== undefined).join(': ')}\n${cause === undefined ? '' : `${cause}\n`}`));
}

function readText(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AslUsageError(`${option}: ${path} cannot be read: ${(error as Error).message}`);
  }
}

function readJson(path: string, option: string): unknown {
  const text = readText(path, option);
  try {
    return parseExactly(text);
  } catch (error) {
    throw new AslUsageError(`${option}: ${path} is not JSON: ${(error as Error).message}`);
  }
}
