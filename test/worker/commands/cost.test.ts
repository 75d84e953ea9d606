import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeGenome } from '../../../bench/support/genome';
import { writeLargeAlignment } from '../../../bench/support/large-alignment';
import { startRangeServer } from '../../../bench/support/range-server';
import { entries } from '../../../bench/support/retrieval-work';
import { WorkerProgram } from '../support/worker-program';

let worker: WorkerProgram;
let root: string;
beforeAll(() => {
  worker = new WorkerProgram();
  root = mkdtempSync(join(tmpdir(), 'pavi-cost-'));
});
afterAll(() => {
  worker.remove();
  rmSync(root, { recursive: true, force: true });
});

test('collect takes little memory and time for 500 sequences of 2,000 residues', async () => {
  writeLargeAlignment(root, 500, 2000);
  const end = await worker.run(['collect', '--input-dir', join(root, 'sequences'), '--alignment', join(root, 'alignment-output.aln'), '--output', join(root, 'out.json')]);
  expect(end).toMatchObject({ code: 0, metrics: { SeqInfoRecords: 500 } });
  expect(end.metrics!.PeakMemory).toBeLessThan(300);
  // Half a second on a quiet machine.
  expect(end.metrics!.Duration).toBeLessThan(10);
  const variants = Object.values(JSON.parse(readFileSync(join(root, 'out.json'), 'utf8')) as Record<string, { embedded_variants: Record<string, number>[] }>)
    .flatMap(({ embedded_variants: embedded }) => embedded);
  expect(variants).toHaveLength(5000);
  expect(variants.every((variant) => variant.alignment_start_pos >= variant.seq_start_pos)).toBe(true);
});

test('retrieve reads one gene of a compressed genome in three requests, and 50 genes in one each and two, in little memory', async () => {
  const genome = await makeGenome(12, root);
  const server = await startRangeServer(genome.folder);
  const retrieve = async (count: number) => {
    server.sent = { bytes: 0, requests: 0 };
    const input = join(root, `${count}.json`);
    writeFileSync(input, JSON.stringify(entries(genome, `${server.url}/${genome.file}`, count)));
    const end = await worker.run(['retrieve', '--input', input, '--output-dir', join(root, `${count}`), '--allow-local']);
    // What the server says that it sent is what the worker says that it read.
    expect(end).toMatchObject({ code: 0, metrics: { Entries: count, GenomeBytes: server.sent.bytes, GenomeRequests: server.sent.requests } });
    expect(end.metrics!.PeakMemory).toBeLessThan(150);
    return server.sent;
  };
  try {
    const one = await retrieve(1);
    expect(one.requests).toBe(3);
    expect(12e6 / one.bytes).toBeGreaterThan(100);
    expect((await retrieve(50)).requests).toBeLessThanOrEqual(52);
  } finally {
    await server.close();
  }
});
