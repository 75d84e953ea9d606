/** One thing that was looked at: what was expected, and what was seen. */
export interface Observation {
  readonly step: string;
  readonly what: string;
  /** What the documents, or the reports of others, let us expect. */
  readonly expected: string;
  readonly seen: string;
  /** `open`: nobody documents it, or it could not be looked at. */
  readonly verdict: 'as expected' | 'DIFFERENT' | 'open';
}

/** The verdict of a text that is expected to match. */
export function verdictOf(seen: string, expected: RegExp): Observation['verdict'] {
  return expected.test(seen) ? 'as expected' : 'DIFFERENT';
}

/** A Markdown table that can be pasted into an issue. */
export function markdownTable(observations: readonly Observation[]): string {
  const cell = (text: string) => (text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}...` : text).replace(/\|/g, '\\|').replace(/\s+/g, ' ');
  const rows = observations.map(({ step, what, expected, seen, verdict }) => [step, what, expected, seen, verdict]);
  return [['step', 'what', 'expected', 'seen', 'verdict'], ['---', '---', '---', '---', '---'], ...rows]
    .map((row) => `| ${row.map(cell).join(' | ')} |\n`).join('');
}

const MAX_CELL = 400;
