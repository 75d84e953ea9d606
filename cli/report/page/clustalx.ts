/** The colours of the Clustal X scheme, in the order of their numbers; 0 is none. */
export const CLUSTALX_COLOURS = ['', '#80a0f0', '#f01505', '#15c015', '#f08080', '#c048c0', '#f09048', '#c0c000', '#15a4a4'] as const;

const [BLUE, RED, GREEN, PINK, MAGENTA, ORANGE, YELLOW, CYAN] = [1, 2, 3, 4, 5, 6, 7, 8];

/** More than a share of the column's rows have one of the residues; or one of them alone does, where `each`. */
interface Rule {
  readonly share: number;
  readonly residues: string;
  readonly each?: boolean;
}

const HYDROPHOBIC: Rule = { share: 0.6, residues: 'WLVIMAFCHP' };
const BASIC: Rule = { share: 0.6, residues: 'KR' };

type Colours = readonly (readonly [number, readonly Rule[]])[];

/**
 * Which residues of a column are coloured depends on what else the column has (Clustal X's default colour parameters, as Jalview's help
 * page "ClustalX" gives them): the first colour of which one rule holds.
 */
const SCHEME: Readonly<Record<string, Colours>> = {
  ...each('AILMFWV', [[BLUE, [HYDROPHOBIC]]]),
  ...each('KR', [[RED, [BASIC, { share: 0.8, residues: 'KRQ', each: true }]]]),
  E: [[MAGENTA, [BASIC, { share: 0.5, residues: 'QE' }, { share: 0.85, residues: 'EQD', each: true }]]],
  D: [[MAGENTA, [BASIC, { share: 0.85, residues: 'KRQ', each: true }, { share: 0.5, residues: 'ED' }]]],
  N: [[GREEN, [{ share: 0.5, residues: 'N' }, { share: 0.85, residues: 'NY', each: true }]]],
  Q: [[GREEN, [BASIC, { share: 0.5, residues: 'QE' }, { share: 0.85, residues: 'QEKR', each: true }]]],
  ...each('ST', [[GREEN, [HYDROPHOBIC, { share: 0.5, residues: 'TS' }, { share: 0.85, residues: 'ST', each: true }]]]),
  C: [[PINK, [{ share: 0.85, residues: 'C' }]], [BLUE, [HYDROPHOBIC]]],
  G: [[ORANGE, [{ share: 0, residues: 'G' }]]],
  P: [[YELLOW, [{ share: 0, residues: 'P' }]]],
  ...each('HY', [[CYAN, [HYDROPHOBIC, { share: 0.85, residues: 'WYACPQFHILMV', each: true }]]]),
};

function each(residues: string, colours: Colours): Record<string, Colours> {
  return Object.fromEntries([...residues].map((residue) => [residue, colours]));
}

/**
 * The number of the colour that a residue has in a column.
 *
 * @param shares of the column's rows, by residue in upper case
 */
export function clustalxColour(residue: string, shares: Readonly<Record<string, number>>): number {
  const share = (residues: string) => [...residues].reduce((sum, one) => sum + (shares[one] ?? 0), 0);
  const holds = (rule: Rule) => (rule.each ? [...rule.residues].some((one) => share(one) > rule.share) : share(rule.residues) > rule.share);
  return SCHEME[residue]?.find(([, rules]) => rules.some(holds))?.[0] ?? 0;
}
