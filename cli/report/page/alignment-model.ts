import { CLUSTALX_COLOURS, clustalxColour } from './clustalx';
import type { PageData, PageVariant } from './page-data';

export type Scheme = 'clustalx' | 'identity' | 'none';

const GAP = '-';
/** Of how many rows share a column's commonest residue, as Jalview's "Percentage identity" has it. */
const IDENTITY_COLOURS = [[0.8, '#6464ff'], [0.6, '#9999ff'], [0.4, '#ccccff']] as const;

const NAMES: Readonly<Record<string, string>> = {
  A: 'alanine',
  R: 'arginine',
  N: 'asparagine',
  D: 'aspartate',
  C: 'cysteine',
  Q: 'glutamine',
  E: 'glutamate',
  G: 'glycine',
  H: 'histidine',
  I: 'isoleucine',
  L: 'leucine',
  K: 'lysine',
  M: 'methionine',
  F: 'phenylalanine',
  P: 'proline',
  S: 'serine',
  T: 'threonine',
  W: 'tryptophan',
  Y: 'tyrosine',
  V: 'valine',
  X: 'any residue',
  B: 'aspartate or asparagine',
  Z: 'glutamate or glutamine',
  J: 'leucine or isoleucine',
  U: 'selenocysteine',
};

interface Column {
  readonly shares: Readonly<Record<string, number>>;
  readonly commonest: string;
  readonly identity: number;
}

/** The alignment with what is computed of it, each column once and when it is first asked for. */
export class AlignmentModel {
  public readonly rows: number;
  public readonly columns: number;
  private readonly profiles: (Column | undefined)[] = [];
  private readonly variantsOf = new Map<number, PageVariant[]>();

  constructor(private readonly data: PageData) {
    this.rows = data.rows.length;
    this.columns = data.rows[0]?.residues.length ?? 0;
    const rowOf = new Map(data.rows.map(({ name }, row) => [name, row]));
    for (const variant of data.variants) {
      const row = rowOf.get(variant.record);
      if (row !== undefined && variant.columns[0] > 0) this.variantsOf.set(row, [...this.variantsOf.get(row) ?? [], variant]);
    }
  }

  public name(row: number): string {
    return this.data.rows[row].name;
  }

  public residue(row: number, column: number): string {
    return this.data.rows[row].residues[column];
  }

  public conservation(column: number): string {
    return this.data.conservation[column] ?? ' ';
  }

  /** How many of the rows have the column's commonest residue, from 0 to 1. */
  public identity(column: number): number {
    return this.profile(column).identity;
  }

  /** The colour behind a residue; empty for none. */
  public colour(scheme: Scheme, row: number, column: number): string {
    const residue = this.residue(row, column).toUpperCase();
    if (scheme === 'none' || residue === GAP) return '';
    const { shares, commonest, identity } = this.profile(column);
    if (scheme === 'clustalx') return CLUSTALX_COLOURS[clustalxColour(residue, shares)];
    return residue === commonest ? IDENTITY_COLOURS.find(([least]) => identity > least)?.[1] ?? '' : '';
  }

  public variants(row: number): readonly PageVariant[] {
    return this.variantsOf.get(row) ?? [];
  }

  /** Each variant that has a place, with the row and the first column (0-based) of it, from left to right. */
  public variantPlaces(): { readonly row: number; readonly column: number }[] {
    return [...this.variantsOf].flatMap(([row, variants]) => variants.map(({ columns }) => ({ row, column: columns[0] - 1 })))
      .sort((a, b) => a.column - b.column || a.row - b.row);
  }

  /** What is at a place, in words. */
  public describe(row: number, column: number): string {
    const residue = this.residue(row, column);
    const upTo = this.data.rows[row].residues.slice(0, column + 1).replace(/-/g, '').length;
    const what = residue === GAP ? `gap after residue ${upTo}` : `${residue} (${NAMES[residue.toUpperCase()] ?? 'unknown'}), residue ${upTo}`;
    const at = column + 1;
    const variants = this.variants(row).filter(({ columns: [from, to] }) => at >= from && at <= to).map(({ id }) => `variant ${id}`);
    return [this.name(row), `column ${at} of ${this.columns}`, what, `identity ${Math.round(this.identity(column) * 100)} %`, ...variants].join(' · ');
  }

  private profile(column: number): Column {
    const known = this.profiles[column];
    if (known !== undefined) return known;
    const shares: Record<string, number> = {};
    for (const { residues } of this.data.rows) {
      const residue = residues[column].toUpperCase();
      if (residue !== GAP) shares[residue] = (shares[residue] ?? 0) + 1 / this.rows;
    }
    const [commonest, identity] = Object.entries(shares).reduce((best, next) => (next[1] > best[1] ? next : best), [GAP, 0] as [string, number]);
    return this.profiles[column] = { shares, commonest, identity };
  }
}
