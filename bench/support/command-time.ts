import { spawn } from 'node:child_process';

/** What a command took, with all that it started and waited for. */
export interface CommandTime {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

export interface CommandOptions {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The shell's own `time`: it counts the processes that the command's processes waited for as well. */
const TIMED = 'TIMEFORMAT="took %R %U %S"; time "$@"';
const MAX_SHOWN = 2000;

/**
 * Runs a command to its end.
 *
 * @throws Error with the end of what it wrote where it fails
 */
export async function commandTime(words: readonly string[], { folder, environment = {} }: CommandOptions): Promise<CommandTime> {
  const child = spawn('bash', ['-c', TIMED, 'bash', ...words], {
    cwd: folder,
    env: { ...process.env, ...environment, LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { written += text; });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [, wall, user, system] = /took ([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(written) ?? [];
  if (code !== 0 || wall === undefined) throw new Error(`${words.slice(0, 3).join(' ')} ... ended with exit code ${String(code)}:\n${written.slice(-MAX_SHOWN)}`);
  return { wallSeconds: Number(wall), cpuSeconds: Number(user) + Number(system) };
}
