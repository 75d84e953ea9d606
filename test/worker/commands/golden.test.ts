import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkerProgram } from '../support/worker-program';

const GOLDEN = join(__dirname, '../../data/golden');
const SUMMED_POSITIONS = ['alignment_start_pos', 'alignment_end_pos'];

let worker: WorkerProgram;
let root: string;
beforeAll(() => {
  worker = new WorkerProgram();
  root = mkdtempSync(join(tmpdir(), 'pavi-golden-'));
  mkdirSync(join(root, 'sequences'));
  const records = readFileSync(join(GOLDEN, 'alignment-input.fa'), 'utf8').split(/^(?=>)/m);
  records.forEach((record, index) => writeFileSync(join(root, 'sequences', `${100 + index}-protein.fa`), record));
  const seqInfo = Object.entries(JSON.parse(readFileSync(join(GOLDEN, 'aligned_seq_info.json'), 'utf8')));
  seqInfo.forEach(([name, info], index) => {
    const text = JSON.stringify({ [name]: info }, (key, value) => SUMMED_POSITIONS.includes(key) ? undefined : value);
    writeFileSync(join(root, 'sequences', `${100 + index}-seqinfo.json`), text);
  });
});
afterAll(() => {
  worker.remove();
  rmSync(root, { recursive: true, force: true });
});

test.each([1, 2])('align gives PAVI\'s alignment to the byte, with %d thread(s)', async (threads) => {
  const output = join(root, `threads-${threads}`, 'alignment-output.aln');
  const end = await worker.run(['align', '--input-dir', join(root, 'sequences'), '--output', output, '--threads', String(threads)]);
  expect(end.code).toBe(0);
  expect(readFileSync(output).equals(readFileSync(join(GOLDEN, 'alignment-output.aln')))).toBe(true);
  expect(end.metrics).toMatchObject({ Step: 'align', Failures: 0, AlignmentSequences: 7, AlignmentColumns: 1265 });
  expect(readdirSync(worker.temporary)).toEqual([]);
});

test('collect gives PAVI\'s seq info to the byte', async () => {
  const output = join(root, 'results', 'aligned_seq_info.json');
  const end = await worker.run([
    'collect', '--input-dir', join(root, 'sequences'), '--alignment', join(GOLDEN, 'alignment-output.aln'), '--output', output,
  ]);
  expect(end.code).toBe(0);
  expect(readFileSync(output, 'utf8')).toBe(readFileSync(join(GOLDEN, 'aligned_seq_info.json'), 'utf8'));
  expect(end.metrics).toMatchObject({ Step: 'collect', Failures: 0 });
});
