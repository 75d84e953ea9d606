import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damage, damaged, tries } from './damage';
import { Genomes } from '../../../worker/genome/genomes';
import { UrlPolicy } from '../../../worker/net/url-policy';
import { WorkerError } from '../../../worker/worker-error';
import { fc } from '../../support/fast-check';
import { bgzipGenome, plainGenome, randomBases } from '../genome/genome-files';
import { WorkerProgram } from '../support/worker-program';

// Whatever the bytes of a genome's files are: no hang, no crash, and of damaged compressed files never wrong bases.

const SEQUENCES = { chr1: randomBases(5000, 3), empty: '', chr2: randomBases(777, 4) };
const COMPRESSED = bgzipGenome(SEQUENCES, { blockBytes: 1000 });
const PLAIN = plainGenome(SEQUENCES);
const FILES = { 'g.fa.gz': COMPRESSED.fasta, 'g.fa.gz.fai': COMPRESSED.fai, 'g.fa.gz.gzi': COMPRESSED.gzi, 'p.fa': PLAIN.fasta, 'p.fa.fai': PLAIN.fai };

type Name = keyof typeof FILES;

const region = fc.tuple(fc.constantFrom<keyof typeof SEQUENCES>('chr1', 'chr2'), fc.integer({ min: 1, max: 777 }), fc.integer({ min: 1, max: 777 }))
  .map(([name, a, b]) => ({ name, start: Math.min(a, b), end: Math.max(a, b) }));
const wound = fc.tuple(fc.constantFrom(...Object.keys(FILES) as Name[]), damage);

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'pavi-genome-fuzz-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => { jest.spyOn(process.stdout, 'write').mockReturnValue(true); });
afterEach(() => jest.restoreAllMocks());

test('reading them ends in bases or in an error of the contract', async () => {
  let wrong = 0;
  let refused = 0;
  await fc.assert(fc.asyncProperty(wound, region, async ([hurt, wounds], { name, start, end }) => {
    for (const [file, content] of Object.entries(FILES)) writeFileSync(join(folder, file), file === hurt ? damaged(content, wounds) : content);
    const genomes = new Genomes({ policy: new UrlPolicy({ allowLocal: true, sources: [] }), baseFolder: folder });
    try {
      const bases = await (await genomes.open(hurt.startsWith('g') ? 'file://g.fa.gz' : 'file://p.fa')).read(name, start, end);
      expect(bases).toMatch(/^[A-Za-z*.-]*$/);
      expect(bases).toHaveLength(end - start + 1);
      if (bases !== SEQUENCES[name].slice(start - 1, end)) {
        wrong += 1;
        // Checksums guard the compressed file itself; what an index says of a whole file's places, or a letter of a plain one, nothing does.
        expect(hurt).not.toBe('g.fa.gz');
      }
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      refused += 1;
      expect(error.errorName).toMatch(/^Pavi\.(GenomeUnavailable|ReferenceSequenceFailed)$/);
      expect(error.exitCode).toBe(64);
    } finally {
      genomes.close();
    }
  }), { numRuns: tries(400), interruptAfterTimeLimit: 500_000, markInterruptAsFailure: true });
  expect(refused).toBeGreaterThan(tries(400) / 5);
  expect(wrong).toBeLessThan(tries(400) / 10);
}, 600_000);

test('the command leaves an error file for each entry that fails, and the others are made', async () => {
  const worker = new WorkerProgram();
  try {
    const entries = fc.sample(fc.tuple(wound, region), tries(100)).map(([[hurt, wounds], { name, start, end }], index) => {
      const beside = join(folder, `${index}`);
      mkdirSync(beside);
      for (const [file, content] of Object.entries(FILES)) writeFileSync(join(beside, file), file === hurt ? damaged(content, wounds) : content);
      return {
        unique_entry_id: `e${index}`,
        base_seq_name: 'n',
        seq_id: name,
        exon_seq_regions: [{ start, end }],
        cds_seq_regions: [{ start, end, frame: 0 }],
        fasta_file_url: `file://${index}/${hurt.startsWith('g') ? 'g.fa.gz' : 'p.fa'}`,
      };
    });
    writeFileSync(join(folder, 'input.json'), JSON.stringify(entries));
    const output = join(folder, 'out');
    const { code, stderr } = await worker.run(['retrieve', '--input', join(folder, 'input.json'), '--output-dir', output, '--keep-going', '--allow-local']);
    expect([code, stderr]).toEqual([64, '']);
    const made = new Set(readdirSync(output));
    const failed = new Set(readdirSync(join(output, 'errors')));
    for (const { unique_entry_id: id } of entries) {
      expect([id, made.has(`${id}-protein.fa`), made.has(`${id}-seqinfo.json`)]).toEqual([id, !failed.has(`${id}.json`), !failed.has(`${id}.json`)]);
    }
    for (const name of failed) {
      expect(JSON.parse(readFileSync(join(output, 'errors', name), 'utf8'))).toMatchObject({
        error: expect.stringMatching(/^Pavi\.(GenomeUnavailable|ReferenceSequenceFailed)$/), entry: name.replace('.json', ''), message: expect.stringMatching(/.{20}/),
      });
    }
    expect(failed.size).toBeGreaterThan(entries.length / 10);
    expect(failed.size).toBeLessThan(entries.length);
  } finally {
    worker.remove();
  }
}, 600_000);
