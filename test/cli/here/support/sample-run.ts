import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Ended, paviPipeline, ROOT } from './pavi-pipeline';
import { PaviAlignmentPipelineProps } from '../../../../src';
import { fargate, newPipeline } from '../../../src/support/pipeline-stack';

export const SAMPLE = resolve(ROOT, 'samples/worm-apl-1');
export const SAMPLE_INPUT = join(SAMPLE, 'seq_regions.json');
export const SAMPLE_GENOME = join(SAMPLE, 'WBcel235-sparse.fna.gz');

/** A region entry, as loose as a test needs it. */
export type Entry = Record<string, any>;

/** The sample's entries, with their genome's full path. */
export function sampleEntries(genome = `file://${SAMPLE_GENOME}`): Entry[] {
  return (JSON.parse(readFileSync(SAMPLE_INPUT, 'utf8')) as Entry[]).map((entry) => ({ ...entry, fasta_file_url: genome }));
}

/** Folders of a test file that go when it ends. */
export class TestFolders {
  private readonly root = mkdtempSync(join(tmpdir(), 'pavi-test-'));
  private count = 0;

  public path(name: string): string {
    this.count += 1;
    return join(this.root, `${this.count}-${name}`);
  }

  public json(content: unknown, name = 'input.json'): string {
    const path = this.path(name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  /** What `cdk synth` writes of an app with one pipeline on Fargate. */
  public synthesize(props: Partial<PaviAlignmentPipelineProps> = {}): string {
    return this.synthesizeWith((stack) => ({ compute: fargate(stack), ...props }));
  }

  /** The same, of props that need the stack. */
  public synthesizeWith(propsIn: (stack: Stack) => Partial<PaviAlignmentPipelineProps>): string {
    const folder = this.path('cdk.out');
    const app = new App({ outdir: folder });
    const stack = new Stack(app, 'Stack');
    newPipeline(stack, propsIn(stack)).exportOutputs();
    app.synth();
    return folder;
  }

  /** A copy of an assembly whose template was changed by hand. */
  public changed(assembly: string, change: (template: any) => void): string {
    const folder = this.path('cdk.out');
    cpSync(assembly, folder, { recursive: true });
    const path = join(folder, 'Stack.template.json');
    const template = JSON.parse(readFileSync(path, 'utf8'));
    change(template);
    writeFileSync(path, JSON.stringify(template));
    return folder;
  }

  public remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export interface SampleRun extends Ended {
  readonly output: string;
  readonly history: readonly HistoryEvent[];
}

export interface HistoryEvent {
  readonly type: string;
  readonly details: Record<string, any>;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** `pavi-pipeline run` to its end, local genomes allowed. */
export async function runSample(folders: TestFolders, app: string, input: string, ...args: string[]): Promise<SampleRun> {
  const output = folders.path('output');
  const ended = await paviPipeline('run', '--app', app, '--input', input, '--output', output, '--allow-local-genomes', ...args);
  return { ...ended, output, history: historyOf(output) };
}

/** None where the run did not come so far. */
export function historyOf(output: string): HistoryEvent[] {
  try {
    return JSON.parse(readFileSync(join(output, 'execution-history.json'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The descriptions of the jobs that a run's history tells of, failed ones included. */
export function jobsOf(history: readonly HistoryEvent[]): any[] {
  return history.filter(({ type, details }) => (type === 'TaskSucceeded' || type === 'TaskFailed') && details.resourceType === 'batch')
    .map(({ details }) => JSON.parse(details.output ?? details.cause));
}
