import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Genome, randomNumbers } from './genome';
import { measured, medianOf, Usage, WORKER } from './measured-process';
import { RangeServer } from './range-server';

export const EXONS = 20;
const EXON_BASES = 150;
const INTRON_BASES = 2500;
const DOWNLOAD = join(__dirname, 'download-whole.cjs');

export type Figures = Usage & { readonly bytes: number; readonly requests: number };

/** Entries of 20 exons over 53,000 bases each, spread over the genome; their coding sequence is to be found. */
export function entries(genome: Genome, fastaUrl: string, count: number): object[] {
  const random = randomNumbers(count);
  return Array.from({ length: count }, (_, index) => {
    const start = 1 + Math.floor(random() * (genome.contigBases - EXONS * (EXON_BASES + INTRON_BASES)));
    const exon = (number: number) => start + number * (EXON_BASES + INTRON_BASES);
    return {
      unique_entry_id: `gene-${index}`,
      base_seq_name: `gene-${index}`,
      seq_id: genome.contigs[index % genome.contigs.length],
      seq_strand: index % 2 === 0 ? '+' : '-',
      exon_seq_regions: Array.from({ length: EXONS }, (_exon, number) => `${exon(number)}..${exon(number) + EXON_BASES - 1}`),
      fasta_file_url: fastaUrl,
    };
  });
}

export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pavi-bench-run-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** By the worker, of entries whose genome is at the URL. */
export function retrieval(list: readonly object[]): Promise<Usage> {
  return withFolder((folder) => {
    writeFileSync(join(folder, 'entries.json'), JSON.stringify(list));
    return measured(WORKER, 'retrieve', '--input', join(folder, 'entries.json'), '--output-dir', join(folder, 'out'), '--allow-local');
  });
}

/** As PAVI does it: the whole files first, then the same reading from the disk (in PAVI by a Python program, which starts more slowly). */
export function wholeDownload(genome: Genome, url: string): Promise<Usage> {
  return withFolder(async (folder) => {
    const download = await measured(DOWNLOAD, folder, ...['', '.fai', '.gzi'].map((suffix) => url + suffix));
    const reading = await retrieval(entries(genome, `file://${join(folder, genome.file)}`, 1));
    return {
      wallSeconds: download.wallSeconds + reading.wallSeconds,
      cpuSeconds: download.cpuSeconds + reading.cpuSeconds,
      peakMegabytes: Math.max(download.peakMegabytes, reading.peakMegabytes),
    };
  });
}

export async function counted(server: RangeServer, runs: number, run: () => Promise<Usage>): Promise<Figures> {
  server.sent = { bytes: 0, requests: 0 };
  const usage = await medianOf(runs, run);
  return { ...usage, bytes: server.sent.bytes / runs, requests: server.sent.requests / runs };
}
