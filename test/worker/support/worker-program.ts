import { ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(__dirname, '../../..');

/** How a run of the worker ended. */
export interface WorkerEnd {
  readonly code: number | null;
  /** Standard output, each line parsed; a line that is no JSON object fails the test. */
  readonly lines: readonly Readonly<Record<string, any>>[];
  readonly stderr: string;
  /** The embedded metrics, if any were written. */
  readonly metrics?: Readonly<Record<string, any>>;
}

export interface RunningWorker {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<WorkerEnd>;
  /** Resolves when a line with that event was written. */
  seen(event: string): Promise<void>;
}

/** The worker, bundled as it is shipped, from the sources as they are now. */
export class WorkerProgram {
  /** Where its scratch folders go (TMPDIR); so nothing of it should be left there. */
  public readonly temporary: string;
  private readonly folder = mkdtempSync(join(tmpdir(), 'pavi-worker-program-'));
  private readonly file = join(this.folder, 'index.cjs');

  constructor() {
    this.temporary = mkdtempSync(join(this.folder, 'tmp-'));
    buildSync({
      entryPoints: [join(ROOT, 'worker/main.ts')],
      outfile: this.file,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      mainFields: ['module', 'main'],
      logLevel: 'warning',
      define: { 'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"' },
    });
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  public run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<WorkerEnd> {
    return this.start(args, environment).ended;
  }

  public start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): RunningWorker {
    const child = spawn(process.execPath, [this.file, ...args], {
      env: { PATH: process.env.PATH, TMPDIR: this.temporary, AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-1', ...environment },
    });
    child.stdin.end();
    let stdout = '';
    let stderr = '';
    const waiting = new Map<string, () => void>();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      for (const [event, tell] of waiting) if (stdout.includes(`"event":"${event}"`)) tell();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    const ended = new Promise<WorkerEnd>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        try {
          resolve({ code, stderr, ...parsed(stdout) });
        } catch (error) {
          reject(new Error(`${(error as Error).message} in standard output:\n${stdout}\nstandard error:\n${stderr}`));
        }
      });
    });
    return {
      process: child,
      ended,
      seen: (event) => Promise.race([
        new Promise<void>((resolve) => waiting.set(event, resolve)),
        ended.then((end) => { throw new Error(`it ended before "${event}": ${JSON.stringify(end)}`); }),
      ]),
    };
  }
}

function parsed(stdout: string): Pick<WorkerEnd, 'lines' | 'metrics'> {
  if (stdout !== '' && !stdout.endsWith('\n')) throw new Error('a line without an end');
  const lines = stdout.split('\n').slice(0, -1).map((line) => {
    const json: unknown = JSON.parse(line);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('a line that is no object');
    return json as Record<string, any>;
  });
  return { lines, metrics: lines.find((line) => '_aws' in line) };
}
