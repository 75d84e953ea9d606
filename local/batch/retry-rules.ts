import type { RetryRule } from './job-definition';

/** How an attempt ended, in the words that the rules match. */
export interface AttemptEnd {
  readonly statusReason: string;
  readonly reason?: string;
  readonly exitCode?: number;
}

/**
 * Whether another attempt is made, if there are any left: the first rule of which everything matches decides; where none does, there is
 * another one. Source: AWS Batch user guide, page "Automated job retries"; API reference, "EvaluateOnExit".
 */
export function shouldRetry(rules: readonly RetryRule[], end: AttemptEnd): boolean {
  const rule = rules.find((candidate) => matches(candidate.onStatusReason, end.statusReason)
    && matches(candidate.onReason, end.reason ?? '') && matches(candidate.onExitCode, end.exitCode === undefined ? '' : String(end.exitCode)));
  return rule === undefined || rule.action === 'RETRY';
}

/** A pattern may end in `*`; upper and lower case are the same. */
function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  const [wanted, found] = [pattern.toLowerCase(), text.toLowerCase()];
  return wanted.endsWith('*') ? found.startsWith(wanted.slice(0, -1)) : found === wanted;
}
