import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bgzipBlocks, plainGenome, randomBases } from './genome-files';
import { GenomeMemory } from '../../../worker/genome/genome-memory';
import { Genomes } from '../../../worker/genome/genomes';
import { UrlPolicy } from '../../../worker/net/url-policy';
import { fc } from '../../support/fast-check';
import { tries } from '../fuzz/damage';

// Whatever the blocks are, however few of them are kept and listed, and however many regions are read at once: the right bases.

const SEQUENCES = { a: randomBases(3000, 3), empty: '', b: randomBases(1777, 4), c: 'ACGT' };
/** Where it is installed, what it says is compared too. */
const SAMTOOLS = spawnSync('samtools', ['--version']).status === 0;
const LARGEST_BLOCK = 700;
const KEPT_BLOCKS = 4;

type Name = 'a' | 'b' | 'c';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'pavi-block-store-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => { jest.spyOn(process.stdout, 'write').mockReturnValue(true); });
afterEach(() => jest.restoreAllMocks());

const region = fc.tuple(fc.constantFrom<Name>('a', 'b', 'c'), fc.nat(), fc.nat()).map(([name, one, other]) => {
  const ends = [one, other].map((at) => 1 + at % SEQUENCES[name].length);
  return { name, start: Math.min(...ends), end: Math.max(...ends) };
});
/** Empty ones and ones of a byte too. */
const blockSize = fc.oneof(fc.constantFrom(0, 0, 1, 2, 61, LARGEST_BLOCK), fc.integer({ min: 0, max: LARGEST_BLOCK }));

/** What is there, read in the simplest way: the whole file at once. */
function simplyRead(fasta: Buffer, { name, start, end }: { name: Name; start: number; end: number }): string {
  const record = gunzipSync(fasta).toString('latin1').split('>').find((text) => text.startsWith(`${name} `))!;
  return record.slice(record.indexOf('\n')).replace(/\s/g, '').slice(start - 1, end);
}

function samtoolsRead(regions: readonly { name: Name; start: number; end: number }[]): string[] {
  const arguments_ = ['faidx', join(folder, 's.fa.gz'), ...regions.map(({ name, start, end }) => `${name}:${start}-${end}`)];
  return execFileSync('samtools', arguments_, { encoding: 'latin1' }).split('>').slice(1).map((text) => text.slice(text.indexOf('\n')).replace(/\s/g, ''));
}

test('four blocks kept, any blocks, any regions', async () => {
  await fc.assert(fc.asyncProperty(fc.record({
    lineLength: fc.constantFrom(1, 7, 60, 4000),
    lineEnd: fc.constantFrom('\n', '\r\n', ' \n', ' \t \r\n'),
    sizes: fc.array(blockSize, { minLength: 1, maxLength: 12 }),
    listed: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
    regions: fc.array(region, { minLength: 1, maxLength: 12 }),
    prefetched: fc.boolean(),
  }), async ({ lineLength, lineEnd, sizes, listed, regions, prefetched }) => {
    const { fasta: text, fai } = plainGenome(SEQUENCES, { lineLength, lineEnd });
    const contents: Buffer[] = [];
    const cuts = sizes.some((size) => size > 0) ? sizes : [...sizes, 500];
    for (let at = 0; at < text.length; at += contents.at(-1)!.length) {
      const size = cuts[contents.length % cuts.length];
      contents.push(text.subarray(at, at + size));
    }
    const { fasta, gzi } = bgzipBlocks([...contents, Buffer.alloc(0)], (block) => listed[block % listed.length]);
    writeFileSync(join(folder, 'g.fa.gz'), fasta);
    writeFileSync(join(folder, 'g.fa.gz.fai'), fai);
    writeFileSync(join(folder, 'g.fa.gz.gzi'), gzi);
    const memory = new GenomeMemory(fai.length + gzi.length + KEPT_BLOCKS * (LARGEST_BLOCK + 512));
    const genomes = new Genomes({ policy: new UrlPolicy({ allowLocal: true, sources: [] }), baseFolder: folder, memory });
    try {
      const genome = await genomes.open('file://g.fa.gz');
      if (prefetched) genome.prefetch(regions.map(({ name, ...ends }) => ({ seqId: name, ...ends })), 4);
      const read = await Promise.all(regions.map(({ name, start, end }) => genome.read(name, start, end)));
      expect(read).toEqual(regions.map((one) => simplyRead(fasta, one)));
      if (SAMTOOLS && contents.length < 500) {
        writeFileSync(join(folder, 's.fa.gz'), fasta);
        rmSync(join(folder, 's.fa.gz.fai'), { force: true });
        rmSync(join(folder, 's.fa.gz.gzi'), { force: true });
        execFileSync('samtools', ['faidx', join(folder, 's.fa.gz')]);
        expect(read).toEqual(samtoolsRead(regions));
      }
    } finally {
      genomes.close();
    }
  }), { numRuns: tries(60), interruptAfterTimeLimit: 500_000, markInterruptAsFailure: true });
}, 600_000);
