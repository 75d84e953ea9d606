import { Readable } from 'node:stream';
import { alignmentColumns, alignmentShape } from '../../../worker/alignment/clustal-format';
import { WorkerError } from '../../../worker/worker-error';
import { fc } from '../../support/fast-check';

const HEADER = 'CLUSTAL O(1.2.4) multiple sequence alignment\n\n\n';
const BLOCK = 60;
const LONG = process.env.PAVI_LONG_TESTS === '1';

/** As Clustal Omega writes it with --resno. */
function clustal(rows: Readonly<Record<string, string>> | readonly (readonly [string, string])[], lineEnd = '\n'): string {
  const records = Array.isArray(rows) ? rows as (readonly [string, string])[] : Object.entries(rows);
  const columns = records[0][1].length;
  const width = Math.max(...records.map(([name]) => name.length)) + 6;
  const residues = new Map<string, number>();
  let text = HEADER;
  for (let start = 0; start < columns; start += BLOCK) {
    for (const [name, row] of records) {
      const part = row.slice(start, start + BLOCK);
      residues.set(name, (residues.get(name) ?? 0) + part.replace(/-/g, '').length);
      text += `${name.padEnd(width)}${part}\t${residues.get(name)}\n`;
    }
    text += `${' '.repeat(width)}${'*:. '.repeat(BLOCK / 4).slice(0, Math.min(BLOCK, columns - start))}\n\n`;
  }
  return text.replace(/\n/g, lineEnd);
}

async function columnsOf(text: string, wanted: Readonly<Record<string, readonly number[]>> | Map<string, Set<number>>) {
  const map = wanted instanceof Map ? wanted : new Map(Object.entries(wanted).map(([name, positions]) => [name, new Set(positions)]));
  const found = await alignmentColumns(Readable.from([Buffer.from(text)]), 'x.aln', map);
  return Object.fromEntries([...found].map(([name, columns]) => [name, Object.fromEntries(columns)]));
}

describe('the column of a position', () => {
  test('is that of the residue, gaps counted', async () => {
    expect(await columnsOf(clustal({ a: '--MK-V--', b: 'MMMMMMMM' }), { a: [1, 2, 3], b: [8] })).toEqual({ a: { 1: 3, 2: 4, 3: 6 }, b: { 8: 8 } });
  });

  test('goes on over the blocks', async () => {
    const row = `${'-'.repeat(50)}${'M'.repeat(10)}${'-'.repeat(60)}${'K'.repeat(7)}---`;
    expect(await columnsOf(clustal({ a: row, b: 'W'.repeat(130) }), { a: [1, 10, 11, 17, 18] })).toEqual({ a: { 1: 51, 10: 60, 11: 121, 17: 127, 18: 128 } });
  });

  test('one past the end: the column after the last residue where a gap follows, else the last one', async () => {
    const text = clustal({ a: 'MK--', b: 'MKVL' });
    expect(await columnsOf(text, { a: [3], b: [5] })).toEqual({ a: { 3: 3 }, b: { 5: 4 } });
  });

  test.each([0, -1, 4, 1.5, NaN, undefined])('%s is not in the alignment', async (position) => {
    await expect(columnsOf(clustal({ a: 'MK--', b: 'MKVL' }), { a: [position as number] })).rejects
      .toThrow(`position ${position} of a is not in the alignment`);
  });

  test('a record with nothing but gaps has only its end', async () => {
    expect(await columnsOf(clustal({ a: '----', b: 'MKVL' }), { a: [1] })).toEqual({ a: { 1: 1 } });
  });
});

describe('a record', () => {
  test.each([
    '7', '007', '1e3', 'a.b', 'a*', '(x)|[y]', '^$', '\\d+', '***', '*:.', '-', '---', 'CLUSTAL', '>a', '#', '//', '__proto__', 'constructor', 'a'.repeat(127), 'gène',
    'x_ref', '\u{1F9EC}',
  ])('may be named %s', async (name) => {
    const wanted = new Map([[name, new Set([2])]]);
    expect(await alignmentColumns(Readable.from(clustal([[name, '-MK'], ['other', 'MMM']])), 'x', wanted)).toEqual(new Map([[name, new Map([[2, 3]])]]));
  });

  test('whose row looks like a line of marks is read, and a line of marks is not', async () => {
    const text = `${HEADER}***   MKV\t3\nb     MKV\t3\n      ***\n`;
    expect(await columnsOf(text, { '***': [1], 'b': [3] })).toEqual({ '***': { 1: 1 }, 'b': { 3: 3 } });
  });

  test('with a long name is found by what Clustal Omega keeps of it', async () => {
    expect(await columnsOf(clustal({ ['é'.repeat(63)]: '-MK', ['a'.repeat(127)]: 'M-K' }).replace(/é+/, `${'é'.repeat(63)}\uFFFD`),
      { ['é'.repeat(90)]: [2], ['a'.repeat(300)]: [2] })).toEqual({ ['é'.repeat(90)]: { 2: 3 }, ['a'.repeat(300)]: { 2: 3 } });
  });

  test('that is not there is named', async () => {
    await expect(columnsOf(clustal({ a: 'MK', b: 'MK' }), { c: [1], a: [1], d: [1] })).rejects
      .toMatchObject({ message: expect.stringMatching(/^c is not in the alignment x.aln; /), found: ['c', 'd'] });
  });
});

describe('the file', () => {
  test('may have Windows line ends, and none at its end', async () => {
    const text = clustal({ a: `${'-'.repeat(70)}M`, b: 'K'.repeat(71) }, '\r\n');
    expect(await columnsOf(text, { a: [1] })).toEqual({ a: { 1: 71 } });
    expect(await columnsOf(clustal({ a: '-M', b: 'KK' }).trimEnd(), { a: [1] })).toEqual({ a: { 1: 2 } });
  });

  test('may have rows without residue numbers', async () => {
    expect(await columnsOf(clustal({ a: '-MK', b: 'MMM' }).replace(/\t\d+/g, ''), { a: [2] })).toEqual({ a: { 2: 3 } });
  });

  test.each([['', 'an empty file'], ['>a\nMKV\n', '>a'], ['{"a": {}}', '{"a": {}}']])('that is no alignment is refused: %j', async (text, found) => {
    await expect(columnsOf(text, {})).rejects.toMatchObject({ message: expect.stringMatching(/^x.aln is not an alignment in Clustal format/), found });
  });

  test('that broke off is noticed', async () => {
    const text = clustal({ a: 'M'.repeat(130), b: 'K'.repeat(130) });
    const cut = text.slice(0, text.lastIndexOf('b '));
    await expect(columnsOf(cut, { a: [1] })).rejects.toThrow(/x.aln is damaged: the row of b is shorter than others/);
  });

  test('whose transfer fails is told so', async () => {
    const broken = new Readable({ read() { this.push(clustal({ a: 'M', b: 'K' })); this.destroy(new Error('the disk is gone')); } });
    await expect(alignmentColumns(broken, 'x.aln', new Map())).rejects.toThrow('x.aln cannot be read: the disk is gone');
  });

  test('has a shape', async () => {
    expect(await alignmentShape(Readable.from(clustal({ a: '-M'.repeat(100), b: 'K'.repeat(200), c: 'W'.repeat(200) })), 'x')).toEqual({ sequences: 3, columns: 200 });
    expect(await alignmentShape(Readable.from(HEADER), 'x')).toEqual({ sequences: 0, columns: 0 });
  });
});

describe('whatever comes', () => {
  const name = fc.stringMatching(/^[!-~]{1,12}$/);
  const rows = fc.tuple(fc.integer({ min: 1, max: 150 }), fc.uniqueArray(name, { minLength: 1, maxLength: 6 })).chain(([columns, names]) => fc.tuple(
    ...names.map((one) => fc.tuple(fc.constant(one), fc.string({ unit: fc.constantFrom('-', 'M', 'K', 'V'), minLength: columns, maxLength: columns })))));

  test('every residue of any alignment is found where it is', async () => {
    await fc.assert(fc.asyncProperty(rows, async (records) => {
      const residuesOf = (row: string) => [...row].flatMap((residue, index) => residue === '-' ? [] : [index + 1]);
      const wanted = new Map(records.map(([one, row]) => [one, new Set(residuesOf(row).map((_, index) => index + 1))]));
      const found = await alignmentColumns(Readable.from(clustal(records)), 'x', wanted);
      for (const [one, row] of records) expect([...found.get(one)!.values()]).toEqual(residuesOf(row));
    }), { numRuns: LONG ? 5000 : 100 });
  });

  test('a damaged file ends in an error of the worker, or in a result, and never hangs', async () => {
    await fc.assert(fc.asyncProperty(rows, fc.array(fc.tuple(fc.nat(5000), fc.nat(60), fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 4 }), async (records, edits) => {
      let text = clustal(records);
      for (const [at, length, put] of edits) text = text.slice(0, at) + put + text.slice(at + length);
      const wanted = new Map(records.map(([one]) => [one, new Set([1, 2, 50])]));
      await alignmentColumns(Readable.from([Buffer.from(text)]), 'x', wanted).catch((error: unknown) => expect(error).toBeInstanceOf(WorkerError));
    }), { numRuns: LONG ? 20_000 : 300 });
  });

  test('bytes of any kind do not break it', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), async (bytes, headed) => {
      const content = Buffer.concat([Buffer.from(headed ? HEADER : ''), Buffer.from(bytes)]);
      await alignmentShape(Readable.from([content]), 'x').catch((error: unknown) => expect(error).toBeInstanceOf(WorkerError));
    }), { numRuns: LONG ? 20_000 : 300 });
  });
});
