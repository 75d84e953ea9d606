import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageAssets } from './page-assets';
import { reportPage } from './report-page';
import { readRunFolder } from '../trail/run-folder';
import { runRecord } from '../trail/run-record';

export const REPORT_FILE = 'report.html';

/**
 * Writes the report of a run into its folder, or elsewhere.
 *
 * @returns where it is
 * @throws RunFolderError where the folder is not one that a run left
 */
export function writeReport(folder: string, file = join(folder, REPORT_FILE)): string {
  writeFileSync(file, reportPage(runRecord(readRunFolder(folder)), pageAssets()));
  return file;
}
