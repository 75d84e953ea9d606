import { Variant } from './variant';

/**
 * Two of the variants that overlap, or undefined. Of an insertion both flanking bases must lie inside the other variant.
 * Which pair is found does not depend on the variants' order.
 */
export function findOverlap(variants: readonly Variant[]): readonly [Variant, Variant] | undefined {
  const sorted = [...variants].sort(byPlace);
  for (const [index, first] of sorted.entries()) {
    for (let next = index + 1; next < sorted.length; next++) {
      const second = sorted[next];
      if (second.seqId !== first.seqId || second.start > first.end) break;
      if (overlap(first, second)) return [first, second];
    }
  }
  return undefined;
}

function byPlace(a: Variant, b: Variant): number {
  return compare(a.seqId, b.seqId) || a.start - b.start || a.end - b.end || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function overlap(a: Variant, b: Variant): boolean {
  if (a.referenceSequence === '' && a.start >= b.start && a.end <= b.end) return true;
  if (b.referenceSequence === '' && b.start >= a.start && b.end <= a.end) return true;
  return a.referenceSequence !== '' && b.referenceSequence !== '' && a.start <= b.end && b.start <= a.end;
}
