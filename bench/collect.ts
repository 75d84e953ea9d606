/** `collect` over a large alignment, and Clustal Omega left out: `npx tsx bench/collect.ts [--sequences 500] [--residues 2000]`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VARIANTS_EACH, writeLargeAlignment } from './support/large-alignment';
import { medianOf, measured, WORKER } from './support/measured-process';
import { exitCode, target } from './support/targets';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { sequences: { type: 'string', default: '500' }, residues: { type: 'string', default: '2000' } } });
  const [sequences, residues] = [Number(values.sequences), Number(values.residues)];
  const folder = mkdtempSync(join(tmpdir(), 'pavi-bench-collect-'));
  try {
    writeLargeAlignment(folder, sequences, residues);
    const usage = await medianOf(5, () => measured(WORKER, 'collect', '--input-dir', join(folder, 'sequences'),
      '--alignment', join(folder, 'alignment-output.aln'), '--output', join(folder, 'aligned_seq_info.json')));
    console.log(`collect, ${sequences} sequences of ${residues} residues with ${VARIANTS_EACH} variants each: ${usage.cpuSeconds.toFixed(2)} s CPU`);
    target('wall', usage.wallSeconds, 'at most', 2, ' s');
    target('peak memory', usage.peakMegabytes, 'at most', 300, ' MB');
    process.exitCode = exitCode();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
