import { spawn } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';

/** The machine in general terms, and how busy it is. */
export function machine(): string {
  return `${availableParallelism()} cores, Node.js ${process.version}, load ${loadavg()[0].toFixed(1)} when it began`;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/**
 * Works through the variants so many times, one after the other, so that what else the machine does meets all of them alike.
 *
 * @returns by the variant's name, what each of its runs gave
 */
export async function alternated<T>(rounds: number, variants: Readonly<Record<string, () => Promise<T>>>): Promise<Record<string, T[]>> {
  const results: Record<string, T[]> = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(variants)) results[name].push(await run());
  }
  return results;
}

/** Runs the program so many times, as many at once as there are cores. */
export async function startedBare(times: number, program: string, ...args: string[]): Promise<void> {
  let left = times;
  const lane = async () => {
    while (left-- > 0) await ended(program, args);
  };
  await Promise.all(Array.from({ length: Math.min(times, availableParallelism()) }, lane));
}

async function ended(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: 'ignore' });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
  if (code !== 0) throw new Error(`${program} ended with exit code ${String(code)}`);
}
