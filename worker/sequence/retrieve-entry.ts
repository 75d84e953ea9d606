import { REFERENCE_SUFFIX } from '../../src/contract/entry-rules';
import { ErrorName } from '../../src/contract/error-names';
import { EntryWarningKind } from '../../src/contract/log-events';
import { EmbeddedVariantInfo, SeqInfo } from '../../src/contract/seq-info';
import { EntryWarnings } from '../entry-warnings';
import { GenomeReader } from '../genome/genome-reader';
import { checkVariant, shownVariant, Variant, variantType } from '../variant/variant';
import { WorkerError } from '../worker-error';
import { makeAlternative } from './alternative-protein';
import { AlternativeError } from './alternative-sequence';
import { readCoding } from './coding-sequence';
import { translate } from './codons';
import { EmbeddedVariant } from './embedded-variant';
import { letterWarning } from './letter-warning';
import { pythonJson } from './python-json';
import { RegionEntry } from './region-entry';
import { sequenceOf } from './transcript';

export interface FastaRecord {
  readonly name: string;
  readonly sequence: string;
}

export interface RetrievedEntry {
  readonly records: readonly FastaRecord[];
  /** By record name, in order; a `Map`, because an object would put names that are whole numbers first. */
  readonly seqInfo: ReadonlyMap<string, SeqInfo>;
}

/**
 * Makes an entry's proteins: the reference and, where the entry has variants, the alternative with all of them embedded.
 *
 * @param variants those of the entry, looked up and inline; order and repetitions do not matter
 * @param warnings gets what a user should know of the entry
 * @throws WorkerError with the entry's id: Pavi.ReferenceSequenceFailed where there is no reference, Pavi.InvalidInput where a variant
 *   is malformed, and what the genome's reader throws
 */
export async function retrieveEntry(
  entry: RegionEntry, genome: GenomeReader, variants: readonly Variant[], warnings = new EntryWarnings(),
): Promise<RetrievedEntry> {
  try {
    return await retrieve(entry, genome, eachOnce(variants), warnings);
  } catch (error) {
    throw error instanceof WorkerError ? error.forEntry(entry.id) : error;
  }
}

async function retrieve(entry: RegionEntry, genome: GenomeReader, variants: readonly Variant[], warnings: EntryWarnings): Promise<RetrievedEntry> {
  variants.forEach((variant) => checkVariant(variant));
  const coding = await readCoding(entry, genome);
  const unknown = letterWarning(coding.region);
  if (unknown !== undefined) warnings.add(EntryWarningKind.UNKNOWN_LETTERS, unknown);
  const reference = translate(sequenceOf(coding.region));
  if (variants.length === 0) {
    return { records: [{ name: entry.baseName, sequence: reference }], seqInfo: new Map([[entry.baseName, {}]]) };
  }
  const referenceName = entry.baseName + REFERENCE_SUFFIX;
  const alternativeName = entry.baseName + entry.altSuffix;
  const result = await makeAlternative(entry, coding, variants, genome, warnings);
  const records = [{ name: referenceName, sequence: reference }];
  const seqInfo = new Map<string, SeqInfo>([[referenceName, {}]]);
  if (result instanceof AlternativeError) {
    seqInfo.set(alternativeName, { error: result.message });
  } else {
    records.push({ name: alternativeName, sequence: result.protein });
    seqInfo.set(alternativeName, { embedded_variants: result.embedded.map(infoOf) });
  }
  return { records, seqInfo };
}

function infoOf({ variant, start, end, referenceLength, alternativeLength }: EmbeddedVariant): EmbeddedVariantInfo {
  return {
    variant_id: variant.id,
    genomic_seq_id: variant.seqId,
    genomic_start_pos: variant.start,
    genomic_end_pos: variant.end,
    seq_length: variant.end - variant.start + 1,
    genomic_ref_seq: variant.referenceSequence,
    genomic_alt_seq: variant.alternativeSequence,
    seq_substitution_type: variantType(variant),
    seq_start_pos: start,
    seq_end_pos: end,
    embedded_ref_seq_len: referenceLength,
    embedded_alt_seq_len: alternativeLength,
  };
}

/** The variants by id. The same id must mean the same variant. */
function eachOnce(variants: readonly Variant[]): Variant[] {
  const byId = new Map<string, Variant>();
  for (const variant of variants) {
    const earlier = byId.get(variant.id);
    if (earlier !== undefined && meaning(earlier) !== meaning(variant)) {
      throw new WorkerError(ErrorName.INVALID_INPUT, `${variant.id} names two different variants of the entry: ${shownVariant(earlier)} and `
        + `${shownVariant(variant)}; give each variant its own id`, { expected: earlier, found: variant });
    }
    byId.set(variant.id, earlier ?? variant);
  }
  return [...byId.values()];
}

function meaning({ seqId, start, end, referenceSequence, alternativeSequence }: Variant): string {
  return JSON.stringify([seqId, start, end, referenceSequence.toUpperCase(), alternativeSequence.toUpperCase()]);
}

/** FASTA text: a header line and one unwrapped line of sequence for each record. */
export function formatFasta(records: readonly FastaRecord[]): string {
  return records.map(({ name, sequence }) => `>${name}\n${sequence}\n`).join('');
}

/** The seq info file's text: one line of JSON as Python writes it, no newline at its end. */
export function formatSeqInfo(seqInfo: ReadonlyMap<string, SeqInfo>): string {
  return pythonJson(seqInfo);
}
