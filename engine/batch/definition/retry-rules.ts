export interface RetryRule {
  readonly action: 'RETRY' | 'EXIT';
  readonly onStatusReason?: string;
  readonly onReason?: string;
  readonly onExitCode?: string;
}

/** How often a job is tried, and after which failures again. */
export interface RetryStrategy {
  /** 1 to 10. */
  readonly attempts: number;
  readonly rules: readonly RetryRule[];
}

/** How an attempt ended, in the words that the rules match. */
export interface AttemptEnd {
  readonly statusReason: string;
  readonly reason?: string;
  readonly exitCode?: number;
}

const MAX_ATTEMPTS = 10;
const MAX_RULES = 5;
const MAX_PATTERN = 512;
const PATTERNS = ['OnStatusReason', 'OnReason', 'OnExitCode'] as const;

/**
 * A RetryStrategy of a job definition or of SubmitJob, and what is wrong with it (API reference, "RetryStrategy" and "EvaluateOnExit").
 *
 * @param given with the names of CloudFormation and Step Functions; undefined for none, which is one attempt
 */
export function retryStrategy(given: Readonly<Record<string, any>> | undefined): { strategy: RetryStrategy; problems: string[] } {
  const problems: string[] = [];
  const listed: Record<string, string>[] = given?.EvaluateOnExit ?? [];
  const attempts = Number(given?.Attempts ?? 1);
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > MAX_ATTEMPTS) problems.push(`Attempts must be 1 to ${MAX_ATTEMPTS}, got ${given?.Attempts}`);
  if (listed.length > 0 && given?.Attempts === undefined) problems.push('EvaluateOnExit wants Attempts beside it');
  if (listed.length > MAX_RULES) problems.push(`EvaluateOnExit has up to ${MAX_RULES} entries, got ${listed.length}`);
  const rules = listed.map((entry) => {
    const action = String(entry.Action).toUpperCase();
    if (action !== 'RETRY' && action !== 'EXIT') problems.push(`the Action of EvaluateOnExit must be RETRY or EXIT, got ${entry.Action}`);
    if (PATTERNS.every((name) => entry[name] === undefined)) problems.push(`an entry of EvaluateOnExit wants one of ${PATTERNS.join(', ')}`);
    for (const name of PATTERNS) if (entry[name] !== undefined) problems.push(...patternProblems(name, String(entry[name])));
    return { action: action as RetryRule['action'], onStatusReason: entry.OnStatusReason, onReason: entry.OnReason, onExitCode: entry.OnExitCode };
  });
  return { strategy: { attempts, rules }, problems };
}

function patternProblems(name: string, pattern: string): string[] {
  if (pattern.length > MAX_PATTERN) return [`${name} has up to ${MAX_PATTERN} characters, got ${pattern.length}`];
  if (/\*./s.test(pattern)) return [`${name} may have a * at its end alone, got ${JSON.stringify(pattern)}`];
  if (name === 'OnExitCode' && !/^\d*\*?$/.test(pattern)) return [`OnExitCode has digits alone, and a * at its end, got ${JSON.stringify(pattern)}`];
  return [];
}

/**
 * Whether another attempt is made, if there are any left: the first rule of which everything matches decides; where none does, there is
 * another one. Source: AWS Batch user guide, page "Automated job retries"; API reference, "EvaluateOnExit".
 */
export function shouldRetry(rules: readonly RetryRule[], end: AttemptEnd): boolean {
  const rule = rules.find(({ action, onStatusReason, onReason, onExitCode }) => matches(onStatusReason, end.statusReason, action)
    && matches(onReason, end.reason, action) && matches(onExitCode, end.exitCode === undefined ? undefined : String(end.exitCode), action));
  return rule === undefined || rule.action === 'RETRY';
}

/**
 * "It can optionally end with an asterisk so that only the start of the string needs to be an exact match." Whether `*` alone matches what
 * is missing is not documented, so it does where that ends the job, and does not where it would help.
 */
function matches(pattern: string | undefined, text: string | undefined, action: RetryRule['action']): boolean {
  if (pattern === undefined) return true;
  if (text === undefined) return pattern === '*' && action === 'EXIT';
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
