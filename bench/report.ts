/** The report of a large run: `npx tsx bench/report.ts [--sequences 50,200] [--columns 2000]`. Its size, and when Chromium has drawn its alignment. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commandTime } from './support/command-time';
import { machine, median } from './support/machine';
import { exitCode, target } from './support/targets';
import { drawnAfter, TestBrowser } from '../test/cli/report/support/browser';
import { writeMadeRun } from '../test/cli/report/support/run-on-disk';

const COMMAND = join(__dirname, '../lib/cli/pavi-pipeline.js');
const OPENED = 5;

async function measure(browser: TestBrowser, folder: string, sequences: number, columns: number): Promise<void> {
  writeMadeRun(folder, { entries: sequences, columns, entriesPerJob: 10 });
  const { wallSeconds } = await commandTime([process.execPath, COMMAND, 'report', folder], { folder });
  console.log(`\n${sequences} sequences of ${columns} columns: made in ${wallSeconds.toFixed(2)} s`);
  target('size', statSync(join(folder, 'report.html')).size / 1e6, 'at most', 5, ' MB');
  const times: number[] = [];
  for (let time = 0; time < OPENED; time++) {
    const { page } = await browser.open(join(folder, 'report.html'));
    times.push(await drawnAfter(page));
    await page.close();
  }
  target('alignment drawn after', median(times) / 1000, 'at most', 2, ' s');
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { sequences: { type: 'string', default: '50,200' }, columns: { type: 'string', default: '2000' } } });
  const [counts, columns] = [values.sequences.split(',').map(Number), Number(values.columns)];
  if (![...counts, columns].every((value) => Number.isInteger(value) && value >= 1 && value <= 10_000)) {
    throw new Error(`--sequences and --columns must be whole numbers from 1 to 10000, got ${values.sequences} and ${values.columns}`);
  }
  console.log(`a run's report in Chromium, ${machine()}; medians of ${OPENED}`);
  const root = mkdtempSync(join(tmpdir(), 'pavi-bench-report-'));
  const browser = new TestBrowser();
  try {
    await browser.start();
    for (const count of counts) await measure(browser, join(root, String(count)), count, columns);
    process.exitCode = exitCode();
  } finally {
    await browser.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

void main();
