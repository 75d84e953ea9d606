import { AlignmentModel } from '../../../cli/report/page/alignment-model';
import { CLUSTALX_COLOURS, clustalxColour } from '../../../cli/report/page/clustalx';

const [NONE, BLUE, RED, GREEN, PINK, MAGENTA, ORANGE, YELLOW, CYAN] = CLUSTALX_COLOURS;

/** The colour of the first row's residue in a column of these residues. */
function colourIn(column: string): string {
  const shares: Record<string, number> = {};
  for (const residue of column) shares[residue] = (shares[residue] ?? 0) + 1 / column.length;
  return CLUSTALX_COLOURS[clustalxColour(column[0], shares)];
}

test.each([
  ['LIVMA', BLUE, 'hydrophobic among its like'], ['LDNSK', NONE, 'hydrophobic alone'], ['LIVDDDDD', NONE, 'hydrophobic, but not more than 60 %'],
  ['KRKKE', RED, 'basic among its like'], ['KDDDD', NONE, 'basic among acids'], ['EQEQA', MAGENTA, 'E with Q'], ['DEDEA', MAGENTA, 'D with E'], ['DKKKK', MAGENTA, 'D where bases are'],
  ['NNNAA', GREEN, 'N with N'], ['NAAAA', NONE, 'N alone'], ['SLLLL', GREEN, 'S among hydrophobic ones'], ['TSTKD', GREEN, 'T with S'],
  ['CCCCCCCC', PINK, 'C in a column of C'], ['CLLLL', BLUE, 'C among hydrophobic ones'], ['GDDDD', ORANGE, 'any G'], ['PDDDD', YELLOW, 'any P'],
  ['HLLLL', CYAN, 'H among hydrophobic ones'], ['YKKKK', NONE, 'Y among bases'], ['XXXXX', NONE, 'an unknown residue'],
])('Clustal X colours %s as it should: %s, %s', (column, colour, _why) => {
  expect(colourIn(column)).toBe(colour);
});

const model = new AlignmentModel({
  rows: [{ name: 'a', residues: 'MK-L' }, { name: 'b', residues: 'MKAL' }, { name: 'c', residues: 'mRAI' }],
  conservation: '*: .',
  variants: [{ record: 'b', id: 'v1', columns: [2, 3] }, { record: 'a', id: 'v2', columns: [4, 4] }, { record: 'missing', id: 'v3', columns: [1, 1] }, { record: 'c', id: 'v4', columns: [0, 0] }],
});

test('a place is told in words: record, column, residue, position, identity and variants', () => {
  expect(model.describe(1, 1)).toBe('b · column 2 of 4 · K (lysine), residue 2 · identity 67 % · variant v1');
  expect(model.describe(0, 2)).toBe('a · column 3 of 4 · gap after residue 2 · identity 67 %');
  expect(model.describe(2, 3)).toBe('c · column 4 of 4 · I (isoleucine), residue 4 · identity 67 %');
});

test('gaps are never coloured, lower case counts as upper case, and identity colours the commonest residue alone', () => {
  expect(model.colour('clustalx', 0, 2)).toBe('');
  expect(model.identity(0)).toBeCloseTo(1);
  expect(model.colour('identity', 2, 0)).toBe('#6464ff');
  expect(model.colour('identity', 0, 1)).toBe('#9999ff');
  expect(model.colour('identity', 2, 1)).toBe('');
  expect(model.colour('none', 0, 0)).toBe('');
});

test('variants stand from left to right; one without a row or a column has no place', () => {
  expect(model.variantPlaces()).toEqual([{ row: 1, column: 1 }, { row: 0, column: 3 }]);
});
