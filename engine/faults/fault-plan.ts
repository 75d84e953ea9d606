import { createHash } from 'node:crypto';
import { FaultKind, FaultRule, parseFault, S3_CODES } from './fault-rule';
import type { BatchFaults, JobFault } from '../batch/faults';
import { matchesWildcard } from '../iam/wildcard';
import type { S3Fault, S3FaultRequest } from '../s3/s3-service';

const JOB_KINDS: readonly FaultKind[] = ['job-killed', 'out-of-memory', 'host-lost', 'spot-interruption', 'slow-start'];
/** So much of an object arrives before its connection breaks. */
const RESET_AFTER_BYTES = 100;
/** Execution names that nobody chose are different in each run; the faults must not be. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

interface Counted extends FaultRule {
  left: number;
}

/**
 * Decides what goes wrong in a run. A chance depends on the seed, on what is asked about (the job, and of S3 the object and who asks), and on
 * how often that was asked before, but not on the order in which jobs that run side by side ask: the same seed gives the same run. A count
 * has the first ones that come.
 */
export class FaultPlan implements BatchFaults {
  private readonly rules: readonly Counted[];
  private readonly asked = new Map<string, number>();

  constructor(rules: readonly FaultRule[], private readonly seed: number) {
    this.rules = rules.map((rule) => ({ ...rule, left: rule.count }));
  }

  public ofAttempt(jobName: string, attempt: number): JobFault | undefined {
    const rule = this.rules.find(({ kind, settings }, index) => JOB_KINDS.includes(kind) && matchesWildcard(settings.job, jobName)
      && (settings.attempt === 'all' || Number(settings.attempt) === attempt) && this.happens(index, `${jobName} ${attempt}`));
    if (rule === undefined) return undefined;
    const seconds = Number(rule.settings.after ?? rule.settings.seconds);
    if (rule.kind === 'host-lost') return { kind: 'host-lost', seconds, instance: `i-0${digest(`${this.seed} ${jobName}`).slice(0, 16)}` };
    return { kind: rule.kind as Exclude<JobFault['kind'], 'host-lost'>, seconds };
  }

  public throttles(operation: string, jobNames: string): boolean {
    return this.rules.some(({ kind, settings }, index) => kind === 'batch-throttle' && matchesWildcard(settings.operation, operation)
      && this.happens(index, `${operation} ${jobNames}`));
  }

  public ofS3Request({ operation, bucket, key, range, byOwner, holder }: S3FaultRequest): S3Fault | undefined {
    if (byOwner) return undefined;
    const rule = this.rules.find(({ kind, settings }, index) => kind === 's3-error' && matchesWildcard(settings.operation, operation)
      && matchesWildcard(settings.key, key) && this.happens(index, `${operation} ${bucket}/${key} ${range} ${holder}`));
    if (rule === undefined) return undefined;
    const { code } = rule.settings;
    return code === 'reset' ? { resetAfterBytes: RESET_AFTER_BYTES } : { code, status: S3_CODES[code] };
  }

  private happens(index: number, subject: string): boolean {
    const rule = this.rules[index];
    if (rule.left <= 0) return false;
    const name = `${index} ${subject.replace(UUID, '')}`;
    const before = this.asked.get(name) ?? 0;
    this.asked.set(name, before + 1);
    if (rule.rate < 1 && parseInt(digest(`${this.seed} ${before} ${name}`).slice(0, 8), 16) / 2 ** 32 >= rule.rate) return false;
    rule.left -= 1;
    return true;
  }
}

/**
 * Reads what `--inject` was given.
 *
 * @param texts each `KIND` or `KIND:NAME=VALUE,…`; see FAULT_HELP
 * @param seed  a whole number; the same one gives the same faults
 * @throws FaultSyntaxError
 */
export function parseFaults(texts: readonly string[], seed = 0): FaultPlan {
  return new FaultPlan(texts.map(parseFault), seed);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
