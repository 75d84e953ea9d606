import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** JSONata's Java port, licensed under Apache-2.0. AWS's evaluator behaves like one in Java, and may well be another. */
const VERSION = '0.9.10';
/** Fetched and compiled once, and kept for the next time. */
const FOLDER = join(tmpdir(), 'pavi-bench', `jsonata-port-${VERSION}`);
const JAR = join(FOLDER, `jsonata-${VERSION}.jar`);
const SOURCE = join(__dirname, 'Evaluate.java');
const MAX_ANSWERS = 512 * 1024 * 1024;

export interface PortQuestion {
  readonly expression: string;
  readonly bindings: Readonly<Record<string, unknown>>;
}

export interface PortAnswer {
  /** What the evaluation allocated, garbage included. */
  readonly bytes: number;
  /** Undefined where the expression gives nothing. */
  readonly result?: unknown;
  readonly error?: string;
}

/** Evaluates expressions on the port, in one process. */
export type Port = (questions: readonly PortQuestion[]) => PortAnswer[];

/** The port, fetched by Maven; a text says why there is none. */
export function findPort(): Port | string {
  if (!runs('java', '-version')) return 'there is no Java (17 or newer)';
  const problem = existsSync(FOLDER) ? undefined : fetched();
  return problem ?? ask;
}

function fetched(): string | undefined {
  if (!runs('mvn', '-version') || !runs('javac', '-version')) return 'there is no Maven (mvn) or no Java compiler (javac) to fetch and build it with';
  const unfinished = `${FOLDER}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    const copy = spawnSync('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=com.dashjoin:jsonata:${VERSION}`, `-DoutputDirectory=${unfinished}`],
      { encoding: 'utf8' });
    if (copy.status !== 0) return `Maven could not fetch the port: ${lastLines(copy.stdout + copy.stderr)}`;
    const compiled = spawnSync('javac', ['-cp', join(unfinished, `jsonata-${VERSION}.jar`), '-d', unfinished, SOURCE], { encoding: 'utf8' });
    if (compiled.status !== 0) return `javac could not compile ${SOURCE}: ${lastLines(compiled.stderr)}`;
    renameSync(unfinished, FOLDER);
    return undefined;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function ask(questions: readonly PortQuestion[]): PortAnswer[] {
  if (questions.length === 0) return [];
  const input = `${questions.map((question) => JSON.stringify(question)).join('\n')}\n`;
  // Interpreted, since compiled code may allocate less, at a time of its own choice.
  const { status, stdout, stderr } = spawnSync('java', ['-Xint', '-cp', [JAR, FOLDER].join(delimiter), 'Evaluate'],
    { encoding: 'utf8', input, maxBuffer: MAX_ANSWERS });
  if (status !== 0) throw new Error(`the port ended with ${status}: ${lastLines(stderr)}`);
  return stdout.trim().split('\n').map((line) => JSON.parse(line));
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' ');
}

function runs(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
