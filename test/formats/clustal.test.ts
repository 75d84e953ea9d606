import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AlignmentError, parseClustal } from '../../formats/clustal';
import { alignedRows, clustalText, randomNumbers } from '../cli/report/support/run-on-disk';

const GOLDEN = resolve(__dirname, '../data/golden');

test('a recorded alignment has all its rows whole, and a mark for each column', () => {
  const { program, rows, conservation } = parseClustal(readFileSync(resolve(GOLDEN, 'alignment-output.aln'), 'utf8'));
  expect(program).toBe('CLUSTAL O(1.2.4)');
  // What was aligned, letter by letter.
  const records = readFileSync(resolve(GOLDEN, 'alignment-input.fa'), 'utf8').split('>').slice(1).map((record) => record.split('\n'));
  expect(rows.map(({ name, residues }) => [name, residues.replace(/-/g, '')]).sort()).toEqual(records.map(([name, ...lines]) => [name, lines.join('')]).sort());
  const columns = rows[0].residues.length;
  expect(conservation).toHaveLength(columns);
  // A star says that all rows have the same residue there, and nothing else does.
  const same = [...rows[0].residues].map((residue, column) => residue !== '-' && rows.every(({ residues }) => residues[column] === residue));
  expect([...conservation].map((mark) => mark === '*')).toEqual(same);
});

test('rows and marks come back as they were written', () => {
  const rows = alignedRows(4, 173, randomNumbers(3)).map((residues, row) => ({ name: `name_${row}`, residues }));
  expect(parseClustal(clustalText(rows)).rows).toEqual(rows);
});

test.each([
  ['>a\nMK\n', /must begin with CLUSTAL/], ['CLUSTAL O(1.2.4)\n\na MK 2\nb MKK 3\n', /rows differ in length: a has 2 columns, b 3/], ['CLUSTAL\n\n<b>\n', /line 3 is neither/],
])('what is no alignment is refused: %j', (text, problem) => {
  expect(() => parseClustal(text)).toThrow(AlignmentError);
  expect(() => parseClustal(text)).toThrow(problem);
});
