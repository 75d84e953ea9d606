import { ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './pavi-pipeline';

const COMMAND = join(ROOT, 'lib/cli/pavi-pipeline.js');

/** `pavi-pipeline serve` in a process of its own, as a user starts it; scripts/test bundles it. */
export class ServeProcess {
  /** Resolves when it serves. */
  public static async start(
    app: string, state: string, environment: Readonly<Record<string, string>> = {}, ...more: string[]
  ): Promise<ServeProcess> {
    if (!existsSync(COMMAND)) throw new Error(`${COMMAND} is missing; make it with: node scripts/bundle.mjs`);
    const args = [COMMAND, 'serve', '--app', app, '--state', state, '--allow-local-genomes', ...more];
    const serve = new ServeProcess(spawn(process.execPath, args, { env: { PATH: process.env.PATH, TMPDIR: tmpdir(), NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] }), state);
    await serve.ready;
    return serve;
  }

  public endpoint = '';
  public stderr = '';
  public readonly ended: Promise<number | null>;
  private readonly ready: Promise<void>;

  private constructor(private readonly child: ChildProcess, private readonly state: string) {
    this.ended = new Promise((resolve) => child.on('close', resolve));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => { this.stderr += text; });
    this.ready = new Promise((resolve, reject) => {
      let stdout = '';
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        const line = /^serving (http:\S+)\n/.exec(stdout);
        if (line === null) return;
        this.endpoint = line[1];
        resolve();
      });
      void this.ended.then((code) => reject(new Error(`serve ended with ${code}: ${this.stderr}`)));
    });
  }

  public get pid(): number {
    return this.child.pid!;
  }

  /** What it wrote for its clients. */
  public get credentials(): Record<string, string> {
    return Object.fromEntries(readFileSync(join(this.state, 'credentials.env'), 'utf8').trim().split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
  }

  public async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}
