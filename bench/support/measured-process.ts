import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a process took. */
export interface Usage {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

export const WORKER = join(__dirname, '../../assets/worker/index.cjs');
const PRELOADED = join(__dirname, 'report-usage.cjs');

/** Runs a program of Node.js and measures the whole process, from its start to its end. */
export async function measured(...args: readonly string[]): Promise<Usage> {
  if (!existsSync(args[0])) throw new Error(`there is no ${args[0]}; make the bundles with: node scripts/bundle.mjs`);
  const folder = mkdtempSync(join(tmpdir(), 'pavi-bench-usage-'));
  const usage = join(folder, 'usage.json');
  const started = performance.now();
  const child = spawn(process.execPath, ['--require', PRELOADED, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PAVI_BENCH_USAGE: usage },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output = (output + text).slice(-4000); });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const wallSeconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with exit code ${String(code)}:\n${output}`);
  const used = JSON.parse(readFileSync(usage, 'utf8')) as Omit<Usage, 'wallSeconds'>;
  rmSync(folder, { recursive: true });
  return { wallSeconds, ...used };
}

/** Of several runs, the median of each figure. */
export async function medianOf(runs: number, run: () => Promise<Usage>): Promise<Usage> {
  const all: Usage[] = [];
  for (let index = 0; index < runs; index++) all.push(await run());
  const median = (figure: keyof Usage) => all.map((usage) => usage[figure]).sort((a, b) => a - b)[Math.floor(all.length / 2)];
  return { wallSeconds: median('wallSeconds'), cpuSeconds: median('cpuSeconds'), peakMegabytes: median('peakMegabytes') };
}
