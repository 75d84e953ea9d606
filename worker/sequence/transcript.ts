import { ErrorName } from '../../src/contract/error-names';
import { GenomeReader } from '../genome/genome-reader';
import { WorkerError } from '../worker-error';
import { asDna, otherLetters, reverseComplement } from './codons';
import { Part, RegionEntry } from './region-entry';

/** A part of a region, with its sequence as the transcript has it: upper case DNA, reverse-complemented on the - strand. */
export interface RegionPart extends Part {
  readonly sequence: string;
}

/** Parts of one strand of one genome sequence, in transcript order. */
export interface Region {
  readonly seqId: string;
  readonly strand: 1 | -1;
  readonly parts: readonly RegionPart[];
}

/** In transcript order: by start, ascending on the + strand, descending on the - strand. */
export function inTranscriptOrder<P extends Part>(parts: readonly P[], strand: 1 | -1): P[] {
  return [...parts].sort((a, b) => strand * (a.start - b.start));
}

/** The longest known transcripts have some 100,000 bases; this bounds the memory that an entry can take. */
const MAX_BASES = 5_000_000;

/**
 * Reads the parts of an entry, side by side.
 *
 * @throws WorkerError Pavi.ReferenceSequenceFailed where they are too long together, and what the reader throws
 */
export async function readRegion({ seqId, strand }: RegionEntry, parts: readonly Part[], genome: GenomeReader): Promise<Region> {
  const bases = parts.reduce((sum, part) => sum + part.end - part.start + 1, 0);
  if (bases > MAX_BASES) {
    throw new WorkerError(ErrorName.REFERENCE_SEQUENCE_FAILED, `the regions on ${seqId} have ${bases} bases together, which no transcript has; look at `
      + 'their starts and ends', { expected: `at most ${MAX_BASES} bases`, found: `${bases} bases` });
  }
  const read = inTranscriptOrder(parts, strand).map(async ({ start, end }) => {
    const forward = asDna(await genome.read(seqId, start, end));
    return { start, end, sequence: strand === 1 ? forward : reverseComplement(forward) };
  });
  return { seqId, strand, parts: await Promise.all(read) };
}

export function sequenceOf(region: Region): string {
  return region.parts.map((part) => part.sequence).join('');
}

/** Where the region has what is no nucleotide letter, in transcript order. */
export function* unknownLetters({ parts, strand }: Region): Generator<{ readonly position: number; readonly letter: string }> {
  for (const { start, end, sequence } of parts) {
    for (const { at, letter } of otherLetters(sequence)) yield { position: strand === 1 ? start + at : end - at, letter };
  }
}

/** The region's bases `from` (0-based, inclusive) to `to` (exclusive), counted along the transcript. */
export function subRegion(region: Region, from: number, to: number): Region {
  const parts: RegionPart[] = [];
  let before = 0;
  for (const part of region.parts) {
    const length = part.sequence.length;
    const first = Math.max(0, from - before);
    const last = Math.min(length, to - before);
    if (first < last) parts.push(cutPart(part, region.strand, first, last));
    before += length;
  }
  return { ...region, parts };
}

function cutPart(part: RegionPart, strand: 1 | -1, first: number, last: number): RegionPart {
  const [start, end] = strand === 1
    ? [part.start + first, part.start + last - 1]
    : [part.end - last + 1, part.end - first];
  return { start, end, sequence: part.sequence.slice(first, last) };
}

/** The region from its base `from` (0-based) on, cut at the end to whole codons. */
export function inFrame(region: Region, from: number): Region {
  const length = sequenceOf(region).length - from;
  return subRegion(region, from, from + length - ((length % 3) + 3) % 3);
}

/** How many of the region's bases lie before a genome position, or undefined where the position is in no part. */
export function basesBefore(region: Region, position: number): number | undefined {
  let before = 0;
  for (const part of region.parts) {
    if (part.start <= position && position <= part.end) {
      return before + (region.strand === 1 ? position - part.start : part.end - position);
    }
    before += part.sequence.length;
  }
  return undefined;
}
