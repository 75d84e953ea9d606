import type { ServerResponse } from 'node:http';
import { bgzip, bgzipGenome, plainGenome, randomBases } from './genome-files';
import { answer, Asked, Fault, RangeServer, startRangeServer } from './range-server';
import { Genomes } from '../../../worker/genome/genomes';
import { UrlPolicy } from '../../../worker/net/url-policy';

// What a server, a network or a file may do wrong ends in the right bases or in an error that says what is wrong; never in wrong bases.

const SEQUENCE = randomBases(200_000, 5);
const GENOME = bgzipGenome({ chr1: SEQUENCE });
const PLAIN = plainGenome({ chr1: SEQUENCE });
const RETRIES = { attempts: 3, baseMs: 1, capMs: 2 };
/** In the third block. */
const FROM = 190_000;

let server: RangeServer;
let genomes: Genomes;
/** Each request looks at them anew. */
let timeouts: { idleMs: number; attemptMs: number };
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
  server.files.set('/g.fa.gz', GENOME.fasta).set('/g.fa.gz.fai', GENOME.fai).set('/g.fa.gz.gzi', GENOME.gzi).set('/p.fa', PLAIN.fasta).set('/p.fa.fai', PLAIN.fai);
  server.asked.length = 0;
  server.fault = undefined;
  genomes = newGenomes();
});
afterEach(() => {
  genomes.close();
  jest.restoreAllMocks();
});

function newGenomes(attempts = RETRIES.attempts): Genomes {
  timeouts = { idleMs: 60_000, attemptMs: 60_000 };
  return new Genomes({ policy: new UrlPolicy({ allowLocal: true, sources: [] }), retries: { ...RETRIES, attempts }, timeouts });
}

/** With short times from when the indexes are there: only where one is tested, since a busy machine may stand still for longer. */
async function readInHaste(times: Partial<typeof timeouts>): Promise<string> {
  const genome = await genomes.open(`${server.url}/g.fa.gz`);
  Object.assign(timeouts, times);
  return genome.read('chr1', FROM, FROM + 99);
}

async function read(path = '/g.fa.gz', start = FROM, end = FROM + 99): Promise<string> {
  return (await genomes.open(server.url + path)).read('chr1', start, end);
}

const RIGHT = SEQUENCE.slice(FROM - 1, FROM + 99);

/** Only the FASTA file's requests are faulty, the first so many of them. */
function faulty(fault: (response: ServerResponse, asked: Asked) => void, times = Infinity): Fault {
  return (asked, response) => {
    if (asked.range === undefined || asked.before >= times) return undefined;
    fault(response, asked);
    return 'answered';
  };
}

const fastaRequests = () => server.asked.filter(({ range }) => range !== undefined).length;

describe('a passing fault is tried again', () => {
  const reset = (response: ServerResponse, bytes: Buffer) => {
    response.writeHead(206, { 'content-length': bytes.length, 'content-range': `bytes 0-${bytes.length - 1}/${bytes.length}` });
    response.write(bytes.subarray(0, 10), () => response.destroy());
  };

  test.each<[string, (response: ServerResponse, asked: Asked) => void]>([
    ['503', (response) => response.writeHead(503).end('busy')],
    ['500 with a long body', (response) => response.writeHead(500).end(Buffer.alloc(200_000))],
    ['429', (response) => response.writeHead(429).end()],
    ['a connection that is closed before the answer', (response) => response.destroy()],
    ['a reset in the middle of the body', (response, { range }) => reset(response, GENOME.fasta.subarray(range![0], range![1] + 1))],
    ['a body that is shorter than its length says', (response, asked) => {
      const body = GENOME.fasta.subarray(asked.range![0], asked.range![1] + 1);
      response.writeHead(206, { 'content-length': body.length, 'content-range': `bytes ${asked.range![0]}-${asked.range![1]}/${GENOME.fasta.length}` });
      response.write(body.subarray(0, 100));
      response.socket!.end();
    }],
    ['another range than the asked for', (response, asked) => answer(GENOME.fasta, { ...asked, range: [asked.range![0] + 1, asked.range![1]] }, response)],
    ['another range of the same length', (response, asked) => answer(GENOME.fasta, { ...asked, range: [asked.range![0] - 9, asked.range![1] - 9] }, response)],
  ])('%s', async (_name, fault) => {
    server.fault = faulty(fault, 2);
    expect(await read()).toBe(RIGHT);
    expect(fastaRequests()).toBe(3);
    expect(log.filter((line) => line.includes('"event":"retry"'))).toHaveLength(2);
  });

  test.each<[string, (response: ServerResponse, asked: Asked) => void]>([
    ['no byte for a long time', () => undefined],
    ['a body that stops', (response, { range }) => {
      response.writeHead(206, { 'content-length': range![1] - range![0] + 1 });
      response.write('x');
    }],
  ])('%s', async (_name, fault) => {
    server.fault = faulty(fault, 2);
    // That the machine stood still is one more fault.
    genomes = newGenomes(30);
    expect(await readInHaste({ idleMs: 300 })).toBe(RIGHT);
    expect(fastaRequests()).toBeGreaterThanOrEqual(3);
    expect(log.filter((line) => line.includes('"event":"retry"') && line.includes('sent nothing for 0.3 s')).length).toBeGreaterThanOrEqual(2);
  });

  test.each<[string, Partial<typeof timeouts>, (response: ServerResponse) => void, RegExp]>([
    ['503', {}, (response) => response.writeHead(503).end(), /g\.fa\.gz answered 503; given up/],
    ['no byte at all', { idleMs: 300 }, () => undefined, /g\.fa\.gz sent nothing for 0\.3 s; given up/],
    ['a body that comes in drops', { attemptMs: 1200 }, (response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-999/1000' });
      const drops = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(drops));
    }, /g\.fa\.gz did not answer in full within 1\.2 s; given up/],
    ['another range', {}, (response) => answer(GENOME.fasta, { path: '', before: 0, range: [0, 99] }, response), /answered with bytes 0-99 \(100 of them\), not with/],
  ])('for ever: %s', async (_name, times, fault, message) => {
    server.fault = faulty(fault);
    await expect(readInHaste(times)).rejects.toMatchObject({ errorName: 'Pavi.GenomeUnavailable', exitCode: 69, message: expect.stringMatching(message) });
    expect(fastaRequests()).toBe(3);
  });

  test('not before a Retry-After says', async () => {
    server.fault = faulty((response) => response.writeHead(503, { 'retry-after': '1' }).end(), 1);
    const started = performance.now();
    expect(await read()).toBe(RIGHT);
    expect(performance.now() - started).toBeGreaterThan(990);
  });

  test('not where a server asks for a wait of an hour', async () => {
    server.fault = faulty((response) => response.writeHead(503, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }).end());
    await expect(read()).rejects.toMatchObject({ errorName: 'Pavi.GenomeUnavailable', exitCode: 69 });
    expect(fastaRequests()).toBe(1);
  });

  test('the indexes as well', async () => {
    server.fault = ({ before }, response) => {
      if (before > 0) return undefined;
      response.writeHead(502).end();
      return 'answered';
    };
    expect(await read()).toBe(RIGHT);
    expect(server.asked).toHaveLength(6);
  });
});

describe('a lasting fault is an error at once', () => {
  test.each<[string, (response: ServerResponse, asked: Asked) => void, RegExp]>([
    ['200 with the whole file: no silent download', (response) => {
      response.writeHead(200, { 'content-length': 1e12 });
      const chunk = Buffer.alloc(65_536);
      const pour = () => { while (!response.destroyed && response.write(chunk)); };
      response.on('drain', pour);
      pour();
    }, /the server does not answer ranges of a file/],
    ['200 with a whole file that is too short', (response) => response.writeHead(200).end('ACGT'), /is shorter than its index says/],
    ['206 without a range', (response) => response.writeHead(206).end('ACGT'), /answered 206 without a usable Content-Range/],
    ['206 in parts', (response) => response.writeHead(206, { 'content-type': 'multipart/byteranges; boundary=x' }).end('--x'), /without a usable Content-Range/],
    ['403', (response) => response.writeHead(403).end('no'), /cannot be read: the server answered 403/],
    ['404', (response) => response.writeHead(404).end('no'), /cannot be read: the server answered 404/],
    ['416', (response) => response.writeHead(416).end(), /is shorter than its index says/],
    ['a foreign encoding', (response, asked) => answer(GENOME.fasta, asked, response, { 'content-encoding': 'br' }), /content-encoding br, which was not asked for/],
    ['a redirect to nowhere', (response) => response.writeHead(302).end(), /answered 302 without a Location/],
    ['a redirect to itself', (response) => response.writeHead(302, { location: '/g.fa.gz' }).end(), /redirects more than 5 times/],
    ['a redirect to no URL', (response) => response.writeHead(302, { location: 'http://:x' }).end(), /redirects to what is no URL/],
    ['a redirect to a file', (response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(), /is neither https:\/\/ nor http:\/\//],
  ])('%s', async (_name, fault, message) => {
    server.fault = faulty(fault);
    await expect(read()).rejects.toMatchObject({ errorName: 'Pavi.GenomeUnavailable', exitCode: 64, message: expect.stringMatching(message) });
    expect(log.filter((line) => line.includes('"event":"retry"'))).toHaveLength(0);
    expect(genomes.counter.bytes).toBeLessThan(GENOME.fasta.length);
  });

  test('each server may have its own: others go on', async () => {
    server.fault = (asked, response) => (asked.path.startsWith('/p.fa') ? answer(undefined, asked, response) : undefined);
    const [bad, good] = await Promise.allSettled([read('/p.fa'), read()]);
    expect(bad.status).toBe('rejected');
    expect(good).toEqual({ status: 'fulfilled', value: RIGHT });
  });
});

describe('what servers may do', () => {
  test('redirect, also to a relative place', async () => {
    server.fault = (asked, response) => {
      if (!asked.path.startsWith('/old/')) return undefined;
      response.writeHead(asked.path.endsWith('.fai') ? 301 : 307, { location: `..${asked.path.slice('/old'.length)}` }).end();
      return 'answered';
    };
    expect(await read('/old/g.fa.gz')).toBe(RIGHT);
  });

  test('not know a file\'s size', async () => {
    server.fault = faulty((response, { range: [first, last] = [0, 0] }) => {
      const body = GENOME.fasta.subarray(first, last + 1);
      response.writeHead(206, { 'content-range': `bytes ${first}-${first + body.length - 1}/*` }).end(body);
    });
    expect(await read()).toBe(RIGHT);
  });

  test('say that a file is encoded with gzip, whether it is or not: its bytes decide', async () => {
    server.fault = (asked, response) => (asked.path === '/g.fa.gz' ? answer(GENOME.fasta, asked, response, { 'content-encoding': 'gzip' }) : undefined);
    expect(await read()).toBe(RIGHT);
    server.fault = (asked, response) => answer(server.files.get(asked.path), asked, response, { 'content-encoding': 'gzip' });
    expect(await read('/p.fa')).toBe(RIGHT);
  });
});

describe('a genome that changes while it is read is an error', () => {
  test.each([['etag'], ['last-modified']])('by its %s', async (header) => {
    server.fault = ({ before, path, ...asked }, response) => {
      if (asked.range === undefined) return undefined;
      const body = GENOME.fasta.subarray(asked.range[0], asked.range[1] + 1);
      response.writeHead(206, {
        [header]: before === 0 ? '"first"' : '"second"', 'content-range': `bytes ${asked.range[0]}-${asked.range[0] + body.length - 1}/${GENOME.fasta.length}`,
      }).end(body);
      return 'answered';
    };
    expect(await read()).toBe(RIGHT);
    await expect(read('/g.fa.gz', 1, 10)).rejects.toMatchObject({
      errorName: 'Pavi.GenomeUnavailable', exitCode: 69, message: expect.stringContaining('changed while it was read (first "first", now "second")'),
    });
  });
});

describe('damage is found', () => {
  const [, , block, end] = GENOME.blocks;
  const damaged = (at: number) => {
    const bytes = Buffer.from(GENOME.fasta);
    bytes[at] = 255 - bytes[at];
    return bytes;
  };

  test.each<[string, Record<string, Buffer>, RegExp]>([
    ['a flipped byte', { '/g.fa.gz': damaged(block + 1000) }, /is damaged: the block at offset \d+ cannot be unpacked/],
    ['a wrong checksum', { '/g.fa.gz': damaged(end - 8) }, /is damaged: the block at offset \d+ cannot be unpacked \(incorrect data check\)/],
    ['a wrong length', { '/g.fa.gz': damaged(end - 4) }, /is damaged: the block at offset \d+ cannot be unpacked \(incorrect length check\)/],
    ['no block header', { '/g.fa.gz': damaged(block) }, /does not fit its \.gzi: no whole bgzip block in the \d+ bytes at offset/],
    ['another block size', { '/g.fa.gz': damaged(block + 16) }, /is damaged: the block at offset \d+ cannot be unpacked/],
    ['a file cut short', { '/g.fa.gz': GENOME.fasta.subarray(0, block + 100) }, /does not fit its \.gzi: no whole bgzip block in the 100 bytes at offset/],
    ['a file cut before', { '/g.fa.gz': GENOME.fasta.subarray(0, block) }, /is shorter than its index says/],
    ['gzip in place of bgzip', { '/g.fa.gz': Buffer.alloc(GENOME.fasta.length, 'gzip') }, /does not fit its \.gzi/],
    ['another genome\'s .gzi', { '/g.fa.gz.gzi': bgzip(PLAIN.fasta, 60_000).gzi }, /does not fit its \.gzi/],
    ['a .gzi with other places', { '/g.fa.gz.gzi': moved(GENOME.gzi, 0) }, /does not fit its \.gzi: no whole bgzip block/],
    ['a .gzi with other contents', { '/g.fa.gz.gzi': moved(GENOME.gzi, 8) }, /does not fit its \.fai/],
    ['a .gzi with other contents of one block', { '/g.fa.gz.gzi': moved(GENOME.gzi.subarray(0, 40), 8, GENOME.gzi.subarray(40)) }, /does not fit its \.gzi at offset/],
    ['a .gzi cut short', { '/g.fa.gz.gzi': GENOME.gzi.subarray(0, 30) }, /g\.fa\.gz\.gzi is not a \.gzi index/],
    ['an empty .gzi', { '/g.fa.gz.gzi': Buffer.alloc(0) }, /g\.fa\.gz\.gzi is not a \.gzi index/],
    ['a .gzi that counts too much', { '/g.fa.gz.gzi': Buffer.alloc(24, 0xff) }, /is not a \.gzi index/],
    ['a .gzi that goes back', { '/g.fa.gz.gzi': Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.alloc(32, 1)]) }, /is damaged: entry \d of 2/],
    ['a page in place of a .fai', { '/g.fa.gz.fai': Buffer.from('<html>\n<body>moved</body>') }, /line 1 of .*g\.fa\.gz\.fai is not one of a FASTA index/],
    ['a .fai with lines of a million bytes', { '/g.fa.gz.fai': Buffer.from('chr1\t200000\t17\t1\t1000000\n') }, /line 1 of .* is not one of a FASTA index/],
    ['a .fai of other lines', { '/g.fa.gz.fai': Buffer.from('chr1\t200000\t16\t70\t71\n') }, /does not fit its \.fai at chr1:190000-190099/],
    ['a .fai of a file with a longer header', { '/g.fa.gz.fai': Buffer.from('chr1\t200000\t20\t60\t61\n') }, /does not fit its \.fai at chr1:190000-190099/],
    ['a .fai of a longer file', { '/g.fa.gz.fai': Buffer.from('chr1\t900000\t16\t60\t61\n') }, /does not fit|ends before/],
  ])('%s', async (_name, files, message) => {
    for (const [path, content] of Object.entries(files)) server.files.set(path, content);
    const where = message.source.includes('ends before') ? 800_000 : FROM;
    await expect(read('/g.fa.gz', where, where + 99)).rejects.toMatchObject({
      errorName: 'Pavi.GenomeUnavailable', exitCode: 64, message: expect.stringMatching(message),
    });
  });

  test('in a plain file too, as far as it can be', async () => {
    server.files.set('/p.fa', Buffer.concat([Buffer.from('>chr1 more words\n'), PLAIN.fasta]));
    await expect(read('/p.fa')).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining('does not fit its .fai') });
    server.files.set('/p.fa', PLAIN.fasta.subarray(0, 1000));
    await expect(new Genomes({ policy: new UrlPolicy({ allowLocal: true, sources: [] }) }).open(`${server.url}/p.fa`).then((genome) => genome.read('chr1', 900, 1100)))
      .rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining('ends before its index says') });
  });
});

describe('an index that cannot be had is named', () => {
  test.each([['/g.fa.gz.fai'], ['/g.fa.gz.gzi']])('%s', async (path) => {
    server.files.delete(path);
    await expect(read()).rejects.toMatchObject({
      errorName: 'Pavi.GenomeUnavailable',
      exitCode: 64,
      message: expect.stringMatching(new RegExp(`^the genome's index cannot be had: .*${path.replaceAll('.', '\\.')} cannot be read: the server answered 404; a FASTA file needs`)),
    });
    // Without a .gzi, the first bytes say whether one is needed.
    expect(fastaRequests()).toBe(path.endsWith('.gzi') ? 1 : 0);
  });

  test('one of any size is not read', async () => {
    let sent = 0;
    server.fault = ({ path }, response) => {
      if (!path.endsWith('.fai')) return undefined;
      response.writeHead(200);
      const chunk = Buffer.alloc(1024 * 1024, 'A');
      const pour = () => { while (!response.destroyed && response.write(chunk)) sent += 1; };
      response.on('drain', pour);
      pour();
      return 'answered';
    };
    genomes = new Genomes({ policy: new UrlPolicy({ allowLocal: true, sources: [] }) });
    await expect(read()).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining('more than the 67108864 bytes that may be read') });
    expect(sent).toBeLessThan(200);
  });
});

test('closing the genomes ends what is being read', async () => {
  await read();
  server.fault = () => 'answered';
  const reading = read('/g.fa.gz', 1, 10);
  const opening = genomes.open(`${server.url}/other.fa`);
  while (server.asked.length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
  genomes.close();
  await expect(reading).rejects.toThrow();
  await expect(opening).rejects.toThrow();
  expect(server.asked).toHaveLength(5);
});

/** Each block's place (0) or contents (8) one byte later, but for the blocks in the rest. */
function moved(gzi: Buffer, field: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.concat([gzi, rest]);
  for (let at = 8 + field; at < gzi.length; at += 16) bytes.writeBigUInt64LE(bytes.readBigUInt64LE(at) + 1n, at);
  return bytes;
}
