import type { Difference } from './differences';
import type { RunResults, VariantFields } from './result-folder';
import { AlignedVariantInfo, RecordError, VariantType } from '../../src/contract/seq-info';

/** The results of PAVI's Nextflow workflow on the one side, and of this pipeline on the other. */
export interface Sides {
  readonly nextflow: RunResults;
  readonly here: RunResults;
}

interface DocumentedDifference {
  readonly text: string;
  /** Whether it can be the cause, as far as the results tell. */
  readonly explains: (difference: Difference, nextflow: unknown, here: unknown, sides: Sides) => boolean;
}

const START_IN_PROTEIN: keyof AlignedVariantInfo = 'seq_start_pos';
const COLUMNS: readonly (keyof AlignedVariantInfo)[] = ['alignment_start_pos', 'alignment_end_pos'];

/** The texts that both write; every other one is the writer's own. */
const FIXED_ERRORS: readonly string[] = Object.values(RecordError);

/** What this pipeline does otherwise than PAVI's, on purpose (docs/migrating-from-nextflow.md, "What differs, and why"), where results show it. */
const DOCUMENTED: readonly DocumentedDifference[] = [
  {
    text: 'the same record of two alleles goes into the alignment once',
    explains: ({ kind }, nextflow, here) => kind === 'repeated record' && Number(nextflow) > 1 && here === 1,
  },
  {
    text: 'a soft-masked (lower case) start codon no longer rejects every variant',
    explains: ({ kind, record }, nextflow, here, sides) => (kind === 'error' && nextflow === RecordError.START_CODON_CHANGED && here === undefined)
      || (kind === 'record' && here !== undefined && nextflow === undefined && sides.nextflow.seqInfo?.[record ?? '']?.error === RecordError.START_CODON_CHANGED),
  },
  {
    text: 'a codon with an ambiguous base becomes X, or the amino acid that all its readings share, and no longer fails the entry',
    explains: ({ kind, record }, nextflow, here, sides) => {
      const residues = sides.here.alignment?.rows.find(({ name }) => name === record)?.residues ?? '';
      return residues.includes('X') && ((kind === 'record' && nextflow === undefined) || (kind === 'error' && here === undefined && !FIXED_ERRORS.includes(String(nextflow))));
    },
  },
  {
    text: 'overlapping variants are looked for among all pairs, and not among neighbours alone',
    explains: ({ kind, record }, nextflow, here, sides) => /overlap/i.test(String(sides.here.seqInfo?.[record ?? '']?.error))
      && ((kind === 'error' && nextflow === undefined) || (kind === 'record' && here === undefined)),
  },
  {
    text: 'an error says what its cause is',
    explains: ({ kind }, nextflow, here) => kind === 'error' && nextflow !== undefined && here !== undefined && ![nextflow, here].some((text) => FIXED_ERRORS.includes(String(text))),
  },
  {
    text: 'of an insertion and a variant with the same first base, both are embedded',
    explains: ({ kind, record, variant }, nextflow, _here, sides) => kind === 'variant' && nextflow === undefined && sharesFirstBase(sides.here, record, variant),
  },
  {
    text: 'of an insertion and a variant with the same first base, both are in the sequence',
    explains: ({ kind, record }, _nextflow, _here, sides) => ['sequence', 'variant field'].includes(kind)
      && variantsOf(sides.here, record).some(({ variant_id: id }) => !variantsOf(sides.nextflow, record).some((other) => other.variant_id === id)
        && sharesFirstBase(sides.here, record, String(id))),
  },
  {
    text: 'deleting the first codon gives position 1, and not 0',
    explains: ({ kind, field }, nextflow, here) => kind === 'variant field' && field === START_IN_PROTEIN && nextflow === 0 && here === 1,
  },
];

function variantsOf({ seqInfo }: RunResults, record = ''): readonly VariantFields[] {
  const variants = seqInfo?.[record]?.embedded_variants;
  return Array.isArray(variants) ? variants : [];
}

function sharesFirstBase(results: RunResults, record: string | undefined, variant: string | undefined): boolean {
  const variants = variantsOf(results, record);
  const own = variants.find(({ variant_id: id }) => id === variant);
  return own !== undefined && variants.some((other) => other !== own && other.genomic_start_pos === own.genomic_start_pos
    && [own, other].some(({ seq_substitution_type: type }) => type === VariantType.INSERTION));
}

/** Where other sequences were aligned, the columns of all are others too. */
const FOLLOWS = 'it follows from the sequences that differ: others were aligned';

/**
 * The documented cause of a difference, A's or B's being the results of PAVI's workflow; undefined where none is known.
 *
 * @param differences all of them
 */
export function documentedCause(difference: Difference, differences: readonly Difference[], a: RunResults, b: RunResults): string | undefined {
  const direct = (one: Difference) => DOCUMENTED.find(({ explains }) => explains(one, one.a, one.b, { nextflow: a, here: b }))?.text
    ?? DOCUMENTED.find(({ explains }) => explains(one, one.b, one.a, { nextflow: b, here: a }))?.text;
  const own = direct(difference);
  if (own !== undefined) return own;
  const ofColumns = difference.kind === 'gaps' || difference.kind === 'order' || (difference.kind === 'variant field' && (COLUMNS as readonly unknown[]).includes(difference.field));
  const ofSequences = differences.filter(({ kind }) => ['record', 'repeated record', 'sequence'].includes(kind));
  return ofColumns && ofSequences.length > 0 && ofSequences.every((one) => direct(one) !== undefined) ? FOLLOWS : undefined;
}
