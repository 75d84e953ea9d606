import { ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { clientEnvironment } from '../../../engine/endpoint/support/python-clients';
import { ROOT } from '../../here/support/pavi-pipeline';

const COMMAND = join(ROOT, 'lib/cli/pavi-pipeline.js');

export interface Told {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of a command with --json: one value a line. */
  readonly json: any[];
}

/** A person with a shell of this environment, and nothing else of this process's. */
export class Operator {
  constructor(private readonly environment: Readonly<Record<string, string>>, public readonly folder: string) {}

  public async tells(...args: string[]): Promise<Told> {
    return this.starts(...args).ended;
  }

  /** What a command tells that ends well. */
  public async does(...args: string[]): Promise<Told> {
    const told = await this.tells(...args);
    if (told.code !== 0) throw new Error(`${args.join(' ')} ended with ${told.code}: ${told.stdout}${told.stderr}`);
    return told;
  }

  public starts(...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<Told>; stderr(): string } {
    const child = spawn(process.execPath, [COMMAND, ...args], { env: clientEnvironment(this.environment), cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    const ended = new Promise<Told>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        const json = args.includes('--json') ? stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)) : [];
        resolve({ code, stdout, stderr, json });
      });
    });
    return { child, ended, stderr: () => stderr };
  }
}
