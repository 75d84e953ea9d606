import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect } from '../../../worker/commands/collect';
import { Metrics } from '../../../worker/metrics';
import { WorkerError } from '../../../worker/worker-error';
import { fc } from '../../support/fast-check';

jest.mock('../../../worker/log');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pavi-collect-'));
  mkdirSync(join(root, 'in'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const aligned = (rows: Readonly<Record<string, string>>) =>
  `CLUSTAL O(1.2.4) multiple sequence alignment\n\n\n${Object.entries(rows).map(([name, row]) => `${name}      ${row}\t9\n`).join('')}          ***\n`;

async function collected(files: Readonly<Record<string, string>>, alignment: string): Promise<string> {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, 'in', name), content);
  writeFileSync(join(root, 'x.aln'), alignment);
  const metrics: Metrics = {};
  const options = { inputDir: join(root, 'in'), alignment: join(root, 'x.aln'), output: join(root, 'out.json') };
  await collect(options, new AbortController().signal, metrics);
  const text = readFileSync(join(root, 'out.json'), 'utf8');
  expect(metrics.SeqInfoRecords).toBe(Object.keys(JSON.parse(text)).length);
  return text;
}

const failureOf = async (work: Promise<unknown>) => work.then(() => { throw new Error('it did not fail'); }, (error) => error);
const variant = (start: number, end: number) => `{"variant_id": "v", "seq_start_pos": ${start}, "seq_end_pos": ${end}}`;

test('files are merged in the byte order of their names, and an error stays as it is', async () => {
  expect(await collected({
    'x-seqinfo.json': '{"x": {}}',
    'x-q-seqinfo.json': '{"x-q_ref": {}, "x-q_a": {"error": "no \\"way\\": {gène}"}}',
    'B-seqinfo.json': '{"B": {}}',
    'x.1-seqinfo.json': '{"x.1": {}}',
  }, aligned({ x: 'MKV' }))).toBe('{"B": {}, "x-q_ref": {}, "x-q_a": {"error": "no \\"way\\": {g\\u00e8ne}"}, "x": {}, "x.1": {}}');
});

test('positions go last into each variant', async () => {
  expect(await collected({ '1-seqinfo.json': `{"a": {"embedded_variants": [${variant(1, 2)}, ${variant(3, 4)}]}, "b": {"embedded_variants": []}}` },
    aligned({ a: '-M-KV--', b: 'MMMMMMM' }))).toBe('{"a": {"embedded_variants": ['
    + '{"variant_id": "v", "seq_start_pos": 1, "seq_end_pos": 2, "alignment_start_pos": 2, "alignment_end_pos": 4}, '
    + '{"variant_id": "v", "seq_start_pos": 3, "seq_end_pos": 4, "alignment_start_pos": 5, "alignment_end_pos": 6}]}, "b": {"embedded_variants": []}}');
});

test('names that are numbers, or words of JavaScript, or of the file itself, keep their order and their places', async () => {
  const names = ['b', '10', '2', '__proto__', 'constructor', 'variant_id', '1', 'embedded_variants', 'a.*', '"q"', '\\d'];
  const seqInfo = `{${names.map((name) => `${JSON.stringify(name)}: {"embedded_variants": [${variant(1, 1)}]}`).join(', ')}}`;
  const text = await collected({ '1-seqinfo.json': seqInfo }, aligned(Object.fromEntries(names.map((name) => [name, '-M']))));
  expect([...text.matchAll(/("(?:[^"\\]|\\.)*"): \{"embedded/g)].map(([, name]) => JSON.parse(name) as string)).toEqual(names);
  expect(text.match(/"alignment_start_pos": 2/g)).toHaveLength(names.length);
});

test('a record in two files keeps its first place, with what was said last', async () => {
  expect(await collected({ '1-seqinfo.json': '{"r": {}, "a": {}}', '2-seqinfo.json': '{"r": {"error": "x"}, "b": {}}' }, aligned({ a: 'M' })))
    .toBe('{"r": {"error": "x"}, "a": {}, "b": {}}');
});

test.each([
  ['no files', {}, /has no files \*-seqinfo.json; run retrieve first/, 64],
  ['a file that is no JSON', { '1-seqinfo.json': '{"a":' }, /1-seqinfo.json is not a seq info file: /, 70],
  ['a list', { '1-seqinfo.json': '[]' }, /is not a seq info file: it is not an object/, 70],
  ['null', { '1-seqinfo.json': 'null' }, /is not a seq info file: it is not an object/, 70],
  ['a record that is none', { '1-seqinfo.json': '{"a": 1}' }, /is not a seq info file: the record a is not one/, 70],
  ['variants that are none', { '1-seqinfo.json': '{"a": {"embedded_variants": 7}}' }, /the record a is not one/, 70],
  ['a record that is not aligned', { '1-seqinfo.json': `{"z": {"embedded_variants": [${variant(1, 1)}]}}` }, /z is not in the alignment/, 70],
  ['a position that is not there', { '1-seqinfo.json': `{"a": {"embedded_variants": [${variant(0, 1)}]}}` }, /position 0 of a is not in the alignment/, 70],
])('fails for %s', async (_what, files, message, exitCode) => {
  const error = await failureOf(collected(files as Record<string, string>, aligned({ a: 'MKV' })));
  expect(error.message).toMatch(message);
  expect(error.exitCode).toBe(exitCode);
});

test('a missing alignment is told by its place', async () => {
  writeFileSync(join(root, 'in', '1-seqinfo.json'), '{"a": {}}');
  const options = { inputDir: join(root, 'in'), alignment: join(root, 'none.aln'), output: join(root, 'out.json') };
  expect((await failureOf(collect(options, new AbortController().signal, {}))).message).toMatch(/none.aln cannot be read: ENOENT/);
});

describe('whatever the files hold', () => {
  const numRuns = process.env.PAVI_LONG_TESTS === '1' ? 5000 : 60;

  test('every record of any names and texts keeps its order, and comes out as Python would write it', async () => {
    const records = fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' })), { selector: ([name]) => name, minLength: 1 });
    await fc.assert(fc.asyncProperty(records, async (all) => {
      const text = `{${all.map(([name, error]) => `${JSON.stringify(name)}: {"error": ${JSON.stringify(error)}}`).join(', ')}}`;
      const out = await collected({ '1-seqinfo.json': text }, aligned({ a: 'M' }));
      expect(out).toMatch(/^[ -~]*$/);
      expect([...out.matchAll(/("(?:[^"\\]|\\.)*"): \{"error": ("(?:[^"\\]|\\.)*")\}/g)].map(([, name, error]) => [JSON.parse(name), JSON.parse(error)])).toEqual(all);
    }), { numRuns });
  });

  test('any other JSON, and what is none, ends in an error with a name, or in a result', async () => {
    const text = fc.oneof(fc.json(), fc.string(), fc.json().map((json) => `{"a": {"embedded_variants": ${json}}}`), fc.json().map((json) => `{"a": ${json}}`));
    await fc.assert(fc.asyncProperty(text, async (content) => {
      await collected({ '1-seqinfo.json': content }, aligned({ a: 'MKV' })).catch((error: unknown) => expect(error).toBeInstanceOf(WorkerError));
    }), { numRuns });
  });
});
