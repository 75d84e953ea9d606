import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { bgzipGenome, plainGenome, randomBases } from './genome-files';
import { answer, Asked, RangeServer, startRangeServer } from './range-server';
import { Genomes } from '../../../worker/genome/genomes';
import { UrlPolicy } from '../../../worker/net/url-policy';

// What servers were seen to do to files that other tools read over them.

const SEQUENCE = randomBases(200_000, 5);
const GENOME = bgzipGenome({ chr1: SEQUENCE });
const PLAIN = plainGenome({ chr1: SEQUENCE });
const SMALL = plainGenome({ chr1: SEQUENCE.slice(0, 1000) });
const RETRIES = { attempts: 3, baseMs: 1, capMs: 2 };

let server: RangeServer;
let genomes: Genomes;
let log: string[];

beforeAll(async () => { server = await startRangeServer(); });
afterAll(() => server.close());

beforeEach(() => {
  log = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    log.push(String(text));
    return true;
  });
  server.files.clear();
  server.files.set('/g.fa.gz', GENOME.fasta).set('/g.fa.gz.fai', GENOME.fai).set('/g.fa.gz.gzi', GENOME.gzi).set('/p.fa', PLAIN.fasta).set('/p.fa.fai', PLAIN.fai)
    .set('/s.fa', SMALL.fasta).set('/s.fa.fai', SMALL.fai);
  server.asked.length = 0;
  server.fault = undefined;
  genomes = newGenomes();
});
afterEach(() => {
  genomes.close();
  jest.restoreAllMocks();
});

function newGenomes(attempts = RETRIES.attempts, timeouts = { idleMs: 60_000, attemptMs: 60_000 }): Genomes {
  return new Genomes({ policy: new UrlPolicy({ allowLocal: true, sources: [] }), retries: { ...RETRIES, attempts }, timeouts });
}

async function read(path: string, start: number, end = start + 99): Promise<string> {
  return (await genomes.open(server.url + path)).read('chr1', start, end);
}

const right = (start: number, end = start + 99) => SEQUENCE.slice(start - 1, end);
const ranges = () => server.asked.flatMap(({ range }) => (range === undefined ? [] : [range]));
const retries = () => log.filter((line) => line.includes('"event":"retry"')).length;

describe('a Content-Encoding', () => {
  test.each(['', 'identity', 'Identity', 'IDENTITY', 'aws-chunked', 'utf-8', 'none', 'binary', 'identity, identity', ' ', 'aws-chunked,', 'UTF-8, aws-chunked'])(
    'that changes no byte is ignored: "%s"', async (coding) => {
      server.fault = (asked, response) => answer(server.files.get(asked.path), asked, response, { 'content-encoding': coding });
      expect(await read('/g.fa.gz', 190_000)).toBe(right(190_000));
      expect(await read('/p.fa', 190_000)).toBe(right(190_000));
    });

  test.each(['gzip', 'x-gzip', 'GZIP', 'aws-chunked, gzip'])('%s is undone on indexes, if it is there', async (coding) => {
    server.fault = (asked, response) => answer(server.files.get(asked.path), asked, response, { 'content-encoding': coding });
    expect(await read('/g.fa.gz', 190_000)).toBe(right(190_000));
    for (const path of ['/p.fa.fai', '/g.fa.gz.fai', '/g.fa.gz.gzi']) server.files.set(path, gzipSync(server.files.get(path)!));
    genomes = newGenomes();
    expect(await read('/g.fa.gz', 190_000)).toBe(right(190_000));
    expect(await read('/p.fa', 190_000)).toBe(right(190_000));
  });

  test('of an index that unpacks without end is an error', async () => {
    server.files.set('/p.fa.fai', gzipSync(Buffer.alloc(80 * 1024 * 1024, 'chr1\t200000\t16\t60\t61\n')));
    server.fault = (asked, response) => answer(server.files.get(asked.path), asked, response, { 'content-encoding': 'gzip' });
    await expect(read('/p.fa', 1)).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining('is unpacked more than the 67108864 bytes') });
  });

  test.each(['br', 'zstd', 'deflate', 'gzip, br'])('%s was not asked for', async (coding) => {
    server.fault = (asked, response) => answer(server.files.get(asked.path), asked, response, { 'content-encoding': coding });
    await expect(read('/p.fa', 1)).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining('which was not asked for') });
  });
});

describe('servers behind one name', () => {
  const mirrors = (headersOf: (count: number) => Record<string, string>) => {
    let count = 0;
    server.fault = (asked, response) => (asked.range === undefined ? undefined : answer(PLAIN.fasta, asked, response, headersOf(count++)));
  };

  test('may each have a tag of their own, if time and size are the same', async () => {
    mirrors((count) => ({ 'etag': `"${count}"`, 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' }));
    for (const start of [1, 70_000, 190_000]) expect(await read('/p.fa', start)).toBe(right(start));
    expect(retries()).toBe(0);
  });

  test('may write the same tag strong and weak', async () => {
    mirrors((count) => ({ etag: ['"x"', 'W/"x"', 'w/"x"'][count % 3] }));
    for (const start of [1, 70_000, 190_000]) expect(await read('/p.fa', start)).toBe(right(start));
    expect(retries()).toBe(0);
  });

  test('may hold another version: another try comes to the first one again', async () => {
    mirrors((count) => ({ 'etag': `"${count % 2}"`, 'last-modified': `Mon, 01 Jan 2024 00:00:0${count % 2} GMT` }));
    for (const start of [1, 70_000, 190_000]) expect(await read('/p.fa', start)).toBe(right(start));
    expect(retries()).toBe(2);
  });

  test('that hold another version for good are an error', async () => {
    mirrors((count) => ({ 'etag': `"${Math.min(count, 1)}"`, 'last-modified': `Mon, 01 Jan 2024 00:00:0${Math.min(count, 1)} GMT` }));
    await read('/p.fa', 1);
    await expect(read('/p.fa', 190_000)).rejects.toMatchObject({
      exitCode: 69, message: expect.stringMatching(/changed while it was read \(first Mon.*00:00:00 GMT, now Mon.*00:00:01 GMT\); given up after several attempts/),
    });
  });

  test('may leave tag and time out now and then', async () => {
    mirrors((count) => [{ 'etag': '"1"', 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' }, { 'etag': '', 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' }][count % 2]);
    for (const start of [1, 70_000, 190_000]) expect(await read('/p.fa', start)).toBe(right(start));
  });

  test('that send a file of another size hold another file, whatever its tag is', async () => {
    let longer = PLAIN.fasta;
    server.fault = (asked, response) => (asked.range === undefined ? undefined : answer(longer, asked, response, { etag: '"same"' }));
    await read('/p.fa', 1);
    longer = Buffer.concat([PLAIN.fasta, Buffer.from('ACGT')]);
    await expect(read('/p.fa', 190_000)).rejects.toMatchObject({ exitCode: 69, message: expect.stringContaining('changed while it was read') });
  });
});

describe('the end of a file', () => {
  /** Refuses what ends behind the end. */
  const strict = (status: number, headers: Record<string, string> = {}) => {
    server.fault = (asked, response) => {
      const content = server.files.get(asked.path);
      if (content === undefined || asked.range === undefined || asked.range[1] < content.length) return undefined;
      response.writeHead(status, headers).end();
      return 'answered';
    };
  };

  test.each([400, 416])('is never asked beyond, once it is known (else: %d)', async (status) => {
    strict(status);
    // The first region's answer says how long the file is.
    expect(await read('/g.fa.gz', 1)).toBe(right(1));
    expect(await read('/g.fa.gz', 199_901)).toBe(right(199_901));
    expect(await read('/p.fa', 199_901)).toBe(right(199_901));
    expect(ranges().every(([, last]) => last < PLAIN.fasta.length)).toBe(true);
    expect(retries()).toBe(0);
  });

  test.each<[string, number, Record<string, string>]>([
    ['400', 400, {}], ['416', 416, {}], ['416 with the size', 416, { 'content-range': `bytes */${GENOME.fasta.length}` }],
    ['416 with the size in capitals', 416, { 'content-range': `Bytes */${GENOME.fasta.length}` }],
  ])('is found out where the first region is the last: %s', async (_name, status, headers) => {
    // The end is known only of a block that another one follows.
    const gzi = Buffer.from(GENOME.gzi.subarray(0, -16));
    gzi.writeBigUInt64LE(BigInt(GENOME.blocks.length - 2), 0);
    server.files.set('/g.fa.gz.gzi', gzi);
    strict(status, headers);
    expect(await read('/g.fa.gz', 199_901)).toBe(right(199_901));
  });

  test('of a plain file is where its index ends', async () => {
    strict(400);
    expect(await read('/p.fa', 199_901)).toBe(right(199_901));
    expect(ranges()).toHaveLength(1);
  });
});

describe('an answer of 200 to a range', () => {
  const whole = (path: string, response: ServerResponse, headers: Record<string, string> = {}) => {
    const content = server.files.get(path)!;
    response.writeHead(200, { etag: '"1"', ...headers }).end(content);
    return 'answered' as const;
  };

  test.each<[string, Record<string, string>]>([
    ['with its length', { 'content-length': String(SMALL.fasta.length) }], ['in chunks', {}], ['and nothing more', { connection: 'close' }],
  ])('is taken, if the whole file is small: %s', async (_name, headers) => {
    server.fault = (asked, response) => (asked.range === undefined ? undefined : whole(asked.path, response, headers));
    expect(await read('/s.fa', 500)).toBe(right(500));
    expect(await read('/s.fa', 1)).toBe(right(1));
  });

  test('also from the middle of a small compressed file', async () => {
    const { fasta, fai, gzi } = bgzipGenome({ chr1: SEQUENCE.slice(0, 50_000) }, { blockBytes: 4000 });
    server.files.set('/m.fa.gz', fasta).set('/m.fa.gz.fai', fai).set('/m.fa.gz.gzi', gzi);
    server.fault = (asked, response) => (asked.range === undefined ? undefined : whole(asked.path, response));
    expect(await read('/m.fa.gz', 40_000)).toBe(right(40_000));
  });

  test('and is not, if the file is large: nothing is downloaded in silence', async () => {
    server.fault = (asked, response) => (asked.range === undefined ? undefined : whole(asked.path, response));
    await expect(read('/p.fa', 1)).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining('the server does not answer ranges of a file') });
    expect(genomes.counter.bytes).toBeLessThan(PLAIN.fasta.length);
  });

  test('packed with gzip on its way is unpacked', async () => {
    server.fault = (asked, response) => {
      if (asked.range === undefined) return undefined;
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(SMALL.fasta));
      return 'answered';
    };
    expect(await read('/s.fa', 500)).toBe(right(500));
  });
});

describe('units and schemes are the same in any case', () => {
  test.each(['Bytes', 'BYTES', 'bytes '])('%s', async (unit) => {
    server.fault = (asked, response) => {
      if (asked.range === undefined) return undefined;
      const [from, last] = asked.range;
      const body = PLAIN.fasta.subarray(from, last + 1);
      response.writeHead(206, { 'content-range': `${unit} ${from}-${from + body.length - 1}/${PLAIN.fasta.length}` }).end(body);
      return 'answered';
    };
    expect(await read('/p.fa', 190_000)).toBe(right(190_000));
  });

  test.each(['HTTP://', 'Http://'])('%s', async (scheme) => {
    const genome = await genomes.open(`${scheme}${server.url.slice('http://'.length)}/p.fa`);
    expect(await genome.read('chr1', 190_000, 190_099)).toBe(right(190_000));
  });
});

describe('an index from a slow server', () => {
  const long = Buffer.concat([GENOME.fai, Buffer.from('x\t10\t1\t60\t61\n'.repeat(20_000))]);

  beforeEach(() => server.files.set('/g.fa.gz.fai', long));

  /** Sends so many bytes from where it is asked to, then breaks off. */
  const breaking = (bytes: number, knowsRanges: boolean) => {
    const from: number[] = [];
    server.fault = ({ path }, response, request) => {
      if (!path.endsWith('.fai')) return undefined;
      const start = knowsRanges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
      from.push(start);
      const headers = { 'etag': '"1"', 'content-length': long.length - start, ...start === 0 ? {} : { 'content-range': `bytes ${start}-${long.length - 1}/${long.length}` } };
      response.writeHead(start === 0 ? 200 : 206, headers);
      const body = long.subarray(start, start + bytes);
      if (start + bytes >= long.length) response.end(body);
      else response.write(body, () => setTimeout(() => response.destroy(), 20));
      return 'answered';
    };
    return from;
  };

  test('that breaks off goes on from where it was, as often as it takes', async () => {
    const from = breaking(30_000, true);
    expect(await read('/g.fa.gz', 190_000)).toBe(right(190_000));
    expect(from).toEqual(Array.from({ length: Math.ceil(long.length / 30_000) }, (_, index) => index * 30_000));
  });

  test('that breaks off, and knows no ranges, is given up', async () => {
    const from = breaking(30_000, false);
    await expect(read('/g.fa.gz', 190_000)).rejects.toMatchObject({ errorName: 'Pavi.GenomeUnavailable', exitCode: 69 });
    expect(from.length).toBeLessThanOrEqual(2 * RETRIES.attempts);
  });

  test('that brings almost nothing each time is given up', async () => {
    const from = breaking(100, true);
    await expect(read('/g.fa.gz', 190_000)).rejects.toMatchObject({ exitCode: 69 });
    expect(from).toHaveLength(RETRIES.attempts);
  });

  test('arrives however long it takes, as long as it comes', async () => {
    genomes = newGenomes(1, { idleMs: 60_000, attemptMs: 1500 });
    server.fault = ({ path }, response) => {
      if (!path.endsWith('.fai')) return undefined;
      response.writeHead(200, { 'content-length': long.length });
      let at = 0;
      const pieces = setInterval(() => {
        response.write(long.subarray(at, at += 20_000));
        if (at >= long.length) {
          clearInterval(pieces);
          response.end();
        }
      }, 250);
      return 'answered';
    };
    const started = performance.now();
    expect(await read('/g.fa.gz', 190_000)).toBe(right(190_000));
    expect(performance.now() - started).toBeGreaterThan(1500);
  });

  test('that is replaced meanwhile is read again, from its beginning', async () => {
    const other = Buffer.concat([long, Buffer.from('y\t10\t1\t60\t61\n')]);
    const from: number[] = [];
    server.fault = ({ path, before }, response, request) => {
      if (!path.endsWith('.fai')) return undefined;
      const content = before === 0 ? long : other;
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      from.push(start);
      response.writeHead(start === 0 ? 200 : 206, {
        'content-length': content.length - start, ...start === 0 ? {} : { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` },
      });
      if (before === 0) response.write(content.subarray(0, 30_000), () => setTimeout(() => response.destroy(), 20));
      else response.end(content.subarray(start));
      return 'answered';
    };
    expect(await read('/g.fa.gz', 190_000)).toBe(right(190_000));
    expect(from).toEqual([0, 30_000, 0]);
  });
});

describe('a refusal of a signed URL says what a signature is for', () => {
  const refuse = (path: RegExp, status: number) => {
    server.fault = (asked: Asked, response) => {
      if (!path.test(asked.path)) return undefined;
      response.writeHead(status).end();
      return 'answered';
    };
  };

  test.each(['X-Amz-Signature=secret', 'Expires=1&Signature=secret&Key-Pair-Id=x', 'sv=2020&sig=secret', 'X-Goog-Signature=secret'])('%s', async (query) => {
    for (const [path, status] of [[/\.fai$/, 403], [/\.gz$/, 403], [/\.gz$/, 401]] as const) {
      refuse(path, status);
      genomes = newGenomes();
      const failure: Error = await read(`/g.fa.gz?${query}`, 1).then(() => { throw new Error('read'); }, (error) => error);
      expect(failure.message).toMatch(/the server answered 40[13]\. The URL is signed, and most signatures are for one file and some hours/);
      expect(failure.message).not.toContain('secret');
    }
  });

  test('but not of another one', async () => {
    refuse(/\.fai$/, 403);
    await expect(read('/g.fa.gz?version=2', 1)).rejects.toMatchObject({ message: expect.not.stringContaining('signed') });
  });
});

test('a warning of an older index costs no request', async () => {
  server.fault = (asked, response) => answer(server.files.get(asked.path), asked, response, {
    'last-modified': asked.path.endsWith('.fai') ? 'Mon, 01 Jan 2024 00:00:00 GMT' : 'Tue, 02 Jan 2024 00:00:00 GMT',
  });
  const genome = await genomes.open(`${server.url}/p.fa`);
  expect(await genome.warningsOf('chr1')).toEqual([]);
  await genome.read('chr1', 1, 10);
  expect(await genome.warningsOf('chr1')).toEqual([expect.stringMatching(/p\.fa\.fai \(of 2024-01-01T00:00:00.000Z\) is older than/)]);
  expect(server.asked).toHaveLength(2);
  server.fault = (asked, response) => answer(server.files.get(asked.path), asked, response, { 'last-modified': 'yesterday' });
  genomes = newGenomes();
  await read('/p.fa', 1);
  expect(await (await genomes.open(`${server.url}/p.fa`)).warningsOf('chr1')).toEqual([]);
});
