/** What the page's script reads of the report: the JSON of the element `report-data`. */
export interface PageData {
  readonly rows: readonly { readonly name: string; readonly residues: string }[];
  readonly conservation: string;
  readonly variants: readonly PageVariant[];
}

export interface PageVariant {
  readonly record: string;
  readonly id: string;
  /** In the alignment, 1-based, inclusive. */
  readonly columns: readonly [number, number];
}

export const PAGE_DATA_ID = 'report-data';
