import { parseArgs, ParseArgsConfig } from 'node:util';
import { OperateError } from '../runs/aws/operate-error';

/** Of every command on a deployed pipeline. */
const COMMON = {
  'stack': { type: 'string' },
  'pipeline': { type: 'string' },
  'region': { type: 'string' },
  'profile': { type: 'string' },
  'endpoint-url': { type: 'string' },
  'patience': { type: 'string', default: '600' },
  'json': { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

/** Of each command. */
const OWN = {
  submit: {
    input: { type: 'string' }, name: { type: 'string' }, watch: { type: 'boolean', default: false }, wait: { type: 'boolean', default: false },
  },
  status: { limit: { type: 'string', default: '20' }, status: { type: 'string' } },
  watch: {},
  stop: { reason: { type: 'string', default: 'stopped with pavi-pipeline stop' } },
  redrive: { watch: { type: 'boolean', default: false }, wait: { type: 'boolean', default: false } },
  results: { output: { type: 'string' }, report: { type: 'boolean', default: false } },
  logs: { step: { type: 'string' }, entry: { type: 'string' } },
} as const satisfies Record<string, ParseArgsConfig['options']>;

export type OperateCommand = keyof typeof OWN;

export interface OperateArguments {
  readonly command: OperateCommand;
  readonly stack: string;
  readonly pipeline?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
  /** Milliseconds. */
  readonly patience: number;
  readonly json: boolean;
  readonly run?: string;
  /** The command's own. */
  readonly text: (option: string) => string | undefined;
  readonly has: (option: string) => boolean;
}

const MOST_PATIENCE_S = 7 * 24 * 3600;

export function isOperateCommand(command: string | undefined): command is OperateCommand {
  return Object.hasOwn(OWN, command ?? '');
}

/** @throws OperateError that says what is wrong with the command line */
export function operateArguments(command: OperateCommand, args: string[]): OperateArguments {
  let parsed;
  try {
    parsed = parseArgs({ args, allowPositionals: true, options: { ...COMMON, ...OWN[command] } });
  } catch (error) {
    throw new OperateError('Usage', (error as Error).message);
  }
  const values = parsed.values as Readonly<Record<string, string | boolean | undefined>>;
  const text = (option: string) => values[option] as string | undefined;
  const { stack } = parsed.values;
  if (stack === undefined || stack === '') throw new OperateError('Usage', '--stack is missing');
  return {
    command,
    stack,
    pipeline: text('pipeline'),
    region: text('region'),
    profile: text('profile'),
    endpointUrl: ownEndpoint(text('endpoint-url')),
    patience: wholeNumber('--patience', text('patience')!, 0, MOST_PATIENCE_S) * 1000,
    json: values.json === true,
    run: runOf(command, parsed.positionals),
    text,
    has: (option) => values[option] === true,
  };
}

export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) throw new OperateError('Usage', `${option} must be a whole number from ${least} to ${most}, got "${text}"`);
  return value;
}

function runOf(command: OperateCommand, positionals: readonly string[]): string | undefined {
  const [least, most] = command === 'submit' ? [0, 0] : command === 'status' ? [0, 1] : [1, 1];
  if (positionals.length >= least && positionals.length <= most) return positionals[0];
  const wanted = most === 0 ? 'no RUN is to be given (--name names it)' : least === 0 ? 'at most one RUN is to be given' : 'one RUN is to be given';
  throw new OperateError('Usage', `${wanted}, got ${positionals.map((text) => JSON.stringify(text)).join(', ') || 'none'}`);
}

/** Also the environment's is looked at: the SDK would only say that it is no URL, not whose. */
function ownEndpoint(given: string | undefined): string | undefined {
  if (given !== undefined) return endpointUrl('--endpoint-url', given);
  for (const [name, text] of Object.entries(process.env)) {
    if (/^AWS_ENDPOINT_URL(_\w+)?$/.test(name) && text !== undefined && text !== '') endpointUrl(name, text);
  }
  return undefined;
}

function endpointUrl(where: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return text;
  throw new OperateError('Usage', `${where} must be an http:// or https:// address, got "${text}"`);
}
