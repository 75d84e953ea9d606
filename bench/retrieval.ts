/**
 * Retrieval by byte range beside PAVI's way, the whole genome's download: `npx tsx bench/retrieval.ts [--sizes 30,300,1000]`. Makes the
 * genomes (sizes in MB, as they lie on the server), serves them, and prints the figures and their ratios, all from this one run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Genome, makeGenome } from './support/genome';
import { measured, medianOf } from './support/measured-process';
import { Network, RangeServer, startRangeServer } from './support/range-server';
import { counted, entries, EXONS, Figures, retrieval, wholeDownload, withFolder } from './support/retrieval-work';
import { exitCode, table, target, threeDigits } from './support/targets';

const RUNS = 5;
/** An empty program of Node.js 20 takes some 55 ms where nothing else runs. */
const MAX_EMPTY_SECONDS = 0.1;
const NETWORKS: Readonly<Record<string, Network>> = {
  'loopback': { latencyMs: 0 },
  '20 ms, 400 Mbit/s': { latencyMs: 20, bitsPerSecond: 400e6 },
};
const IMAGE = process.env.PAVI_TEST_IMAGE ?? 'localhost/pavi-worker:test';

function compared(ours: Figures, whole: Figures): string {
  const row = (name: string, figure: (figures: Figures) => number, digits: number) => {
    const [one, other] = [figure(ours), figure(whole)];
    return [name, one.toFixed(digits), other.toFixed(digits), `${threeDigits(other / one)} x`];
  };
  return table([
    ['', 'by range', 'whole download', 'ratio'],
    row('MB transferred', ({ bytes }) => bytes / 1e6, 2),
    row('requests', ({ requests }) => requests, 0),
    row('wall s', ({ wallSeconds }) => wallSeconds, 3),
    row('CPU s', ({ cpuSeconds }) => cpuSeconds, 3),
    row('peak memory MB', ({ peakMegabytes }) => peakMegabytes, 0),
  ]);
}

async function onServer(megabytes: number, server: RangeServer): Promise<void> {
  const genome = await makeGenome(megabytes);
  const url = `${server.url}/${genome.file}`;
  for (const [name, network] of Object.entries(NETWORKS)) {
    server.network = network;
    const ours = await counted(server, RUNS, () => retrieval(entries(genome, url, 1)));
    const whole = await counted(server, megabytes <= 30 ? 3 : 1, () => wholeDownload(genome, url));
    console.log(`\n${megabytes} MB genome, one gene of ${EXONS} exons, ${name}\n${compared(ours, whole)}`);
    target('requests', ours.requests, 'at most', 6);
    target('peak memory', ours.peakMegabytes, 'at most', 150, ' MB');
    if (megabytes < 1000) continue;
    target('times fewer bytes', whole.bytes / ours.bytes, 'at least', 500);
    if (network.latencyMs > 0) target('times faster', whole.wallSeconds / ours.wallSeconds, 'at least', 20);
  }
  server.network = NETWORKS.loopback;
  const many = await counted(server, 3, () => retrieval(entries(genome, url, 50)));
  console.log(`\n${megabytes} MB genome, 50 genes of ${EXONS} exons in one job, loopback: ${many.wallSeconds.toFixed(2)} s wall, `
    + `${many.cpuSeconds.toFixed(2)} s CPU, ${(many.bytes / 1e6).toFixed(1)} MB in ${many.requests} requests, ${many.peakMegabytes.toFixed(0)} MB peak memory`);
  target('wall', many.wallSeconds, 'at most', 3, ' s');
}

async function oneLocalEntry(megabytes: number): Promise<void> {
  const genome = await makeGenome(megabytes);
  const list = entries(genome, `file://${join(genome.folder, genome.file)}`, 1);
  const local = await medianOf(11, () => retrieval(list));
  const empty = await medianOf(11, () => withFolder(async (folder) => {
    writeFileSync(join(folder, 'empty.cjs'), '');
    return measured(join(folder, 'empty.cjs'));
  }));
  console.log(`\none entry of a local ${megabytes} MB genome, the whole process (Node.js ${process.version}, which alone takes `
    + `${(empty.wallSeconds * 1000).toFixed(0)} ms)`);
  target('CPU', local.cpuSeconds * 1000, 'at most', 200, ' ms');
  const quiet = empty.wallSeconds <= MAX_EMPTY_SECONDS;
  if (!quiet) console.log(`  not judged, as this machine is busy: wall ${(local.wallSeconds * 1000).toFixed(0)} ms, and the same in the image`);
  else target('wall', local.wallSeconds * 1000, 'at most', 200, ' ms');
  if (quiet) inTheImage(genome);
}

/** From the process's start to its end, as it says itself; the container's own start is the engine's. */
function inTheImage(genome: Genome): void {
  const folder = mkdtempSync(join(tmpdir(), 'pavi-bench-run-'));
  writeFileSync(join(folder, 'entries.json'), JSON.stringify(entries(genome, `file:///genome/${genome.file}`, 1)), { mode: 0o644 });
  const bare = ['--runtime=runc', '--cgroup-manager=cgroupfs'];
  const run = (engine: string[], options: string[]) => spawnSync('podman', [
    ...engine, 'run', '--rm', '--pull=never', '--network=host', '--read-only', ...options, `--volume=${genome.folder}:/genome:ro`,
    `--volume=${join(folder, 'entries.json')}:/entries.json:ro`, IMAGE, 'retrieve', '--input', '/entries.json', '--output-dir', '/tmp/out', '--allow-local',
  ], { encoding: 'utf8' });
  const ways: [string[], string[]][] = [[[], []], [bare, ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024']]];
  const way = ways.find(([engine, options]) => run(engine, options).status === 0);
  if (way === undefined) {
    console.log(`  skipped: the same in the image (there is no podman, or no image ${IMAGE}; make it with scripts/image)`);
  } else {
    const seconds = Array.from({ length: 11 }, () => Number(/"Duration":([\d.]+)/.exec(run(...way).stdout)?.[1])).sort((a, b) => a - b);
    target('in the image, from its start as it says itself', seconds[5] * 1000, 'at most', 120, ' ms');
  }
  rmSync(folder, { recursive: true });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { sizes: { type: 'string', default: '30,300,1000' } } });
  const sizes = values.sizes.split(',').map(Number);
  if (!sizes.every((size) => size >= 1 && size <= 10_000)) throw new Error(`--sizes must be megabytes from 1 to 10000, got ${values.sizes}`);
  const server = await startRangeServer((await makeGenome(sizes[0])).folder);
  try {
    for (const megabytes of sizes) await onServer(megabytes, server);
  } finally {
    await server.close();
  }
  await oneLocalEntry(sizes[0]);
  process.exitCode = exitCode();
}

void main();
