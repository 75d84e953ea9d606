import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bgzip, bgzipBlocks, bgzipGenome, gziOf, plainGenome, randomBases } from './genome-files';
import { BgzfLayout } from '../../../worker/genome/bgzf-layout';
import { GenomeMemory } from '../../../worker/genome/genome-memory';
import { Genomes } from '../../../worker/genome/genomes';
import { GziIndex } from '../../../worker/genome/gzi-index';
import { UrlPolicy } from '../../../worker/net/url-policy';

// Files that samtools and htslib read are read, whatever their names are; what cannot be read is named, with advice that helps.

const SEQUENCE = randomBases(9000, 5, 'ACGTacgtN');
const PLAIN = plainGenome({ other: randomBases(100, 2), chr1: SEQUENCE });
const BGZIP = bgzipGenome({ other: randomBases(100, 2), chr1: SEQUENCE }, { blockBytes: 1000 });

let folder: string;
let log: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pavi-others-'));
  log = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    log.push(String(text));
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

function put(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

/** Opens a file and reads from it, with what was counted. */
async function reading<T>(name: string, use: (genome: Awaited<ReturnType<Genomes['open']>>, genomes: Genomes) => Promise<T>, memory?: GenomeMemory): Promise<T> {
  const genomes = new Genomes({ policy: new UrlPolicy({ allowLocal: true, sources: [] }), baseFolder: folder, memory });
  try {
    return await use(await genomes.open(`file://${name}`), genomes);
  } finally {
    genomes.close();
  }
}

const read = (name: string, start: number, end: number, seqId = 'chr1') => reading(name, (genome) => genome.read(seqId, start, end));
const right = (start: number, end: number) => SEQUENCE.slice(start - 1, end);

describe('the bytes say whether a file is compressed, not its name', () => {
  test.each(['g.fa.gz', 'g.fa.GZ', 'g.fa.bgz', 'g.fa.BGZ', 'g.fa.bgzf', 'g.fa', 'genome', 'g.fasta', 'g.gz.fa'])('a bgzip file named %s', async (name) => {
    put({ [name]: BGZIP.fasta, [`${name}.fai`]: BGZIP.fai, [`${name}.gzi`]: BGZIP.gzi });
    await reading(name, async (genome) => {
      const regions = [[1, 3], [3000, 3002], [4000, 6500], [8999, 9000]];
      expect(await Promise.all(regions.map(([start, end]) => genome.read('chr1', start, end)))).toEqual(regions.map(([start, end]) => right(start, end)));
    });
  });

  test.each(['g.fa', 'g.fa.gz', 'g.bgz', 'genome'])('a plain file named %s', async (name) => {
    put({ [name]: PLAIN.fasta, [`${name}.fai`]: PLAIN.fai });
    expect(await read(name, 5000, 5100)).toBe(right(5000, 5100));
  });

  test('a plain file beside the .gzi of a compressed one', async () => {
    put({ 'g.fa.gz': PLAIN.fasta, 'g.fa.gz.fai': PLAIN.fai, 'g.fa.gz.gzi': BGZIP.gzi });
    expect(await read('g.fa.gz', 5000, 5100)).toBe(right(5000, 5100));
  });

  test('a region of a few bases is not taken for text by chance', async () => {
    put({ 'g.fa': BGZIP.fasta, 'g.fa.fai': BGZIP.fai, 'g.fa.gzi': BGZIP.gzi });
    for (let start = 1; start < 2000; start += 97) expect(await read('g.fa', start, start)).toBe(right(start, start));
  });

  test('control characters in a description are text all the same', async () => {
    const fasta = Buffer.from(PLAIN.fasta.toString('latin1').replace('chr1 described', 'chr1 \x01escribed'), 'latin1');
    put({ 'g.fa': fasta, 'g.fa.fai': PLAIN.fai });
    expect(await read('g.fa', 5000, 5100)).toBe(right(5000, 5100));
  });

  test('what a name says truly costs no request', async () => {
    put({ 'g.fa.gz': BGZIP.fasta, 'g.fa.gz.fai': BGZIP.fai, 'g.fa.gz.gzi': BGZIP.gzi, 'p.fa': PLAIN.fasta, 'p.fa.fai': PLAIN.fai });
    const requests = (name: string) => reading(name, async (genome, { counter }) => {
      await genome.read('chr1', 500, 520);
      return counter.requests;
    });
    expect(await requests('g.fa.gz')).toBe(3);
    expect(await requests('p.fa')).toBe(2);
  });

  test.each<[string, Buffer, RegExp]>([
    ['gzip', gzipSync(PLAIN.fasta), /is compressed with gzip and not with bgzip/],
    ['zip', Buffer.concat([Buffer.from('504b0304', 'hex'), randomBytes(5000)]), /is compressed with zip and not with bgzip/],
    ['bzip2', Buffer.concat([Buffer.from('BZh91AY'), randomBytes(5000)]), /is compressed with bzip2 and not with bgzip/],
    ['xz', Buffer.concat([Buffer.from('fd377a585a00', 'hex'), randomBytes(5000)]), /is compressed with xz and not with bgzip/],
    ['zstd', Buffer.concat([Buffer.from('28b52ffd', 'hex'), randomBytes(5000)]), /is compressed with zstd and not with bgzip/],
    ['UTF-16', Buffer.from(`\ufeff${PLAIN.fasta.toString('latin1')}`, 'utf16le'), /is text of 16 bits a character/],
  ])('%s is named, and not taken for a stale index', async (_name, fasta, message) => {
    for (const [name, files] of Object.entries<Record<string, Buffer>>({
      'a.fa.gz': { 'a.fa.gz.gzi': gziOf([]) }, 'b.fa.gz': { 'b.fa.gz.gzi': BGZIP.gzi }, 'c.fa.gz': {}, 'd.fa': {},
    })) {
      put({ [name]: fasta, [`${name}.fai`]: PLAIN.fai, ...files });
      const failure: Error = await read(name, 10, 50).then(() => { throw new Error('read'); }, (error) => error);
      expect(failure).toMatchObject({ errorName: 'Pavi.GenomeUnavailable', exitCode: 64, message: expect.stringMatching(message) });
      expect(failure.message).not.toContain('make the index again');
    }
  });
});

describe('bgzip blocks', () => {
  const text = PLAIN.fasta;
  const pieces = (...sizes: number[]) => {
    let at = 0;
    return [...sizes, text.length].map((size) => text.subarray(at, at += size));
  };
  const empty = Buffer.alloc(0);
  const everyRegion = async (name: string) => {
    for (const [start, end] of [[1, 10], [890, 930], [1, 9000], [4000, 4001], [9000, 9000]]) {
      expect(await read(name, start, end)).toBe(right(start, end));
    }
  };
  const putBlocks = (contents: readonly Buffer[], isListed: (block: number) => boolean) => {
    const { fasta, gzi } = bgzipBlocks(contents, isListed);
    put({ 'g.fa.gz': fasta, 'g.fa.gz.fai': PLAIN.fai, 'g.fa.gz.gzi': gzi });
  };

  test('files that were joined by cat: empty blocks inside, which the index does not list', async () => {
    const contents = [...pieces(1000), empty];
    contents.splice(1, 0, empty);
    putBlocks(contents, (block) => contents[block].length > 0);
    await everyRegion('g.fa.gz');
  });

  test.each<[string, (block: number) => boolean]>([
    ['all', () => true], ['none', () => false], ['every third', (block) => block % 3 === 0], ['the first ones', (block) => block < 3],
    ['the last', (block) => block === 12],
  ])('empty and tiny ones anywhere, %s of them listed', async (_name, isListed) => {
    const [a, b, c, d, e, f] = pieces(1, 2, 900, 13, 4000);
    putBlocks([empty, empty, a, empty, b, c, empty, empty, empty, d, e, empty, f, empty, empty], isListed);
    await everyRegion('g.fa.gz');
  });

  test('an index that lists the block at 0, and one twice', async () => {
    const [first, second] = [text.subarray(0, 5000), text.subarray(5000)];
    const { fasta, blocks } = bgzipBlocks([first, second], () => true);
    put({ 'g.fa.gz': fasta, 'g.fa.gz.fai': PLAIN.fai, 'g.fa.gz.gzi': gziOf([[0, 0], [blocks[1], 5000], [blocks[1], 5000]]) });
    await everyRegion('g.fa.gz');
  });

  test('a region of a thousand blocks of one byte, and one of absurdly many', async () => {
    const long = plainGenome({ chr1: randomBases(120_000, 9) }, { lineLength: 200_000 });
    const blocks = Array.from({ length: long.fasta.length }, (_, at) => long.fasta.subarray(at, at + 1));
    const { fasta, gzi } = bgzipBlocks(blocks, () => true);
    put({ 'g.fa.gz': fasta, 'g.fa.gz.fai': long.fai, 'g.fa.gz.gzi': gzi });
    const small = new GenomeMemory(long.fai.length + gzi.length + 4 * 513);
    expect(await reading('g.fa.gz', (genome) => genome.read('chr1', 5, 1004), small)).toBe(randomBases(120_000, 9).slice(4, 1004));
    await expect(read('g.fa.gz', 1, 110_000)).rejects.toMatchObject({ exitCode: 64, message: expect.stringMatching(/has more than 100000 bgzip blocks for the 110000 bytes/) });
  });

  test('an index of too few blocks of a large file is named', async () => {
    const { fasta } = bgzip(randomBytes(65_000), 65_000);
    const [block] = [fasta.subarray(0, fasta.length - 28)];
    const many = Buffer.concat(new Array<Buffer>(16).fill(block));
    let asked = 0;
    const layout = new BgzfLayout('g.fa.gz', new GziIndex(gziOf([]), 'g.fa.gz.gzi'));
    const exploring = layout.explore(1_000_000_000, 1_000_000_100, async (at, length) => {
      asked += length;
      const from = at % block.length;
      return many.subarray(from, from + length);
    });
    await expect(exploring).rejects.toMatchObject({ exitCode: 64, message: expect.stringMatching(/the \.gzi of g\.fa\.gz lists too few blocks.*bgzip --reindex/) });
    expect(asked).toBeLessThan(70 * 1024 * 1024);
  });

  test('damage is found in blocks that are not listed too', async () => {
    const contents = pieces(1000, 1000, 1000, 1000);
    const { fasta, blocks } = bgzipBlocks(contents, () => false);
    fasta[blocks[2] + 200] = 255 - fasta[blocks[2] + 200];
    put({ 'g.fa.gz': fasta, 'g.fa.gz.fai': PLAIN.fai, 'g.fa.gz.gzi': gziOf([]) });
    await expect(read('g.fa.gz', 2500, 2600)).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining(`the block at offset ${blocks[2]} cannot be unpacked`) });
    await expect(read('g.fa.gz', 8000, 8100)).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining('cannot be unpacked') });
  });
});

describe('white space', () => {
  test.each([' \n', '\t\n', '  \r\n', `${' '.repeat(20)}\n`, '\r\n', '\v\f\n'])('%j at the end of each line', async (lineEnd) => {
    const { fasta, fai } = plainGenome({ other: 'ACGT', chr1: SEQUENCE }, { lineEnd });
    put({ 'g.fa': fasta, 'g.fa.fai': fai });
    for (const [start, end] of [[1, 60], [60, 61], [61, 61], [119, 4000]]) expect(await read('g.fa', start, end)).toBe(right(start, end));
  });

  test('inside of lines moves the bases, so it is named', async () => {
    put({ 'g.fa': '>chr1\nACGTA CGTAC\nACGTA CGTAC\n', 'g.fa.fai': 'chr1\t20\t6\t10\t12\n' });
    await expect(read('g.fa', 1, 20)).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining('take white space out of its lines (but at their ends)') });
  });

  test.each<[string, string]>([
    ['blanks for tabs', 'chr1 9000 16 60 61\n'],
    ['several', 'chr1 \t 9000   16\t\t60 61\n'],
    ['more columns', 'chr1\t9000\t16\t60\t61\t17\tmore\n'],
    ['blanks at the end, CR and no last line end', 'chr1\t9000\t16\t60\t61 \t\r'],
    ['blank lines', '\n\nchr1\t9000\t16\t60\t61\n\r\n \n'],
    ['another line before, whose name begins the same', 'chr10\t9\t1\t9\t10\nchr1\t9000\t16\t60\t61\nchr1\t1\t1\t1\t2\n'],
  ])('in a .fai: %s', async (_name, fai) => {
    const { fasta } = plainGenome({ chr1: SEQUENCE });
    put({ 'g.fa': fasta, 'g.fa.fai': fai });
    expect(await read('g.fa', 5000, 5100)).toBe(right(5000, 5100));
  });

  test.each(['chr1\t9000\t16\t60\n', 'chr1\t9000\t-16\t60\t61\n', 'chr1\tx\t16\t60\t61\n', '\t9000\t16\t60\t61\n', 'chr1\t9000\t16\t60\t59\n', 'chr1\t9000\t16\t0\t1\n', '{"json": 1}\n',
    'chr1\t9000.5\t16\t60\t61\n'])('%j is no line of a .fai', async (fai) => {
    put({ 'g.fa': PLAIN.fasta, 'g.fa.fai': fai });
    await expect(read('g.fa', 1, 2)).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining('line 1 of') });
  });

  test('only the lines of the wanted sequences are kept', async () => {
    put({ 'g.fa': PLAIN.fasta, 'g.fa.fai': PLAIN.fai });
    const genomes = new Genomes({
      policy: new UrlPolicy({ allowLocal: true, sources: [] }), baseFolder: folder, wanted: new Map([['file://g.fa', new Set(['chr1', 'chr9'])]]), memory: new GenomeMemory(70_000),
    });
    const genome = await genomes.open('file://g.fa');
    expect(await genome.read('chr1', 5000, 5100)).toBe(right(5000, 5100));
    await expect(genome.read('chr9', 1, 1)).rejects.toMatchObject({ errorName: 'Pavi.ReferenceSequenceFailed', expected: 'one of other, chr1' });
    genomes.close();
  });
});

describe('an index that is older than its FASTA file is a warning', () => {
  const at = (name: string, seconds: number) => utimesSync(join(folder, name), seconds, seconds);
  const warnings = (name: string) => reading(name, async (genome) => {
    await genome.read('chr1', 1, 10);
    return genome.warningsOf('chr1');
  });

  test('a .fai', async () => {
    put({ 'g.fa': PLAIN.fasta, 'g.fa.fai': PLAIN.fai });
    at('g.fa', 1_700_000_000);
    at('g.fa.fai', 1_600_000_000);
    expect(await warnings('g.fa')).toEqual([expect.stringMatching(/^the index .*g\.fa\.fai \(of 2020-09-13T12:26:40.000Z\) is older than .*g\.fa \(of 2023-11-14T22:13:20.000Z\)/)]);
    at('g.fa.fai', 1_700_000_000 - 5);
    expect(await warnings('g.fa')).toEqual([]);
    at('g.fa.fai', 1_700_000_001);
    expect(await warnings('g.fa')).toEqual([]);
  });

  test('that is of another file is one too, where the header is read anyway', async () => {
    put({ 'g.fa': '>a x\nACGT\n>b\nGGGG\n', 'g.fa.fai': 'b\t4\t5\t4\t5\na\t4\t13\t4\t5\nc\t2\t6\t4\t5\n>\t4\t5\t4\t5\n' });
    await reading('g.fa', async (genome) => {
      expect(await genome.warningsOf('a')).toEqual([]);
      await genome.read('a', 1, 4);
      expect(await genome.warningsOf('a')).toEqual([expect.stringMatching(/g\.fa\.fai does not fit .*before the first base of a there is the header of "b"/)]);
      expect(await genome.warningsOf('b')).toEqual([expect.stringContaining('the header of "a"')]);
      expect(await genome.warningsOf('c')).toEqual([expect.stringContaining('no header line')]);
    });
    put({ 'g.fa.fai': 'a\t4\t5\t4\t5\nb\t4\t13\t4\t5\n' });
    await reading('g.fa', async (genome) => {
      await genome.read('a', 1, 4);
      expect([await genome.warningsOf('a'), await genome.warningsOf('b')]).toEqual([[], []]);
    });
  });

  test('a .gzi, but not one that nothing needs', async () => {
    put({ 'g.fa.gz': BGZIP.fasta, 'g.fa.gz.fai': BGZIP.fai, 'g.fa.gz.gzi': BGZIP.gzi });
    at('g.fa.gz.gzi', 1_600_000_000);
    expect(await warnings('g.fa.gz')).toEqual([expect.stringContaining('g.fa.gz.gzi')]);
    put({ 'g.fa.gz': PLAIN.fasta });
    expect(await warnings('g.fa.gz')).toEqual([]);
  });
});

function randomBytes(length: number): Buffer {
  return Buffer.from(randomBases(length, 4, Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('')), 'latin1');
}
