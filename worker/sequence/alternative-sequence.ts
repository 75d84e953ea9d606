import { asDna, isNucleotides, reverseComplement, wholeCodons } from './codons';
import { cutAfter, EmbeddedVariant, isAtPartStart, joined, shifted } from './embedded-variant';
import { Region, RegionPart } from './transcript';
import { VariantType } from '../../src/contract/seq-info';
import { shownVariant, Variant, variantType } from '../variant/variant';

/** Why an entry has no alternative sequence. Its message becomes the record's error; the run goes on. */
export class AlternativeError extends Error {}

export interface AlternativeSequence {
  /** Cut to whole codons. */
  readonly sequence: string;
  /** In transcript order, positions in the sequence. */
  readonly embedded: readonly EmbeddedVariant[];
}

/** A variant's share in a part, in the transcript's direction. */
interface PlacedVariant {
  readonly variant: Variant;
  /** 1-based in the part; of an insertion the two flanking bases. */
  readonly start: number;
  readonly end: number;
  readonly reference: string;
  readonly alternative: string;
}

/**
 * Applies variants, which must not overlap, to a region of whole codons.
 *
 * @throws AlternativeError where one lies only partly in a part and cannot be cut, or does not fit the genome
 */
export function embedVariants(region: Region, variants: readonly Variant[]): AlternativeSequence {
  const sequences: string[] = [];
  let length = 0;
  let embedded: EmbeddedVariant[] = [];
  for (const part of region.parts) {
    const altered = alterPart(region, part, variants);
    embedded = addPart(embedded, altered.embedded, length);
    sequences.push(altered.sequence);
    length += altered.sequence.length;
  }
  const sequence = wholeCodons(sequences.join(''));
  return { sequence, embedded: cutAfter(embedded, sequence.length) };
}

/** The variants that lie before, behind or on another sequence than the region. */
export function variantsOutside({ seqId, parts }: Region, variants: readonly Variant[]): Variant[] {
  const start = parts.reduce((least, part) => Math.min(least, part.start), Infinity);
  const end = parts.reduce((most, part) => Math.max(most, part.end), -Infinity);
  return variants.filter((variant) => variant.seqId !== seqId || variant.end < start || variant.start > end);
}

/**
 * Appends a part's variants to those of the parts before it, `length` bases long. The last may go on in the part. (In parts that
 * overlap each other by several bases, an earlier one may come again; it is embedded twice then, and listed twice.)
 */
function addPart(before: readonly EmbeddedVariant[], inPart: readonly EmbeddedVariant[], length: number): EmbeddedVariant[] {
  const last = before.at(-1);
  const [first, ...others] = inPart;
  if (last === undefined || first?.variant !== last.variant) return [...before, ...inPart.map((embedded) => shifted(embedded, length))];
  if (!isAtPartStart(first)) {
    throw new AlternativeError(`variant ${shownVariant(first.variant)} lies in two parts that overlap each other, at places that do not `
      + 'touch; such a variant cannot be embedded');
  }
  return [...before.slice(0, -1), joined(last, first), ...others.map((embedded) => shifted(embedded, length))];
}

function alterPart(region: Region, part: RegionPart, variants: readonly Variant[]): { sequence: string; embedded: EmbeddedVariant[] } {
  const placed = variants
    .filter((variant) => variant.seqId === region.seqId && isIn(part, variant))
    .map((variant) => place(region, part, variant))
    .sort((a, b) => a.start - b.start || insertionLast(a) - insertionLast(b));

  const pieces: string[] = [];
  const embedded: EmbeddedVariant[] = [];
  let done = 0;
  let offset = 0;
  for (const one of placed) {
    const insertion = insertionLast(one) === 1;
    pieces.push(part.sequence.slice(done, insertion ? one.start : one.start - 1), one.alternative);
    done = insertion ? one.start : one.end;
    embedded.push(positionOf(one, offset));
    offset += one.alternative.length - one.reference.length;
  }
  pieces.push(part.sequence.slice(done));
  return { sequence: pieces.join(''), embedded };
}

/** After a variant with the same first base, as the insertion stands behind that base. */
function insertionLast({ variant }: PlacedVariant): number {
  return variantType(variant) === VariantType.INSERTION ? 1 : 0;
}

/** An insertion is in a part that holds both of its flanking bases. */
function isIn(part: RegionPart, variant: Variant): boolean {
  return variantType(variant) === VariantType.INSERTION
    ? variant.start >= part.start && variant.end <= part.end
    : variant.start <= part.end && variant.end >= part.start;
}

/** Cuts a variant to a part's borders and turns it into the transcript's direction. */
function place(region: Region, part: RegionPart, variant: Variant): PlacedVariant {
  const forward = region.strand === 1;
  const before = Math.max(0, forward ? part.start - variant.start : variant.end - part.end);
  const behind = Math.max(0, forward ? variant.end - part.end : part.start - variant.start);
  if (variantType(variant) === VariantType.INDEL && before + behind > 0) {
    throw new AlternativeError(`variant ${shownVariant(variant)} is an indel and lies only partly in ${region.seqId}:${part.start}-${part.end}; `
      + 'only one that lies wholly inside can be embedded');
  }
  checkLetters(variant);
  const turned = (sequence: string) => {
    const dna = asDna(sequence);
    return forward ? dna : reverseComplement(dna);
  };
  const cut = (sequence: string) => sequence.slice(before, Math.max(before, sequence.length - behind));
  const start = (forward ? variant.start - part.start : part.end - variant.end) + before + 1;
  const placed: PlacedVariant = {
    variant,
    start,
    end: start + Math.min(variant.end, part.end) - Math.max(variant.start, part.start),
    reference: cut(turned(variant.referenceSequence)),
    alternative: cut(turned(variant.alternativeSequence)),
  };
  checkAgainstGenome(region, part, placed);
  return placed;
}

/** Before anything is turned or made upper case, which may make letters out of other characters. */
function checkLetters(variant: Variant): void {
  const { referenceSequence, alternativeSequence } = variant;
  const wrong = [alternativeSequence, referenceSequence].find((sequence) => !isNucleotides(sequence));
  if (wrong === undefined) return;
  throw new AlternativeError(`variant ${shownVariant(variant)} has letters that are no nucleotide codes: "${quoted(wrong)}"; `
    + 'expected A, C, G, T, U or an IUPAC code of several of them');
}

function checkAgainstGenome(region: Region, part: RegionPart, placed: PlacedVariant): void {
  const { variant, reference } = placed;
  const found = part.sequence.slice(placed.start - 1, placed.end);
  if (variantType(variant) !== VariantType.INSERTION && found !== reference) {
    const [start, end] = [Math.max(variant.start, part.start), Math.min(variant.end, part.end)];
    const onForward = (sequence: string) => quoted(region.strand === 1 ? sequence : reverseComplement(sequence));
    throw new AlternativeError(`reference mismatch: variant ${shownVariant(variant)} expects "${onForward(reference)}" at `
      + `${variant.seqId}:${start}-${end}, found "${onForward(found)}" in the genome`);
  }
}

/** Positions in the part's altered sequence, `offset` bases having come in before. */
function positionOf({ variant, start, end, reference, alternative }: PlacedVariant, offset: number): EmbeddedVariant {
  const lengths = { variant, referenceLength: reference.length, alternativeLength: alternative.length };
  switch (variantType(variant)) {
    case VariantType.DELETION:
      return { ...lengths, start: start + offset - 1, end: start + offset };
    case VariantType.INSERTION:
      return { ...lengths, start: start + offset + 1, end: start + offset + alternative.length };
    default:
      // The longer of the two, so that reference and alternative can be compared.
      return { ...lengths, start: start + offset, end: end + offset + Math.max(0, alternative.length - reference.length) };
  }
}

const MAX_QUOTED_BASES = 60;

function quoted(sequence: string): string {
  return sequence.length > MAX_QUOTED_BASES ? `${sequence.slice(0, MAX_QUOTED_BASES)}...` : sequence;
}
