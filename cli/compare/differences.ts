import type { RunResults, SeqInfo, VariantFields } from './result-folder';
import type { AlignmentRow } from '../../formats/clustal';

/** One difference between two runs' results: what A has and what B has; absent where it has none. */
export interface Difference {
  readonly kind: 'file' | 'program' | 'record' | 'repeated record' | 'order' | 'sequence' | 'gaps' | 'error' | 'variant' | 'variant field' | 'writing';
  /** Of the alignment or of the seq info. */
  readonly record?: string;
  readonly variant?: string;
  readonly field?: string;
  readonly a?: unknown;
  readonly b?: unknown;
  readonly text: string;
}

/** Differences of the alignments: programs, records, their sequences, their order, and where their gaps are. */
export function alignmentDifferences({ alignment: a }: RunResults, { alignment: b }: RunResults): Difference[] {
  if (a === undefined || b === undefined) return [];
  const found: Difference[] = [];
  if (a.program !== b.program) found.push({ kind: 'program', a: a.program, b: b.program, text: `made by ${a.program} in A, by ${b.program} in B` });
  const [inA, inB] = [byName(a.rows), byName(b.rows)];
  for (const name of new Set([...inA.keys(), ...inB.keys()])) found.push(...recordDifferences(name, inA.get(name) ?? [], inB.get(name) ?? []));
  // A map keeps the order of the rows.
  const [orderA, orderB] = [[...inA.keys()].filter((name) => inB.has(name)), [...inB.keys()].filter((name) => inA.has(name))];
  const moved = orderA.findIndex((name, place) => name !== orderB[place]);
  if (moved >= 0) {
    found.push({ kind: 'order', a: orderA, b: orderB, text: `the records stand in another order, first at place ${moved + 1}: ${orderA[moved]} in A, ${orderB[moved]} in B` });
  }
  return found;
}

function byName(rows: readonly AlignmentRow[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name, residues } of rows) found.set(name, [...found.get(name) ?? [], residues]);
  return found;
}

function recordDifferences(record: string, inA: readonly string[], inB: readonly string[]): Difference[] {
  if (inB.length === 0) return [{ kind: 'record', record, a: ungapped(inA[0]), text: `${record} is in the alignment of A alone` }];
  if (inA.length === 0) return [{ kind: 'record', record, b: ungapped(inB[0]), text: `${record} is in the alignment of B alone` }];
  const found: Difference[] = [];
  if (inA.length !== inB.length) found.push({ kind: 'repeated record', record, a: inA.length, b: inB.length, text: `${record} is in A ${times(inA.length)}, in B ${times(inB.length)}` });
  const [rowA, rowB] = [inA[0], inB[0]];
  const [a, b] = [ungapped(rowA), ungapped(rowB)];
  if (a !== b) {
    const at = firstDifference(a, b);
    found.push({
      kind: 'sequence',
      record,
      a,
      b,
      text: `${record}: the sequences differ from residue ${at + 1} on: ${excerpt(a, at)} in A, ${excerpt(b, at)} in B (${a.length} and ${b.length} residues)`,
    });
  } else if (rowA !== rowB) {
    const at = firstDifference(rowA, rowB);
    found.push({ kind: 'gaps', record, a: at + 1, b: at + 1, text: `${record}: the same sequence with its gaps elsewhere, first at column ${at + 1}` });
  }
  return found;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function ungapped(row: string): string {
  return row.replace(/-/g, '');
}

function excerpt(sequence: string, at: number): string {
  const part = sequence.slice(at, at + 8);
  return part === '' ? 'its end' : `${part}${sequence.length > at + 8 ? '...' : ''}`;
}

/** Where two texts differ first; where one goes on, its length. */
export function firstDifference(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) if (a[at] !== b[at]) return at;
  return length;
}

/** Differences of the seq info: records, errors, and the embedded variants with their positions. */
export function seqInfoDifferences({ seqInfo: a }: RunResults, { seqInfo: b }: RunResults): Difference[] {
  if (a === undefined || b === undefined) return [];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((record): Difference[] => {
    if (!Object.hasOwn(b, record)) return [{ kind: 'record', record, a: a[record], text: `${record} is in the seq info of A alone` }];
    if (!Object.hasOwn(a, record)) return [{ kind: 'record', record, b: b[record], text: `${record} is in the seq info of B alone` }];
    return infoDifferences(record, a[record], b[record]);
  });
}

function infoDifferences(record: string, a: SeqInfo[string], b: SeqInfo[string]): Difference[] {
  if (a.error !== b.error) {
    const tells = (error: string | undefined) => (error === undefined ? 'no error' : `"${error}"`);
    return [{ kind: 'error', record, a: a.error, b: b.error, text: `${record}: ${tells(a.error)} in A, ${tells(b.error)} in B` }];
  }
  const [inA, inB] = [variantsById(a), variantsById(b)];
  return [...new Set([...inA.keys(), ...inB.keys()])].flatMap((variant): Difference[] => {
    const [first, second] = [inA.get(variant), inB.get(variant)];
    if (first === undefined || second === undefined) {
      const text = `${record}: ${variant} is embedded in ${first === undefined ? 'B' : 'A'} alone`;
      return [{ kind: 'variant', record, variant, a: first, b: second, text }];
    }
    return [...new Set([...Object.keys(first), ...Object.keys(second)])]
      .filter((field) => JSON.stringify(first[field]) !== JSON.stringify(second[field]))
      .map((field) => ({
        kind: 'variant field',
        record,
        variant,
        field,
        a: first[field],
        b: second[field],
        text: `${record}: ${field} of ${variant} is ${JSON.stringify(first[field]) ?? 'absent'} in A, ${JSON.stringify(second[field]) ?? 'absent'} in B`,
      }));
  });
}

/** One variant may be embedded more than once; then the place among its like tells them apart. */
function variantsById({ embedded_variants: variants = [] }: SeqInfo[string]): Map<string, VariantFields> {
  const found = new Map<string, VariantFields>();
  for (const variant of Array.isArray(variants) ? variants : []) {
    const id = String(variant.variant_id);
    let key = id;
    for (let number = 2; found.has(key); number += 1) key = `${id} (${number})`;
    found.set(key, variant);
  }
  return found;
}
