import { ErrorName } from '../../src/contract/error-names';
import { EntryWarningKind } from '../../src/contract/log-events';
import { RecordError } from '../../src/contract/seq-info';
import { EntryWarnings } from '../entry-warnings';
import { GenomeReader } from '../genome/genome-reader';
import { shownVariant, Variant } from '../variant/variant';
import { findOverlap } from '../variant/variant-overlap';
import { WorkerError } from '../worker-error';
import { AlternativeError, AlternativeSequence, embedVariants, variantsOutside } from './alternative-sequence';
import { Coding } from './coding-sequence';
import { endOfFirstStop, isStartCodon, translate } from './codons';
import { cutAfter, EmbeddedVariant, inProtein } from './embedded-variant';
import { letterWarning } from './letter-warning';
import { RegionEntry } from './region-entry';
import { basesBefore, inFrame, readRegion, Region, sequenceOf } from './transcript';

export interface AlternativeProtein {
  readonly protein: string;
  /** Positions in the protein. */
  readonly embedded: readonly EmbeddedVariant[];
}

/** An alternative coding sequence up to its stop, and the region that it was made of. */
interface AcceptedSequence extends AlternativeSequence {
  readonly region: Region;
}

/**
 * Embeds variants in a coding sequence, where what comes out is a coding sequence too, and translates it.
 *
 * @param variants each once
 * @param warnings gets the variants that are left out
 * @returns the protein, or why there is none
 * @throws WorkerError where the genome cannot be read
 */
export async function makeAlternative(
  entry: RegionEntry, coding: Coding, variants: readonly Variant[], genome: GenomeReader, warnings: EntryWarnings,
): Promise<AlternativeProtein | AlternativeError> {
  let region = coding.region;
  let result: AlternativeProtein | AlternativeError;
  try {
    const accepted = await acceptedSequence(entry, coding, variants, genome);
    region = accepted.region;
    result = { protein: translate(accepted.sequence), embedded: accepted.embedded.map(inProtein) };
  } catch (error) {
    result = asAlternativeError(error);
  }
  for (const variant of variantsOutside(region, variants)) {
    warnings.add(EntryWarningKind.VARIANT_OUTSIDE, `variant ${shownVariant(variant)} lies outside of the entry's coding region on ${entry.seqId} and is left out`);
  }
  const unknown = region === coding.region ? undefined : letterWarning(region);
  if (unknown !== undefined) warnings.add(EntryWarningKind.UNKNOWN_LETTERS, unknown);
  return result;
}

async function acceptedSequence(
  entry: RegionEntry, coding: Coding, variants: readonly Variant[], genome: GenomeReader,
): Promise<AcceptedSequence> {
  const overlapping = findOverlap(variants);
  if (overlapping !== undefined) {
    throw new AlternativeError(`variants ${overlapping.map(shownVariant).join(' and ')} overlap; only variants that do not can be embedded together`);
  }
  const alternative = embedVariants(coding.region, variants);
  if (firstCodon(alternative.sequence) !== firstCodon(sequenceOf(coding.region))) throw new AlternativeError(RecordError.START_CODON_CHANGED);
  checkStart(alternative.sequence);
  const accepted = upToStop(coding.region, alternative) ?? await extended(entry, coding, variants, genome);
  if (accepted === undefined) throw new AlternativeError(RecordError.STOP_CODON_LOST);
  return accepted;
}

/** The alternative sequence from the reference's start codon to the end of the transcript, up to its stop. */
async function extended(
  entry: RegionEntry, { firstBase, skipped }: Coding, variants: readonly Variant[], genome: GenomeReader,
): Promise<AcceptedSequence | undefined> {
  const transcript = await readRegion(entry, entry.exons, genome);
  const before = basesBefore(transcript, firstBase);
  if (before === undefined) {
    throw new AlternativeError(`the stop codon is lost, and the coding sequence cannot be extended: its first base, ${entry.seqId}:${firstBase}, `
      + 'lies in no exon');
  }
  const region = inFrame(transcript, before + skipped);
  const alternative = embedVariants(region, variants);
  if (alternative.sequence !== '') checkStart(alternative.sequence);
  return upToStop(region, alternative);
}

function upToStop(region: Region, { sequence, embedded }: AlternativeSequence): AcceptedSequence | undefined {
  const end = endOfFirstStop(sequence);
  return end === undefined ? undefined : { region, sequence: sequence.slice(0, end), embedded: cutAfter(embedded, end) };
}

function checkStart(sequence: string): void {
  if (isStartCodon(firstCodon(sequence))) return;
  throw new AlternativeError('variants can be embedded only in a coding sequence with a start codon; expected ATG, CTG or TTG, '
    + `found "${firstCodon(sequence)}"`);
}

function firstCodon(sequence: string): string {
  return sequence.slice(0, 3);
}

/** What the entry's own regions and variants are to blame for; anything else (a genome that cannot be read) is not the record's. */
function asAlternativeError(error: unknown): AlternativeError {
  if (error instanceof AlternativeError) return error;
  if (error instanceof WorkerError && error.errorName === ErrorName.REFERENCE_SEQUENCE_FAILED) {
    return new AlternativeError(`the coding sequence cannot be extended: ${error.message}`);
  }
  throw error;
}
