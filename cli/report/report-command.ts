import { parseArgs } from 'node:util';
import { REPORT_FILE, writeReport } from './write-report';
import { plainText } from '../terminal/plain-text';
import { HISTORY_FILE, logFile, LOGS_FOLDER, RunFolderError } from '../trail/run-folder';

export const REPORT_HELP = `pavi-pipeline report RUN-FOLDER [--output FILE]

Makes a run's report, one HTML file that needs no network, from what the run left: ${HISTORY_FILE} (or the answer of
"aws stepfunctions get-execution-history"), ${LOGS_FOLDER}/${logFile('<log stream>')}, and the results. "run" makes it by itself.

  --output FILE           where the report goes (default: RUN-FOLDER/${REPORT_FILE})
`;

/** Makes a report anew; 0 where it was made, else 1. */
export function reportCommand(args: string[]): number {
  let folder: string;
  let output: string | undefined;
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { output: { type: 'string' } } });
    if (positionals.length !== 1) throw new Error(`one RUN-FOLDER is to be given, got ${positionals.join(', ') || 'none'}`);
    [folder, output] = [positionals[0], values.output];
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n\n${REPORT_HELP}`);
    return 1;
  }
  try {
    process.stdout.write(`${writeReport(folder, output)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof RunFolderError) process.stderr.write(`error: ${plainText(error.message)}\n`);
    else if ((error as NodeJS.ErrnoException).code !== undefined) process.stderr.write(`error: the report cannot be written: ${(error as Error).message}\n`);
    else throw error;
    return 1;
  }
}
