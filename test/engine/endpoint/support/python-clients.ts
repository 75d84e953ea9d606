import { ChildProcessByStdio, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { PYTHON_PROGRAMS, pythonVenv } from '../../../support/python-venv';

export const AWS_CLI = join(PYTHON_PROGRAMS, 'aws');
export const PYTHON = join(PYTHON_PROGRAMS, 'python');

/** boto3 and the AWS CLI from PyPI. */
export async function installPythonClients(): Promise<void> {
  await pythonVenv();
}

/** A client's environment: nothing of this process's but the path, and where temporary files go. */
export function clientEnvironment(variables: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env.PATH!, TMPDIR: tmpdir(), HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true', ...variables };
}

export interface Answer {
  readonly result?: any;
  readonly error?: { readonly code: string; readonly message: string; readonly status: number };
  readonly problems?: readonly string[];
}

/** boto3 in a process of its own, which makes one call after the other. */
export class Boto3 {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly answers: Interface;
  private readonly waiting: ((answer: Answer) => void)[] = [];

  constructor(variables: Readonly<Record<string, string>>) {
    this.child = spawn(PYTHON, [join(__dirname, 'boto3_calls.py')], { env: clientEnvironment(variables), stdio: ['pipe', 'pipe', 'inherit'] });
    this.answers = createInterface(this.child.stdout).on('line', (line) => this.waiting.shift()!(JSON.parse(line)));
  }

  public answer(service: string, operation: string, params: object = {}): Promise<Answer> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.child.stdin.write(`${JSON.stringify({ service, operation, params })}\n`);
    });
  }

  /** The result of a call that must succeed, in the shape that the service's model has. */
  public async call(service: string, operation: string, params: object = {}): Promise<any> {
    const { result, error, problems } = await this.answer(service, operation, params);
    if (error !== undefined) throw new Error(`${service} ${operation}: ${error.code}: ${error.message}`);
    if (problems!.length > 0) throw new Error(`${service} ${operation}: not in the shape of the service's model: ${problems!.join('; ')}`);
    return result;
  }

  public async error(service: string, operation: string, params: object = {}): Promise<{ code: string; message: string; status: number }> {
    const { error, result } = await this.answer(service, operation, params);
    if (error === undefined) throw new Error(`${service} ${operation} succeeded: ${JSON.stringify(result)}`);
    return error;
  }

  public async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.child.on('close', resolve));
    this.child.stdin.end();
    await closed;
    this.answers.close();
  }
}
