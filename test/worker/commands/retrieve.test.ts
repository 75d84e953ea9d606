import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bgzipGenome, plainGenome, randomBases } from '../genome/genome-files';
import { RangeServer, startRangeServer } from '../genome/range-server';
import { WorkerEnd, WorkerProgram } from '../support/worker-program';
import { serveVariants } from '../variant/variant-api-server';

// The retrieve command as a process: its range of entries, what it asks for, what it may not read, how it ends.

const CODING = `ATG${'GCC'.repeat(30)}TAA`;
const GENE = `${'C'.repeat(50)}${CODING}${'C'.repeat(50)}`;
const PROTEIN = `M${'A'.repeat(30)}`;

let worker: WorkerProgram;
let server: RangeServer;
let folder: string;

beforeAll(async () => {
  worker = new WorkerProgram();
  server = await startRangeServer();
});
afterAll(async () => {
  worker.remove();
  await server.close();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pavi-retrieve-'));
  server.files.clear();
  server.asked.length = 0;
  server.fault = undefined;
  server.latencyMs = 0;
  const { fasta, fai } = plainGenome({ chr1: GENE });
  server.files.set('/g.fa', fasta).set('/g.fa.fai', fai);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (id: string, fields: object = {}) => ({
  unique_entry_id: id,
  base_seq_name: id,
  seq_id: 'chr1',
  exon_seq_regions: [`1..${GENE.length}`],
  cds_seq_regions: [{ start: 51, end: 146, frame: 0 }],
  fasta_file_url: `${server.url}/g.fa`,
  ...fields,
});

function retrieve(entries: readonly object[], ...options: string[]): Promise<WorkerEnd> {
  writeFileSync(join(folder, 'in.json'), JSON.stringify(entries));
  return worker.run(['retrieve', '--input', join(folder, 'in.json'), '--output-dir', join(folder, 'out'), ...options]);
}

const made = () => (existsSync(join(folder, 'out')) ? readdirSync(join(folder, 'out')).filter((name) => name !== 'errors').sort() : []);
const filesOf = (...ids: string[]) => ids.flatMap((id) => [`${id}-protein.fa`, `${id}-seqinfo.json`]).sort();
const text = (name: string) => readFileSync(join(folder, 'out', name), 'utf8');
const report = (name: string) => JSON.parse(text(`errors/${name}.json`)) as Record<string, unknown>;

describe('of the input', () => {
  test('a range of entries is made, both ends included', async () => {
    const entries = ['a', 'b', 'c', 'd'].map((id) => entry(id));
    expect((await retrieve(entries, '--allow-local', '--from', '1', '--to', '2')).code).toBe(0);
    expect(made()).toEqual(filesOf('b', 'c'));
    expect((await retrieve(entries, '--allow-local', '--from', '3')).code).toBe(0);
    expect((await retrieve(entries, '--allow-local', '--to', '0')).code).toBe(0);
    expect(made()).toEqual(filesOf('a', 'b', 'c', 'd'));
    expect(text('a-protein.fa')).toBe(`>a\n${PROTEIN}\n`);
    expect(text('a-seqinfo.json')).toBe('{"a": {}}');
  });

  test('entries outside of the range are checked too', async () => {
    expect((await retrieve([entry('a'), entry('b', { seq_strand: '*' })], '--allow-local', '--to', '0')).code).toBe(64);
    expect(report('retrieve')).toMatchObject({ error: 'Pavi.InvalidInput', entry: null, message: expect.stringMatching(/^1 problem: seq_regions\[1\] \(b\): seq_strand/) });
    expect(made()).toEqual([]);
  });

  test.each([
    [['--from', '4'], /no entries 4 to 3/], [['--from', '2', '--to', '1'], /no entries 2 to 1/], [['--to', '4'], /no entries 0 to 4/],
    [['--expect-count', '3'], /has 4 entries, and the run was started with input_count 3/], [['--variant-api-url', 'here'], /--variant-api-url is not a web address/],
    [['--genome-source', 'example.org'], /--genome-source must be the beginning of a URL/],
  ])('%j is refused', async (options, message) => {
    expect((await retrieve(['a', 'b', 'c', 'd'].map((id) => entry(id)), '--allow-local', ...options)).code).toBe(64);
    expect(report('retrieve')).toMatchObject({ error: 'Pavi.InvalidInput', entry: null, message: expect.stringMatching(message) });
    expect(server.asked).toEqual([]);
  });

  test('every id is a file name, and nothing else', async () => {
    const ids = ['.', '..', '-', '_', '...', '-rf', 'CON', 'x'.repeat(128), 'retrieve', 'errors', '__proto__', 'constructor'];
    expect((await retrieve(ids.map((id) => entry(id)), '--allow-local')).code).toBe(0);
    expect(made()).toEqual(filesOf(...ids));
    expect(text('__proto__-seqinfo.json')).toBe('{"__proto__": {}}');
  });
});

describe('when entries fail', () => {
  const bad = (id: string, fields: object = { seq_id: `no-${id}` }) => entry(id, fields);

  test('the first one ends the command, those that were started are made', async () => {
    // Entries are made in the order of the genome, so this one comes first.
    const entries = [bad('a', { seq_id: 'absent' }), ...Array.from({ length: 40 }, (_, index) => entry(`e${index}`))];
    expect((await retrieve(entries, '--allow-local')).code).toBe(64);
    expect(readdirSync(join(folder, 'out/errors'))).toEqual(['a.json']);
    expect(report('a')).toMatchObject({ error: 'Pavi.ReferenceSequenceFailed', entry: 'a', found: 'absent', expected: 'one of chr1' });
    expect(made().length).toBeLessThan(20);
  });

  test('all are tried with --keep-going, and the exit code is that of the first in the input', async () => {
    server.fault = ({ path }, response) => {
      if (!path.startsWith('/busy')) return undefined;
      response.writeHead(503, { 'retry-after': '3600' }).end();
      return 'answered';
    };
    const unavailable = bad('a', { fasta_file_url: `${server.url}/busy.fa` });
    const end = await retrieve([entry('e0'), unavailable, bad('b'), entry('e1')], '--allow-local', '--keep-going');
    expect(end.code).toBe(69);
    expect(end.metrics).toMatchObject({ Entries: 4, Failures: 2 });
    expect(report('a')).toMatchObject({ error: 'Pavi.GenomeUnavailable', entry: 'a' });
    expect(report('b')).toMatchObject({ error: 'Pavi.ReferenceSequenceFailed', entry: 'b' });
    expect(made()).toEqual(filesOf('e0', 'e1'));
    expect((await retrieve([bad('b'), unavailable], '--allow-local', '--keep-going')).code).toBe(64);
  });

  test('their files can go elsewhere', async () => {
    expect((await retrieve([bad('a')], '--allow-local', '--errors', join(folder, 'elsewhere'))).code).toBe(64);
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['a.json']);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});

describe('what it may not read', () => {
  test.each([
    ['http://example.org/g.fa', /may not be read/], ['file:///etc/passwd', /may not be read/], ['file://g.fa', /may not be read/],
    ['https://127.0.0.1/g.fa', /is not on the public internet/], ['https://localhost/g.fa', /is not on the public internet/],
    ['https://0x7f.1/g.fa', /is not on the public internet/], ['https://[::ffff:169.254.169.254]/g.fa', /is not on the public internet/],
    ['https://user:secret@example.org/g.fa', /has a user name or password/], ['https://exa mple.org/g.fa', undefined], ['https://[/g.fa', /is not a URL/],
  ])('%s', async (fasta_file_url, message) => {
    const { code } = await retrieve([entry('a', { fasta_file_url })]);
    expect(code).toBe(64);
    if (message === undefined) expect(report('retrieve')).toMatchObject({ error: 'Pavi.InvalidInput' });
    else expect(report('a')).toMatchObject({ error: 'Pavi.GenomeRefused', entry: 'a', message: expect.stringMatching(message) });
    expect(JSON.stringify(existsSync(join(folder, 'out/errors/a.json')) ? report('a') : {})).not.toContain('secret');
  });

  test('whatever is not one of its genome sources', async () => {
    const sources = ['--genome-source', 'https://example.org/', '--genome-source', `${server.url}/public/`];
    expect((await retrieve([entry('a')], '--allow-local', ...sources)).code).toBe(64);
    expect(report('a')).toMatchObject({ error: 'Pavi.GenomeRefused', expected: ['https://example.org/', `${server.url}/public/`] });
    server.files.set('/public/g.fa', server.files.get('/g.fa')!).set('/public/g.fa.fai', server.files.get('/g.fa.fai')!);
    expect((await retrieve([entry('a', { fasta_file_url: `${server.url}/public/g.fa` })], '--allow-local', ...sources)).code).toBe(0);
  });

  test('local ones are allowed by the environment as well', async () => {
    writeFileSync(join(folder, 'in.json'), JSON.stringify([entry('a')]));
    const args = ['retrieve', '--input', join(folder, 'in.json'), '--output-dir', join(folder, 'out')];
    expect((await worker.run(args, { PAVI_ALLOW_LOCAL: '1' })).code).toBe(0);
    expect((await worker.run(args, { PAVI_ALLOW_LOCAL: '0' })).code).toBe(64);
  });
});

describe('variants', () => {
  test('are looked up once for all entries, and come with inline ones', async () => {
    const api = await serveVariants({ 'chr1:g.60C>T': { location: { chromosome: 'chr1', start: 60, end: 60 }, genomicReferenceSequence: 'G', genomicVariantSequence: 'T' } });
    const inline = { variant_id: 'del', genomic_seq_id: 'chr1', genomic_start_pos: 63, genomic_end_pos: 65, genomic_ref_seq: 'gcc', genomic_alt_seq: null };
    const fields = { variant_ids: ['chr1:g.60C>T', 'chr1:g.60C>T'], variants: [inline], alt_seq_name_suffix: '_x' };
    const end = await retrieve([entry('a', fields), entry('b', fields)], '--allow-local', '--variant-api-url', api.url);
    await api.close();
    expect(end.code).toBe(0);
    expect(end.metrics).toMatchObject({ VariantLookups: 1 });
    expect(api.asked).toEqual(['/api/variant/chr1%3Ag.60C%3ET']);
    expect(text('a-protein.fa')).toBe(`>a_ref\n${PROTEIN}\n>a_x\nMAAS${'A'.repeat(26)}\n`);
    const info = JSON.parse(text('b-seqinfo.json')) as Record<string, { embedded_variants: { variant_id: string }[] }>;
    expect(info.b_x.embedded_variants.map(({ variant_id: id }) => id)).toEqual(['chr1:g.60C>T', 'del']);
  });

  test('that are not known fail their entry, and an inline one that is malformed too', async () => {
    const api = await serveVariants({});
    const malformed = { variant_id: 'v', genomic_seq_id: 'chr1', genomic_start_pos: 9, genomic_end_pos: 8, genomic_ref_seq: 'A', genomic_alt_seq: 'C' };
    const end = await retrieve([entry('a', { variant_ids: ['..'] }), entry('b', { variant_ids: ['x'] }), entry('c', { variants: [malformed] }), entry('d')],
      '--allow-local', '--keep-going', '--variant-api-url', api.url);
    await api.close();
    expect(end.code).toBe(64);
    expect(['a', 'b', 'c'].map((id) => report(id).error)).toEqual(['Pavi.VariantUnavailable', 'Pavi.VariantUnavailable', 'Pavi.InvalidInput']);
    expect(made()).toEqual(filesOf('d'));
  });
});

describe('a large genome', () => {
  /** A billion bases would take the test too long to make; these have blocks of equal content. */
  const sequences = { chr1: randomBases(32_640, 5, 'ACGT').repeat(3000) };

  test('costs one gene six requests and little memory, and fifty genes not much more', async () => {
    const { fasta, fai, gzi } = bgzipGenome(sequences, { lineLength: sequences.chr1.length });
    server.files.set('/large.fa.gz', fasta).set('/large.fa.gz.fai', fai).set('/large.fa.gz.gzi', gzi);
    const gene = (id: string, at: number) => {
      const exons = Array.from({ length: 20 }, (_, exon) => ({ start: at + exon * 5000, end: at + exon * 5000 + 149 }));
      return entry(id, { fasta_file_url: `${server.url}/large.fa.gz`, exon_seq_regions: exons, cds_seq_regions: exons.map((exon) => ({ ...exon, frame: 0 })) });
    };
    const one = await retrieve([gene('one', 50_000_000)], '--allow-local');
    expect(one.code).toBe(0);
    expect(server.asked.length).toBeLessThanOrEqual(6);
    expect(one.metrics!.GenomeRequests).toBe(server.asked.length);
    expect(one.metrics!.GenomeBytes).toBeLessThan(fasta.length / 100);
    expect(one.metrics!.PeakMemory).toBeLessThan(150);

    server.asked.length = 0;
    const fifty = await retrieve(Array.from({ length: 50 }, (_, index) => gene(`g${index}`, 1_000_000 + index * 1_900_000)), '--allow-local');
    expect(fifty.code).toBe(0);
    expect(fifty.metrics!.PeakMemory).toBeLessThan(150);
    const ranges = server.asked.flatMap(({ range }) => (range === undefined ? [] : [range])).sort(([a], [b]) => a - b);
    ranges.slice(1).forEach(([first], index) => expect(first).toBeGreaterThan(ranges[index][1]));
    expect(ranges.length).toBeLessThanOrEqual(200);
  });
});

test('a stop ends it while a server does not answer', async () => {
  server.fault = () => 'answered';
  writeFileSync(join(folder, 'in.json'), JSON.stringify([entry('a')]));
  const running = worker.start(['retrieve', '--input', join(folder, 'in.json'), '--output-dir', join(folder, 'out'), '--allow-local']);
  await running.seen('started');
  while (server.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const stopped = performance.now();
  running.process.kill('SIGTERM');
  expect((await running.ended).code).toBe(143);
  expect(performance.now() - stopped).toBeLessThan(8000);
  expect(made()).toEqual([]);
});
