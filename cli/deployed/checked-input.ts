import { resolve } from 'node:path';
import { ErrorName } from '../../src/contract/error-names';
import { RegionEntryInput, RunInput } from '../../src/contract/run-input';
import { InputError, readRunInput } from '../here/run-input';
import { inputProblems } from '../here/worker-command';
import { OperateError } from '../runs/aws/operate-error';
import { count } from '../terminal/units';

/**
 * A run's input for a pipeline elsewhere: checked as the local `run` checks it, and for what no pipeline in AWS reads.
 *
 * @param isLocal whether the pipeline is one that `serve` serves, which may read genomes of this machine
 * @throws OperateError that lists all problems
 */
export async function checkedInput(file: string, isLocal: boolean): Promise<RunInput> {
  let input;
  try {
    input = readRunInput(file, isLocal);
  } catch (error) {
    if (error instanceof InputError) throw new OperateError('InvalidInput', error.message);
    throw error;
  }
  const problems = await inputProblems(resolve(file));
  if (problems.length > 0) {
    throw new OperateError('InvalidInput', `${ErrorName.INVALID_INPUT}: ${file} has ${count(problems.length, 'problem')}, so nothing was started:\n`
      + problems.map((text) => `  ${text}`).join('\n'));
  }
  const entries = Array.isArray(input.seq_regions) ? input.seq_regions as readonly RegionEntryInput[] : [];
  const unreachable = entries.filter(({ fasta_file_url: url }) => /^(file|http):/.test(String(url)));
  if (isLocal || unreachable.length === 0) return input;
  const { unique_entry_id: id, fasta_file_url: url } = unreachable[0];
  throw new OperateError('InvalidInput', `${unreachable.length} of the entries have a genome that no pipeline in AWS reads, first ${String(id)} with ${String(url)}; `
    + 'expected https:// or s3:// ("pavi-pipeline run" and "serve" read genomes of this machine)');
}
