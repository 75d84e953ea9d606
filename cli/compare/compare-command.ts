import { parseArgs } from 'node:util';
import { compareResults, comparisonText } from './compare-results';
import { readResults, ResultFolderError } from './result-folder';
import { ResultKey } from '../../src/contract/storage-keys';
import { plainText } from '../terminal/plain-text';

export const COMPARE_HELP = `pavi-pipeline compare A B [options]

Compares the results of two runs, this pipeline's or PAVI's Nextflow workflow's: ${ResultKey.ALIGNMENT} and ${ResultKey.SEQ_INFO} in the
folders A and B or below them. Tells the bytes, records, sequences and positions that differ, and which of them are documented.

  --allow-documented      end with 0 also where every difference is a documented one
  --json                  for scripts: {same, files, differences: [{kind, record, variant, field, a, b, text, documented}]}

Ends with 0 where the results are the same, 1 where they differ, and 2 where the command line is wrong or a folder cannot be read.
`;

const DIFFERENT = 1;
const UNUSABLE = 2;

/** Compares two folders of results; 0 where they are the same, 1 where they differ, 2 where they cannot be compared. */
export function compareCommand(args: string[]): number {
  let options;
  try {
    options = parseArgs({
      args,
      allowPositionals: true,
      options: { 'json': { type: 'boolean', default: false }, 'allow-documented': { type: 'boolean', default: false } },
    });
    if (options.positionals.length !== 2) throw new Error(`two folders are to be given, got ${options.positionals.join(', ') || 'none'}`);
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n\n${COMPARE_HELP}`);
    return UNUSABLE;
  }
  const { values, positionals: [a, b] } = options;
  let comparison;
  try {
    comparison = compareResults(readResults(a), readResults(b));
  } catch (error) {
    if (!(error instanceof ResultFolderError)) throw error;
    process.stderr.write(`error: ${plainText(error.message)}\n`);
    return UNUSABLE;
  }
  process.stdout.write(values.json ? `${JSON.stringify(comparison, null, 2)}\n` : plainText(comparisonText(comparison)));
  if (comparison.same) return 0;
  return values['allow-documented'] && comparison.differences.every(({ documented }) => documented !== undefined) ? 0 : DIFFERENT;
}
