import { VariantType } from '../../src/contract/seq-info';
import { Variant, variantType } from '../variant/variant';

/** Where a variant lies in a sequence that it was applied to, and how much of it went in. */
export interface EmbeddedVariant {
  readonly variant: Variant;
  /** 1-based, inclusive. Of a deletion the two flanking bases, so 0 where the first base went. */
  readonly start: number;
  readonly end: number;
  readonly referenceLength: number;
  readonly alternativeLength: number;
}

/** The same, `by` bases further on. */
export function shifted(embedded: EmbeddedVariant, by: number): EmbeddedVariant {
  return { ...embedded, start: embedded.start + by, end: embedded.end + by };
}

/** Whether a variant begins at the beginning of its part, so that it can go on from the part before; of a deletion that is the base before. */
export function isAtPartStart(embedded: EmbeddedVariant): boolean {
  return embedded.start === 1 || (embedded.start === 0 && isDeletion(embedded));
}

/**
 * One variant out of its two halves at the joint of two parts.
 *
 * @param first its half in the part before, positions in the whole sequence
 * @param second its half in the next part, positions in that part
 */
export function joined(first: EmbeddedVariant, second: EmbeddedVariant): EmbeddedVariant {
  return {
    ...first,
    // Of a deletion the first half's end is one past its part: the flanking base, which is the second half's to say.
    end: first.end + second.end - (isDeletion(first) ? 1 : 0),
    referenceLength: first.referenceLength + second.referenceLength,
    alternativeLength: first.alternativeLength + second.alternativeLength,
  };
}

/** The variants of a sequence that is cut after `length` bases; ends are cut too, lengths stay. */
export function cutAfter(variants: readonly EmbeddedVariant[], length: number): EmbeddedVariant[] {
  return variants
    .filter((embedded) => embedded.start < length || (embedded.start === length && !isDeletion(embedded)))
    .map((embedded) => ({ ...embedded, end: Math.min(embedded.end, length) }));
}

/** The same variant in the protein of the coding sequence. */
export function inProtein(embedded: EmbeddedVariant): EmbeddedVariant {
  return {
    ...embedded,
    start: startInProtein(embedded),
    end: residueOf(embedded.end),
    referenceLength: residueOf(embedded.referenceLength),
    alternativeLength: residueOf(embedded.alternativeLength),
  };
}

function startInProtein(embedded: EmbeddedVariant): number {
  if (!isDeletion(embedded)) return residueOf(embedded.start);
  const first = embedded.start + 1;
  const wholeCodons = embedded.referenceLength >= 3 && embedded.referenceLength % 3 === 0 && first % 3 === 1;
  // Where whole codons went the residue before them flanks the deletion; before the first one there is none.
  return Math.max(1, residueOf(first) - (wholeCodons ? 1 : 0));
}

function residueOf(base: number): number {
  return Math.ceil(base / 3);
}

function isDeletion({ variant }: EmbeddedVariant): boolean {
  return variantType(variant) === VariantType.DELETION;
}
