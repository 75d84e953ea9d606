import { ErrorName, ErrorNameValue } from '../../src/contract/error-names';
import { ExitCode } from '../../src/contract/exit-codes';
import { VariantType, VariantTypeValue } from '../../src/contract/seq-info';
import { WorkerError } from '../worker-error';

/** As long as a position in a region's text may be: 15 digits. */
const MAX_POSITION = 999_999_999_999_999;

/** What is read of an answer lies two levels deep. */
const MAX_ANSWER_DEPTH = 64;

/** A change of the genome's forward strand. */
export interface Variant {
  readonly id: string;
  readonly seqId: string;
  /** 1-based, inclusive; of an insertion the two flanking bases. */
  readonly start: number;
  readonly end: number;
  /** As it was given, in any case; empty for an insertion. */
  readonly referenceSequence: string;
  /** As it was given, in any case; empty for a deletion. */
  readonly alternativeSequence: string;
}

export function variantType(variant: Variant): VariantTypeValue {
  const { referenceSequence, alternativeSequence } = variant;
  if (alternativeSequence === '') return VariantType.DELETION;
  if (referenceSequence === '') return VariantType.INSERTION;
  return referenceSequence.length === alternativeSequence.length ? VariantType.SUBSTITUTION : VariantType.INDEL;
}

/** A variant and its interval, for messages. */
export function shownVariant(variant: Variant): string {
  return `${variant.id} (${variant.seqId}:${variant.start}-${variant.end})`;
}

/** Whether a value is an object with an inline variant's fields. */
export function isInlineVariant(raw: unknown): boolean {
  if (!isObject(raw)) return false;
  return isFilled(raw.variant_id) && isFilled(raw.genomic_seq_id) && isPosition(raw.genomic_start_pos) && isPosition(raw.genomic_end_pos)
    && isSequence(raw.genomic_ref_seq) && isSequence(raw.genomic_alt_seq);
}

/**
 * A variant from a region entry. Whether its fields make sense together is for {@link checkVariant}: an entry that has one which
 * does not fails alone.
 *
 * @throws WorkerError Pavi.InvalidInput where it is no inline variant
 */
export function parseInlineVariant(raw: unknown): Variant {
  if (!isInlineVariant(raw)) {
    throw new WorkerError(ErrorName.INVALID_INPUT, 'an inline variant needs variant_id, genomic_seq_id, genomic_start_pos, genomic_end_pos, '
      + 'genomic_ref_seq and genomic_alt_seq', { expected: 'an object with these fields', found: raw });
  }
  const fields = raw as Record<string, unknown>;
  return {
    id: fields.variant_id as string,
    seqId: fields.genomic_seq_id as string,
    start: fields.genomic_start_pos as number,
    end: fields.genomic_end_pos as number,
    referenceSequence: (fields.genomic_ref_seq as string | null | undefined) ?? '',
    alternativeSequence: (fields.genomic_alt_seq as string | null | undefined) ?? '',
  };
}

/**
 * A variant from what the Alliance's API answers for it (`/api/variant/ID`).
 *
 * @throws WorkerError Pavi.VariantUnavailable where the answer has not what is needed, or makes no variant
 */
export function parseVariantAnswer(id: string, json: unknown): Variant {
  if (isDeeperThan(MAX_ANSWER_DEPTH, json)) {
    throw new WorkerError(ErrorName.VARIANT_UNAVAILABLE, `the variant API's answer for ${id} is nested too deeply`,
      { expected: `at most ${MAX_ANSWER_DEPTH} levels`, found: 'more', exitCode: ExitCode.BAD_INPUT });
  }
  const answer = isObject(json) ? json : {};
  const location = isObject(answer.location) ? answer.location : {};
  const right = isFilled(location.chromosome) && isPosition(location.start) && isPosition(location.end)
    && isSequence(answer.genomicReferenceSequence) && isSequence(answer.genomicVariantSequence);
  if (!right) {
    throw new WorkerError(ErrorName.VARIANT_UNAVAILABLE, `the variant API's answer for ${id} has no usable location or sequences`, {
      expected: 'location with chromosome, start and end; genomicReferenceSequence and genomicVariantSequence, text or null',
      found: {
        location: answer.location,
        genomicReferenceSequence: answer.genomicReferenceSequence,
        genomicVariantSequence: answer.genomicVariantSequence,
      },
      exitCode: ExitCode.BAD_INPUT,
    });
  }
  const variant: Variant = {
    id,
    seqId: location.chromosome as string,
    start: location.start as number,
    end: location.end as number,
    referenceSequence: (answer.genomicReferenceSequence as string | null | undefined) ?? '',
    alternativeSequence: (answer.genomicVariantSequence as string | null | undefined) ?? '',
  };
  checkVariant(variant, ErrorName.VARIANT_UNAVAILABLE);
  return variant;
}

/** @throws WorkerError of the given name where a variant's interval and sequences cannot be those of one */
export function checkVariant(variant: Variant, errorName: ErrorNameValue = ErrorName.INVALID_INPUT): void {
  const wrong = (message: string, expected: unknown, found: unknown) => new WorkerError(
    errorName, `variant ${shownVariant(variant)} ${message}`, { expected, found, exitCode: ExitCode.BAD_INPUT });
  if (variant.start > variant.end) {
    throw wrong('ends before it starts; give the smaller position first, also on the - strand', 'start <= end', [variant.start, variant.end]);
  }
  if (variant.referenceSequence === '' && variant.alternativeSequence === '') {
    throw wrong('has neither a reference nor an alternative sequence; give one of them or both', 'one sequence or both', 'none');
  }
  if (variant.referenceSequence === '' && variant.end !== variant.start + 1) {
    throw wrong('has no reference sequence, so it is an insertion, whose interval must be the two bases beside it',
      [variant.start, variant.start + 1], [variant.start, variant.end]);
  }
}

/** JSON.parse takes any depth; what looks at the value later, such as JSON.stringify, does not. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isPosition(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_POSITION;
}

function isSequence(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

