/** Kinds of faults, with the settings that each takes; what is left out has the value given here. */
export const FAULT_KINDS = {
  'job-killed': { job: '*', attempt: '1', after: '0.05' },
  'out-of-memory': { job: '*', attempt: '1', after: '0.05' },
  'host-lost': { job: '*', attempt: '1', after: '0.05' },
  'spot-interruption': { job: '*', attempt: '1', after: '0.05' },
  'slow-start': { job: '*', attempt: 'all', seconds: '5' },
  's3-error': { operation: '*', key: '*', code: 'InternalError' },
  'batch-throttle': { operation: 'SubmitJob' },
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;

/** How often, where a rule says neither `count` nor `rate`. */
const DEFAULT_COUNTS: Readonly<Record<FaultKind, number>> = {
  'job-killed': 1,
  'out-of-memory': 1,
  'host-lost': 1,
  'spot-interruption': 1,
  'slow-start': Infinity,
  's3-error': 1,
  'batch-throttle': 1,
};

/** S3's errors that come and go, with their status; and a connection that breaks off in the middle of an object. */
export const S3_CODES: Readonly<Record<string, number>> = {
  InternalError: 500, ServiceUnavailable: 503, SlowDown: 503, RequestTimeout: 400, reset: 0,
};

/** One `--inject`, read. */
export interface FaultRule {
  readonly kind: FaultKind;
  /** The kind's own settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** At most so many. */
  readonly count: number;
  /** Each with this chance, from 0 to 1. */
  readonly rate: number;
}

/** For the help of a command that takes faults. */
export const FAULT_HELP = `  --inject FAULT          let something go wrong; may be given again. FAULT is KIND or KIND:NAME=VALUE,NAME=VALUE...
                            job-killed          a job's processes are killed (exit code 137)
                            out-of-memory       a job exceeds its memory limit
                            host-lost           the machine under a job is gone: "Host EC2 (instance i-...) terminated."
                            spot-interruption   a Fargate Spot job is stopped: "Your Spot Task was interrupted."
                              of these: job=GLOB (of its name), attempt=N or all (1), after=SECONDS from its start (0.05)
                            slow-start          a job starts late: job=GLOB, attempt=N or all (all), seconds=S (5)
                            s3-error            S3 answers with an error: operation=GLOB, key=GLOB,
                                                code=InternalError, ServiceUnavailable, SlowDown, RequestTimeout or reset
                            batch-throttle      Batch answers "Too Many Requests": operation=GLOB (SubmitJob)
                          and of each: count=N (1; slow-start: all), or rate=P, a chance from 0 to 1
  --seed N                the chances' seed; the same one gives the same faults (0)
`;

/** A fault that cannot be understood. */
export class FaultSyntaxError extends Error {}

/** @throws FaultSyntaxError */
export function parseFault(text: string): FaultRule {
  const [kind, ...rest] = text.split(':');
  if (!Object.hasOwn(FAULT_KINDS, kind)) {
    throw new FaultSyntaxError(`there is no fault "${kind}" (of "${text}"); expected one of ${Object.keys(FAULT_KINDS).join(', ')}`);
  }
  const known: Readonly<Record<string, string>> = FAULT_KINDS[kind as FaultKind];
  const given: Record<string, string> = {};
  for (const item of rest.join(':').split(',').filter((part) => part !== '')) {
    const at = item.indexOf('=');
    const name = item.slice(0, at);
    const names = [...Object.keys(known), 'count', 'rate'];
    if (at < 1 || !names.includes(name)) throw new FaultSyntaxError(`"${item}" of the fault "${text}" must be NAME=VALUE with a NAME of ${names.join(', ')}`);
    given[name] = item.slice(at + 1);
  }
  const { count, rate, ...settings } = given;
  if (count !== undefined && rate !== undefined) throw new FaultSyntaxError(`the fault "${text}" has both count and rate; give one of them`);
  const rule: FaultRule = {
    kind: kind as FaultKind,
    settings: { ...known, ...settings },
    count: countOf(text, kind as FaultKind, count, rate),
    rate: rate === undefined ? 1 : numberOf(text, 'rate', rate, 0, 1),
  };
  checkSettings(text, rule);
  return rule;
}

function countOf(text: string, kind: FaultKind, count: string | undefined, rate: string | undefined): number {
  if (count !== undefined) return numberOf(text, 'count', count, 1, 1e6, true);
  return rate === undefined ? DEFAULT_COUNTS[kind] : Infinity;
}

function checkSettings(text: string, { settings }: FaultRule): void {
  if (settings.after !== undefined) numberOf(text, 'after', settings.after, 0, 86_400);
  if (settings.seconds !== undefined) numberOf(text, 'seconds', settings.seconds, 0, 86_400);
  if (settings.attempt !== undefined && settings.attempt !== 'all') numberOf(text, 'attempt', settings.attempt, 1, 10, true);
  if (settings.code !== undefined && !Object.hasOwn(S3_CODES, settings.code)) {
    throw new FaultSyntaxError(`code of the fault "${text}" must be one of ${Object.keys(S3_CODES).join(', ')}, got "${settings.code}"`);
  }
}

function numberOf(text: string, name: string, value: string, min: number, max: number, whole = false): number {
  const number = value.trim() === '' ? NaN : Number(value);
  if (!(number >= min && number <= max) || (whole && !Number.isInteger(number))) {
    throw new FaultSyntaxError(`${name} of the fault "${text}" must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}, got "${value}"`);
  }
  return number;
}
