import { ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../../../..');
const COMMAND = resolve(ROOT, 'lib/cli/pavi-pipeline.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the bundled command, as a user does; scripts/test bundles it. */
export function startPaviPipeline(...args: string[]): Started {
  if (!existsSync(COMMAND)) throw new Error(`${COMMAND} is missing; make it with: node scripts/bundle.mjs`);
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  const ended = new Promise<Ended>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
  return { child, ended };
}

export function paviPipeline(...args: string[]): Promise<Ended> {
  return startPaviPipeline(...args).ended;
}
