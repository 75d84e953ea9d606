import { MAX_PROBLEMS_LISTED } from '../../src/contract/entry-rules';
import { ErrorName } from '../../src/contract/error-names';
import { LogEvent } from '../../src/contract/log-events';
import { log } from '../log';
import { formatProblems } from '../sequence/region-entry';
import { WorkerError } from '../worker-error';
import { readInputFile } from './input-file';
import { CheckOptions } from './options';
import { runInputProblems } from './run-input';

/**
 * Lists every problem of a run's input, one line of the log each, and runs nothing.
 *
 * @throws WorkerError Pavi.InvalidInput where there are any
 */
export async function check(options: CheckOptions): Promise<void> {
  const json = await readInputFile(options.input, 'a JSON list of region entries, or an object with seq_regions');
  const input = Array.isArray(json) ? { seq_regions: json } : json;
  const problems = runInputProblems(input);
  problems.forEach((problem) => log(LogEvent.PROBLEM, { problem }));
  if (problems.length > 0) {
    throw new WorkerError(ErrorName.INVALID_INPUT, formatProblems(problems), { found: problems.slice(0, MAX_PROBLEMS_LISTED) });
  }
  const { seq_regions: entries, seq_regions_uri: uri } = input as { seq_regions?: unknown[]; seq_regions_uri?: string };
  if (entries) log(LogEvent.CHECKED, { input: options.input, entries: entries.length });
  else log(LogEvent.CHECKED, { input: options.input, notLookedAt: uri });
}
