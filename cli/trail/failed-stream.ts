import type { ReportEvent } from './history-event';
import { jobsOf } from './job-record';

/**
 * The log stream of the last job that failed; undefined where none did, or none had a stream.
 *
 * @param histories of an execution and, where they are known, of the child executions of its distributed Maps
 */
export function failedStream(histories: readonly (readonly ReportEvent[])[]): string | undefined {
  const failed = histories.flatMap((events) => jobsOf(events, () => undefined)).filter(({ status }) => status === 'FAILED');
  const last = failed.sort((a, b) => (a.endedAt ?? a.submittedAt) - (b.endedAt ?? b.submittedAt)).at(-1);
  return last?.attempts.at(-1)?.logStream;
}
