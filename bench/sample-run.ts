/**
 * The sample's run, from the start of the command to its result: `npx tsx bench/sample-run.ts [--entries 1,3,40] [--rounds 5]
 * [--without-nextflow]`. The same entries go by the same worker through the local engine, through Nextflow's local executor with a
 * workflow in the shape of PAVI's, and through neither; all of them must come to the same bytes.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { synthesize } from './support/apps';
import { commandTime, CommandOptions, CommandTime } from './support/command-time';
import { alternated, machine, median } from './support/machine';
import { WORKER } from './support/measured-process';
import { findNextflow, Nextflow } from './support/nextflow';
import { exitCode, table, target, threeDigits } from './support/targets';

const COMMAND = join(__dirname, '../lib/cli/pavi-pipeline.js');
const SAMPLE = join(__dirname, '../samples/worm-apl-1');
const RESULTS = ['alignment-output.aln', 'aligned_seq_info.json'];

const BARE = 'the worker alone, one entry a job';
const OURS = 'pavi-pipeline run, ten entries a job';
const OURS_SINGLY = 'pavi-pipeline run, one entry a job';
const NEXTFLOW = 'Nextflow, one entry a job';

/** The workers' commands in the order of the run, as many retrievals at once as there are cores. */
const BARE_SCRIPT = `set -e
  seq 0 $(($COUNT - 1)) | xargs -P "$AT_ONCE" -I{} "$NODE" "$WORKER" retrieve --input "$INPUT" --output-dir sequences --from {} --to {} --allow-local
  "$NODE" "$WORKER" align --input-dir sequences --output results/alignment-output.aln
  "$NODE" "$WORKER" collect --input-dir sequences --alignment results/alignment-output.aln --output results/aligned_seq_info.json`;

/** The command line of a way to do it, in a new folder, whose folder `results` has the results then. */
type Way = (folder: string) => { readonly words: string[]; readonly environment?: CommandOptions['environment'] };

/** The sample's entries, over and over, each time by another name. */
function entries(count: number): object[] {
  const sample = JSON.parse(readFileSync(join(SAMPLE, 'seq_regions.json'), 'utf8')) as { unique_entry_id: string; base_seq_name: string }[];
  return Array.from({ length: count }, (_, index) => {
    const entry = sample[index % sample.length];
    const number = String(index).padStart(5, '0');
    return {
      ...entry,
      unique_entry_id: `${number}_${entry.unique_entry_id}`,
      base_seq_name: `${entry.base_seq_name}_${number}`,
      fasta_file_url: `file://${join(SAMPLE, 'WBcel235-sparse.fna.gz')}`,
    };
  });
}

async function timed(folder: string, way: Way, results: Set<string>): Promise<CommandTime> {
  const own = mkdtempSync(join(folder, 'run-'));
  mkdirSync(join(own, 'results'));
  const { words, environment } = way(own);
  const time = await commandTime(words, { folder: own, environment });
  results.add(RESULTS.map((name) => readFileSync(join(own, 'results', name), 'utf8')).join('\0'));
  rmSync(own, { recursive: true, maxRetries: 3 });
  return time;
}

function ways(folder: string, input: string, count: number, nextflow: Nextflow | undefined): Record<string, Way> {
  const ours = (app: string): Way => (own) => ({
    words: [process.execPath, COMMAND, 'run', '--app', join(folder, app), '--input', input, '--output', join(own, 'results'), '--allow-local-genomes'],
  });
  const parameters = { node: process.execPath, worker: WORKER, input, count: String(count) };
  return {
    [BARE]: () => ({
      words: ['bash', '-c', BARE_SCRIPT],
      environment: { NODE: process.execPath, WORKER, INPUT: input, COUNT: String(count), AT_ONCE: String(availableParallelism()) },
    }),
    [OURS_SINGLY]: ours('singly'),
    [OURS]: ours('tens'),
    ...nextflow === undefined ? {} : {
      [NEXTFLOW]: (own: string) => ({ words: nextflow.command({ ...parameters, results: join(own, 'results') }), environment: nextflow.environment }),
    },
  };
}

async function measure(folder: string, count: number, rounds: number, nextflow: Nextflow | undefined): Promise<void> {
  const input = join(folder, `${count}.json`);
  writeFileSync(input, JSON.stringify(entries(count)));
  console.log(`\n${count} ${count === 1 ? 'entry' : 'entries'}`);
  const results = new Set<string>();
  const all = ways(folder, input, count, nextflow);
  const times = await alternated(rounds, Object.fromEntries(Object.entries(all).map(([name, way]) => [name, () => timed(folder, way, results)])));
  const ratio = (one: string, other: string, figure: keyof CommandTime) =>
    median(times[one].map((time, round) => time[figure] / times[other][round][figure]));
  console.log(table([
    ['', 'wall s', 'CPU s', 'wall, of the worker alone', 'CPU, of the worker alone'],
    ...Object.keys(all).map((name) => [
      name,
      ...(['wallSeconds', 'cpuSeconds'] as const).map((figure) => median(times[name].map((time) => time[figure])).toFixed(2)),
      ...(['wallSeconds', 'cpuSeconds'] as const).map((figure) => `${threeDigits(ratio(name, BARE, figure))} x`),
    ]),
  ]));
  if (results.size !== 1) throw new Error(`the ways came to ${results.size} different results of ${count} entries`);
  console.log('  all came to the same bytes');
  if (all[NEXTFLOW] === undefined) return;
  for (const [name, figure] of [['wall', 'wallSeconds'], ['CPU', 'cpuSeconds']] as const) {
    target(`${name}, Nextflow's of ours`, ratio(NEXTFLOW, OURS, figure), 'at least', count > 10 ? 1.5 : 2, ' x');
    console.log(`          ${name}, with one entry a job as well: ${threeDigits(ratio(NEXTFLOW, OURS_SINGLY, figure))} x`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'entries': { type: 'string', default: '1,3,40' }, 'rounds': { type: 'string', default: '5' }, 'without-nextflow': { type: 'boolean', default: false },
    },
  });
  const [counts, rounds] = [values.entries.split(',').map(Number), Number(values.rounds)];
  if (![...counts, rounds].every((value) => Number.isInteger(value) && value >= 1 && value <= 1000)) {
    throw new Error(`--entries and --rounds must be whole numbers from 1 to 1000, got ${values.entries} and ${values.rounds}`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'pavi-bench-sample-'));
  try {
    synthesize(join(folder, 'singly'), { regionsPerJob: 1 });
    synthesize(join(folder, 'tens'));
    console.log(`the sample's run, from the start of the command to its result, ${machine()}; medians of ${rounds} rounds`);
    const nextflow = values['without-nextflow'] ? 'left out' : findNextflow(join(folder, 'nextflow-home'));
    console.log(typeof nextflow === 'string' ? `without Nextflow: ${nextflow}` : `beside ${nextflow.name}`);
    for (const count of counts) await measure(folder, count, rounds, typeof nextflow === 'string' ? undefined : nextflow);
    process.exitCode = exitCode();
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

void main();
