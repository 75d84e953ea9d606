import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paviPipeline, ROOT, startPaviPipeline } from './support/pavi-pipeline';
import { readableLine } from '../../../cli/here/worker-lines';

const SAMPLE = join(ROOT, 'samples/worm-apl-1/seq_regions.json');
const logOf = (stdout: string) => stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, any>);

let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'pavi-worker-command-')); });
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('the three steps run on files of this machine, with their log on standard output', async () => {
  const steps = [
    ['retrieve', '--input', SAMPLE, '--output-dir', join(root, 'sequences'), '--allow-local'],
    ['align', '--input-dir', join(root, 'sequences'), '--output', join(root, 'alignment-output.aln')],
    ['collect', '--input-dir', join(root, 'sequences'), '--alignment', join(root, 'alignment-output.aln'), '--output', join(root, 'info.json')],
  ];
  for (const args of steps) {
    const end = await paviPipeline(...args);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(logOf(end.stdout).at(-1)).toMatchObject({ event: 'done', command: args[0] });
  }
  expect(readdirSync(root).sort()).toEqual(['alignment-output.aln', 'info.json', 'sequences']);
});

test('check FILE lists every problem in words, one a line, and runs nothing', async () => {
  writeFileSync(join(root, 'input.json'), JSON.stringify([{ unique_entry_id: 'a b' }, 7]));
  const end = await paviPipeline('check', join(root, 'input.json'));
  expect(end.code).toBe(64);
  const lines = end.stderr.trimEnd().split('\n');
  expect(lines[0]).toBe('seq_regions[0]: unique_entry_id must be 1 to 128 letters, digits, ".", "_" or "-", got "a b"');
  expect(lines).toContain('seq_regions[1]: an entry must be an object, got 7');
  expect(lines.at(-1)).toBe(`error: Pavi.InvalidInput: ${lines.length - 1} problems`);
  expect(readdirSync(root)).toEqual(['input.json']);
  expect((await paviPipeline('check', '--input', SAMPLE)).code).toBe(0);
});

test('a failure is told in words, with the worker\'s exit code and its cure', async () => {
  const end = await paviPipeline('retrieve', '--input', SAMPLE, '--output-dir', join(root, 'sequences'));
  expect(end.code).toBe(64);
  expect(end.stderr).toMatch(/^error: Pavi.GenomeRefused: \S+: file:\S+ may not be read\n {2}expected: .*\n {2}found: file:\n {2}--allow-local lets/);
  expect((await paviPipeline('align', '--what')).stderr).toMatch(/^error: Pavi.InvalidInput: align: Unknown option '--what'/);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s stops the worker too', async (signal) => {
  const silent = createServer();
  const asked = new Promise((resolve) => silent.once('request', resolve));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const genome = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/g.fna.gz`;
  writeFileSync(join(root, 'input.json'), JSON.stringify([
    { unique_entry_id: 'a', base_seq_name: 'a', seq_id: 'X', exon_seq_regions: ['1..9'], fasta_file_url: genome },
  ]));
  const { child, ended } = startPaviPipeline('retrieve', '--input', join(root, 'input.json'), '--output-dir', join(root, 'out'), '--allow-local');
  await asked;
  child.kill(signal);
  const end = await ended;
  expect(end.code).toBe(143);
  expect(logOf(end.stdout).at(-1)).toMatchObject({ event: 'stopped', by: signal });
  expect(existsSync(join(root, 'out'))).toBe(false);
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});

describe('a line of the log in words', () => {
  const line = (fields: object) => JSON.stringify({ time: 't', level: 'INFO', command: 'retrieve', ...fields });

  test.each([
    [{ event: 'entry', entry: 'a', records: 1, seconds: 0.25 }, 'a: 1 record, 0.25 s'],
    [{ event: 'joined', files: 3, sequences: 2, duplicates: 1 }, '3 files joined: 2 sequences, 1 more were the same'],
    [{ event: 'aligning', seconds: 30, memoryMegabytes: 12 }, 'aligning for 30 s, 12 MB'],
    [{ event: 'aligned', sequences: 2, columns: 9, output: 'x.aln' }, '2 sequences aligned in 9 columns: x.aln'],
    [{ event: 'collected', records: 2, output: 'x.json' }, '2 records collected: x.json'],
    [{ event: 'checked', input: 'x.json', entries: 1 }, 'x.json: 1 entry, no problems'],
    [{ event: 'checked', input: 'x.json', notLookedAt: 's3://b/k' }, 'x.json: no problems; the entries in s3://b/k were not looked at'],
    [{ event: 'started' }, undefined],
    [{ _aws: {}, Step: 'retrieve', Failures: 0, Duration: 1.5, PeakMemory: 60, GenomeBytes: 30_000, GenomeRequests: 4 },
      'done after 1.50 s, with 60 MB, 30 kB of genomes in 4 requests'],
    [{ _aws: {}, Step: 'check', Failures: 0, Duration: 1.5, PeakMemory: 60 }, undefined],
  ])('%j', (fields, words) => {
    expect(readableLine(line(fields), true)).toBe(words);
    expect(readableLine(line(fields), false)).toBeUndefined();
  });

  test.each(['Segmentation fault', '137', 'null', '"text"', '[1]'])('that the worker did not write is told as it is: %s', (text) => {
    expect(readableLine(text, false)).toBe(text);
    expect(readableLine(text, true)).toBe(text);
  });

  test.each(['constructor', 'an event of another version', 7])('of an event that is not known is not told: %j', (event) => {
    expect(readableLine(line({ event }), true)).toBeUndefined();
  });
});
