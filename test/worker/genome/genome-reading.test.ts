import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bgzipGenome, GenomeOptions, plainGenome, randomBases } from './genome-files';
import { answer, RangeServer, startRangeServer } from './range-server';
import { GenomeMemory } from '../../../worker/genome/genome-memory';
import { Genomes } from '../../../worker/genome/genomes';
import { UrlPolicy } from '../../../worker/net/url-policy';
import { fc } from '../../support/fast-check';

// What is read is what is there, from plain and from compressed files, with few requests and nothing twice.

const SEQUENCES = { chr1: randomBases(300_000, 7), empty: '', short: 'ACGTNacgt', chr2: randomBases(90_061, 8) };
const INDEX_REQUESTS = { plain: 1, bgzip: 2 };

let server: RangeServer;
let genomes: Genomes;

beforeAll(async () => { server = await startRangeServer(); });
afterAll(() => server.close());

beforeEach(() => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  server.files.clear();
  server.asked.length = 0;
  server.mostAtOnce = 0;
  server.latencyMs = 0;
  server.fault = undefined;
  genomes = new Genomes({ policy: new UrlPolicy({ allowLocal: true, sources: [] }) });
});
afterEach(() => {
  genomes.close();
  jest.restoreAllMocks();
});

type Kind = keyof typeof INDEX_REQUESTS;

function put(kind: Kind, sequences: Readonly<Record<string, string>>, options?: GenomeOptions): string {
  const path = kind === 'plain' ? '/genome.fa' : '/genome.fa.gz';
  const { fasta, fai } = kind === 'plain' ? plainGenome(sequences, options) : bgzipGenome(sequences, options);
  server.files.set(path, fasta).set(`${path}.fai`, fai);
  if (kind === 'bgzip') server.files.set(`${path}.gzi`, bgzipGenome(sequences, options).gzi);
  return server.url + path;
}

/** The ranges of the FASTA file that were asked for. */
function ranges(): (readonly [number, number])[] {
  return server.asked.flatMap(({ range }) => (range === undefined ? [] : [range]));
}

function expectNothingTwice(): void {
  const sorted = ranges().sort(([a], [b]) => a - b);
  sorted.slice(1).forEach(([first], index) => expect(first).toBeGreaterThan(sorted[index][1]));
}

describe.each(['plain', 'bgzip'] as const)('a %s genome', (kind) => {
  test('gives any region as it is, whatever its lines and blocks are', async () => {
    const sequences = { a: randomBases(2000, 3), empty: '', b: randomBases(777, 4), c: 'ACGT' };
    await fc.assert(fc.asyncProperty(fc.record({
      lineLength: fc.constantFrom(1, 7, 60, 5000),
      lineEnd: fc.constantFrom('\n', '\r\n'),
      lastLineEnds: fc.boolean(),
      blockBytes: fc.constantFrom(1, 64, 1000, 65_280),
      name: fc.constantFrom<keyof typeof sequences>('a', 'b', 'c'),
      from: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
      length: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
    }), async ({ name, from, length, ...options }) => {
      const sequence = sequences[name];
      const start = 1 + Math.floor(from * (sequence.length - 1));
      const end = start + Math.floor(length * (sequence.length - start));
      const url = put(kind, sequences, options);
      const fresh = new Genomes({ policy: new UrlPolicy({ allowLocal: true, sources: [] }) });
      try {
        expect(await (await fresh.open(url)).read(name, start, end)).toBe(sequence.slice(start - 1, end));
      } finally {
        fresh.close();
      }
    }), { numRuns: 60 });
  });

  test('has borders: the first and the last base, and none beyond', async () => {
    const genome = await genomes.open(put(kind, SEQUENCES));
    expect(await genome.read('chr2', 90_061, 90_061)).toBe(SEQUENCES.chr2.at(-1));
    expect(await genome.read('short', 1, 9)).toBe('ACGTNacgt');
    for (const [start, end] of [[0, 3], [5, 10], [4, 3]]) {
      await expect(genome.read('short', start, end)).rejects.toMatchObject({
        errorName: 'Pavi.ReferenceSequenceFailed', exitCode: 64, expected: 'positions 1 to 9', found: `${start} to ${end}`,
      });
    }
    await expect(genome.read('empty', 1, 1)).rejects.toMatchObject({ errorName: 'Pavi.ReferenceSequenceFailed', expected: 'positions 1 to 0' });
    await expect(genome.read('chr3', 1, 1)).rejects.toMatchObject({ errorName: 'Pavi.ReferenceSequenceFailed', expected: 'one of chr1, empty, short, chr2' });
    expect(ranges().length).toBeLessThanOrEqual(2);
  });

  test.each([
    ['near each other', (exon: number) => 1000 + exon * 1500],
    ['far from each other', (exon: number) => 1000 + exon * 90_000],
    ['unevenly spread', (exon: number) => 1000 + exon ** 3 * 160],
  ])('one gene of 24 exons %s takes at most six requests, and nothing twice', async (_name, startOf) => {
    const long = randomBases(2_300_000, 9, 'ACGT');
    const url = put(kind, { long });
    const exons = Array.from({ length: 24 }, (_, exon) => ({ seqId: 'long', start: startOf(exon), end: startOf(exon) + 150 }));
    const genome = await genomes.open(url);
    genome.prefetch([...exons, ...exons], 1);
    const read = await Promise.all(exons.map(({ start, end }) => genome.read('long', start, end)));
    expect(read).toEqual(exons.map(({ start, end }) => long.slice(start - 1, end)));
    expect(server.asked.length).toBeLessThanOrEqual(6);
    expectNothingTwice();
    expect(genomes.counter.requests).toBe(server.asked.length);
  });

  test('asks for nothing that it has, and for the indexes once', async () => {
    const url = put(kind, SEQUENCES);
    for (let again = 0; again < 3; again++) {
      const genome = await genomes.open(url);
      genome.prefetch([{ seqId: 'chr1', start: 1000, end: 2000 }], 1);
      await Promise.all([genome.read('chr1', 1000, 1500), genome.read('chr1', 1400, 2000), genome.read('chr1', 1, 10)]);
    }
    expect(server.asked).toHaveLength(INDEX_REQUESTS[kind] + 1);
  });

  test('is read side by side, under a limit', async () => {
    const url = put(kind, { long: randomBases(2_300_000, 9, 'ACGT') });
    const genome = await genomes.open(url);
    server.mostAtOnce = 0;
    // Nobody gets an answer before so many have asked.
    const held: (() => void)[] = [];
    server.fault = (asked, response) => {
      held.push(() => answer(server.files.get(asked.path), asked, response));
      if (server.mostAtOnce > 3) held.splice(0).forEach((letGo) => letGo());
      return 'answered';
    };
    await Promise.all(Array.from({ length: 30 }, (_, index) => genome.read('long', 1 + index * 76_000, 10 + index * 76_000)));
    expect(server.mostAtOnce).toBeGreaterThan(3);
    expect(server.mostAtOnce).toBeLessThanOrEqual(8);
    expectNothingTwice();
  });
});

test('keeps no more of a large genome than it may', async () => {
  genomes = new Genomes({ policy: new UrlPolicy({ allowLocal: true, sources: [] }), memory: new GenomeMemory(512 * 1512 + 20_000) });
  const genome = await genomes.open(put('bgzip', { long: randomBases(700_000, 9, 'ACGT') }, { blockBytes: 1000, lineLength: 1_000_000 }));
  for (let block = 0; block < 600; block += 2) await genome.read('long', 1000 + block * 1000, 2100 + block * 1000);
  server.asked.length = 0;
  await genome.read('long', 500_000, 501_100);
  expect(server.asked).toHaveLength(0);
  await genome.read('long', 1000, 2100);
  expect(server.asked).toHaveLength(1);
});

test('the genomes of a job share requests and memory', async () => {
  server.latencyMs = 10;
  for (let index = 0; index < 20; index++) {
    const { fasta, fai } = plainGenome({ chr: randomBases(500, index + 1) });
    server.files.set(`/${index}.fa`, fasta).set(`/${index}.fa.fai`, fai);
  }
  const read = await Promise.all(Array.from({ length: 20 }, async (_, index) => (await genomes.open(`${server.url}/${index}.fa`)).read('chr', 1, 500)));
  expect(read).toEqual(Array.from({ length: 20 }, (_, index) => randomBases(500, index + 1)));
  expect(server.mostAtOnce).toBeLessThanOrEqual(8);
});

test('several entries are read with requests that they share', async () => {
  const url = put('bgzip', { long: randomBases(2_300_000, 9, 'ACGT') });
  const genome = await genomes.open(url);
  genome.prefetch(Array.from({ length: 160 }, (_, exon) => ({ seqId: 'long', start: 1 + exon * 14_000, end: 200 + exon * 14_000 })), 8);
  await genome.read('long', 1, 10);
  expect(ranges().length).toBeLessThanOrEqual(8 * 4);
  expectNothingTwice();
});

test('an index may have CR line ends, blank lines and a name twice, of which the first counts', async () => {
  const url = put('plain', { a: 'ACGTACGT', b: 'TTTTTTTT' });
  const fai = server.files.get('/genome.fa.fai')!.toString();
  server.files.set('/genome.fa.fai', Buffer.from(`${fai}a\t1\t0\t1\t2\n\n`.replaceAll('\n', '\r\n')));
  const genome = await genomes.open(url);
  expect(await genome.read('a', 1, 8)).toBe('ACGTACGT');
  expect(await genome.read('b', 8, 8)).toBe('T');
});

test('names are compared whole, whatever is in them', async () => {
  const genome = await genomes.open(put('plain', { 'chr1.2': 'AAAA', 'chr1': 'CCCC', 'chr1 ': 'GGGG', 'größe|1': 'TTTT' }));
  expect(await genome.read('chr1', 1, 4)).toBe('CCCC');
  expect(await genome.read('größe|1', 1, 4)).toBe('TTTT');
  for (const name of ['chr', 'hr1', 'chr1.', '', 'chr1\t4', 'chr1\t4\t23\t60\t61', '\nchr1']) {
    await expect(genome.read(name, 1, 4)).rejects.toMatchObject({ errorName: 'Pavi.ReferenceSequenceFailed' });
  }
});

test('a query that signs the request goes to the indexes too, and shows nowhere', async () => {
  const seen: string[] = [];
  server.fault = (_asked, _response, request) => {
    seen.push(request.url!);
    return undefined;
  };
  const genome = await genomes.open(`${put('bgzip', SEQUENCES)}?X-Amz-Signature=secret#part`);
  expect(await genome.read('short', 1, 4)).toBe('ACGT');
  expect(seen.sort()).toEqual(['/genome.fa.gz.fai?X-Amz-Signature=secret', '/genome.fa.gz.gzi?X-Amz-Signature=secret', '/genome.fa.gz?X-Amz-Signature=secret']);
  server.fault = (_asked, response) => {
    response.writeHead(403).end();
    return 'answered';
  };
  const refused: Error = await genomes.open(`${server.url}/other.fa?X-Amz-Signature=secret`).then(() => { throw new Error('not refused'); }, (error) => error);
  expect(refused.message).toMatch(/other\.fa\.fai\?\.\.\. cannot be read: the server answered 403/);
  expect(JSON.stringify(refused) + refused.message).not.toContain('secret');
  server.fault = undefined;
});

test('a file may be named by the query', async () => {
  put('bgzip', SEQUENCES);
  const seen: string[] = [];
  server.fault = (asked, response, request) => {
    seen.push(request.url!);
    return answer(server.files.get(`/${new URL(request.url!, server.url).searchParams.get('file')}`), asked, response);
  };
  const genome = await genomes.open(`${server.url}/get?file=genome.fa.gz`);
  expect(await genome.read('short', 1, 4)).toBe('ACGT');
  server.fault = undefined;
  expect(seen.sort()).toEqual(['/get?file=genome.fa.gz', '/get?file=genome.fa.gz.fai', '/get?file=genome.fa.gz.gzi']);
});

describe('files of this machine', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pavi-genome-'));
    const { fasta, fai } = plainGenome({ chr1: 'ACGTACGT' });
    for (const name of ['genome.fa', 'a b%#?.fa', 'Upper.fa']) {
      writeFileSync(join(folder, name), fasta);
      writeFileSync(join(folder, `${name}.fai`), fai);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = async (url: string, sources: string[] = [], allowLocal = true) => {
    const local = new Genomes({ policy: new UrlPolicy({ allowLocal, sources }), baseFolder: folder });
    try {
      return await (await local.open(url)).read('chr1', 1, 4);
    } finally {
      local.close();
    }
  };

  test('are named by a URL, absolute or relative to the folder of the input', async () => {
    for (const url of ['file://genome.fa', 'file://./genome.fa', 'file://Upper.fa', 'file://a%20b%25%23%3F.fa', pathToFileURL(join(folder, 'a b%#?.fa')).href,
      `file://${folder}/genome.fa`, `file://localhost${folder}/genome.fa`, `file://../${folder.split('/').pop()}/genome.fa`]) {
      expect(await read(url)).toBe('ACGT');
    }
  });

  test('that are not there, or are no files, are named', async () => {
    await expect(read('file://missing.fa')).rejects.toMatchObject({ errorName: 'Pavi.GenomeUnavailable', exitCode: 64, found: 'ENOENT' });
    await expect(read('file://.')).rejects.toMatchObject({ errorName: 'Pavi.GenomeUnavailable', exitCode: 64 });
    await expect(read('file:///dev/zero')).rejects.toMatchObject({ errorName: 'Pavi.GenomeUnavailable', exitCode: 64 });
    await expect(read('file://genome.fa%00')).rejects.toMatchObject({ exitCode: 64 });
    await expect(read('file://%zz')).rejects.toMatchObject({ errorName: 'Pavi.GenomeRefused', exitCode: 64 });
    await expect(read('file://other-host/genome.fa')).rejects.toMatchObject({ exitCode: 64 });
  });

  test('are read only where that is allowed', async () => {
    for (const url of ['file://genome.fa', `file://${folder}/genome.fa`]) {
      await expect(read(url, [], false)).rejects.toMatchObject({ errorName: 'Pavi.GenomeRefused', exitCode: 64 });
    }
    expect(await read('file://genome.fa', [pathToFileURL(folder).href])).toBe('ACGT');
    for (const url of ['file:///etc/../etc/passwd', `file://${folder}/../passwd`, `file://${folder}/..%2fpasswd`, `file://${folder}%2f..%2f../etc/passwd`,
      'file://../passwd', `file://${folder}-other/x.fa`]) {
      await expect(read(url, [pathToFileURL(folder).href])).rejects.toMatchObject({ errorName: 'Pavi.GenomeRefused' });
    }
  });

  test('that change while they are read are an error', async () => {
    const { fasta, fai } = plainGenome({ chr1: randomBases(300_000) });
    writeFileSync(join(folder, 'changing.fa'), fasta);
    writeFileSync(join(folder, 'changing.fa.fai'), fai);
    const local = new Genomes({ policy: new UrlPolicy({ allowLocal: true, sources: [] }), baseFolder: folder });
    const genome = await local.open('file://changing.fa');
    await genome.read('chr1', 1, 10);
    writeFileSync(join(folder, 'changing.fa'), fasta.subarray(1));
    await expect(genome.read('chr1', 200_000, 200_010)).rejects.toMatchObject({ errorName: 'Pavi.GenomeUnavailable', message: expect.stringContaining('changed') });
  });
});
