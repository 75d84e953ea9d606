import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../nextflow');
const VERSION = '25.04.4';
/** Fetched once, and kept for the next time. */
const JARS = join(tmpdir(), 'pavi-bench', `nextflow-${VERSION}`);
/** As Nextflow's own launcher starts it: code that is compiled once, not twice, starts sooner. */
const JAVA_OPTIONS = ['-XX:+TieredCompilation', '-XX:TieredStopAtLevel=1'];

export interface Nextflow {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The command line that runs `bench/nextflow/alignment.nf` with these parameters. */
  command(params: Readonly<Record<string, string>>): string[];
}

/** Nextflow on this machine: its own command, or its parts of Maven Central on Java; a text says why there is neither. */
export function findNextflow(home: string): Nextflow | string {
  const program = installed();
  if (typeof program === 'string') return program;
  return {
    name: program.name,
    environment: { NXF_HOME: home, NXF_OFFLINE: 'true', NXF_ANSI_LOG: 'false' },
    command: (params) => [
      ...program.words, '-q', 'run', join(FOLDER, 'alignment.nf'), '-offline', ...Object.entries(params).flatMap(([name, value]) => [`--${name}`, value]),
    ],
  };
}

function installed(): { readonly name: string; readonly words: string[] } | string {
  if (runs('nextflow', '-version')) return { name: 'nextflow of this machine', words: ['nextflow'] };
  if (!runs('java', '-version')) return 'there is neither a nextflow command nor Java (17 or newer) to run it with';
  if (!existsSync(JARS)) {
    if (!runs('mvn', '-version')) return 'there is no nextflow command, and no Maven (mvn) to fetch it with';
    const problem = fetchJars();
    if (problem !== undefined) return problem;
  }
  return { name: `Nextflow ${VERSION}`, words: ['java', ...JAVA_OPTIONS, '-cp', join(JARS, '*'), 'nextflow.cli.Launcher'] };
}

function fetchJars(): string | undefined {
  console.log(`fetching Nextflow ${VERSION} by Maven, once`);
  const unfinished = `${JARS}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const { status, stdout, stderr } = spawnSync('mvn', [
    '-q', '-B', '-f', join(FOLDER, 'pom.xml'), 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${unfinished}`,
  ], { encoding: 'utf8' });
  if (status === 0) {
    renameSync(unfinished, JARS);
    return undefined;
  }
  rmSync(unfinished, { recursive: true, force: true });
  return `Maven could not fetch Nextflow: ${(stdout + stderr).trim().split('\n').slice(-3).join(' ')}`;
}

function runs(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
