import { ErrorName } from '../../src/contract/error-names';
import { RecordError } from '../../src/contract/seq-info';
import { GenomeReader } from '../genome/genome-reader';
import { WorkerError } from '../worker-error';
import { longestOpenReadingFrame } from './open-reading-frame';
import { CdsPart, RegionEntry } from './region-entry';
import { inFrame, inTranscriptOrder, readRegion, Region, sequenceOf, subRegion } from './transcript';

/** An entry's reference coding sequence. */
export interface Coding {
  /** From the first whole codon on, cut to whole codons. */
  readonly region: Region;
  /** The genome position of the first coding base, before the skipped ones. */
  readonly firstBase: number;
  /** Bases skipped at the beginning, before the first whole codon. */
  readonly skipped: number;
}

/**
 * Reads the coding parts of an entry or, where it has none, searches its transcript for the longest open reading frame.
 *
 * @throws WorkerError Pavi.ReferenceSequenceFailed where the frames do not fit each other, or there is no open reading frame
 */
export async function readCoding(entry: RegionEntry, genome: GenomeReader): Promise<Coding> {
  return entry.cds.length === 0 ? searchTranscript(entry, genome) : readCds(entry, genome);
}

async function readCds(entry: RegionEntry, genome: GenomeReader): Promise<Coding> {
  const ordered = inTranscriptOrder(entry.cds, entry.strand);
  checkFrames(entry, ordered);
  const [first] = ordered;
  return {
    region: inFrame(await readRegion(entry, ordered, genome), first.frame),
    firstBase: entry.strand === 1 ? first.start : first.end,
    skipped: first.frame,
  };
}

/** Each part's frame must go on where the parts before it ended. The first one's is taken as it is. */
function checkFrames(entry: RegionEntry, [first, ...later]: readonly CdsPart[]): void {
  let size = lengthOf(first) - first.frame;
  for (const part of later) {
    if ((size + part.frame) % 3 !== 0) {
      throw new WorkerError(ErrorName.REFERENCE_SEQUENCE_FAILED,
        `Non-triplet frame definition: the coding part ${entry.seqId}:${part.start}-${part.end} has frame ${part.frame}, and the ${size} bases `
        + 'before it, counted from the first whole codon, need another; look at the frames and ends of the coding parts',
        { entry: entry.id, expected: (3 - size % 3) % 3, found: part.frame });
    }
    size += lengthOf(part);
  }
}

function lengthOf({ start, end }: CdsPart): number {
  return end - start + 1;
}

async function searchTranscript(entry: RegionEntry, genome: GenomeReader): Promise<Coding> {
  const transcript = await readRegion(entry, entry.exons, genome);
  const sequence = sequenceOf(transcript);
  const frame = longestOpenReadingFrame(sequence);
  if (frame === undefined) {
    throw new WorkerError(ErrorName.REFERENCE_SEQUENCE_FAILED, RecordError.NO_OPEN_READING_FRAME, {
      entry: entry.id,
      expected: 'a start codon (ATG, CTG, TTG) and a stop codon (TAA, TAG, TGA) in its frame',
      found: `${sequence.length} bases without them`,
    });
  }
  const region = subRegion(transcript, frame.start, frame.end);
  const [first] = region.parts;
  return { region, firstBase: entry.strand === 1 ? first.start : first.end, skipped: 0 };
}
