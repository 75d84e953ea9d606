/** What a variant does to the sequence. */
export const VariantType = {
  SUBSTITUTION: 'substitution',
  DELETION: 'deletion',
  INSERTION: 'insertion',
  INDEL: 'indel',
} as const;

export type VariantTypeValue = (typeof VariantType)[keyof typeof VariantType];

/** An embedded variant as retrieval writes it, keys in this order. Positions are 1-based and inclusive. */
export interface EmbeddedVariantInfo {
  readonly variant_id: string;
  readonly genomic_seq_id: string;
  readonly genomic_start_pos: number;
  readonly genomic_end_pos: number;
  readonly seq_length: number;
  readonly genomic_ref_seq: string;
  readonly genomic_alt_seq: string;
  readonly seq_substitution_type: VariantTypeValue;
  /** In the protein. */
  readonly seq_start_pos: number;
  readonly seq_end_pos: number;
  readonly embedded_ref_seq_len: number;
  readonly embedded_alt_seq_len: number;
}

/** The same in the results, where collection has added the columns of the alignment. */
export interface AlignedVariantInfo extends EmbeddedVariantInfo {
  readonly alignment_start_pos: number;
  readonly alignment_end_pos: number;
}

/** Of a reference record nothing; of an alternative one its variants, or why it could not be made. */
export type SeqInfo = { readonly [field: string]: never }
| { readonly error: string }
| { readonly embedded_variants: readonly EmbeddedVariantInfo[] };

/** Why a record could not be made, in the words of PAVI's own program; every other reason has words of the worker's own. */
export const RecordError = {
  START_CODON_CHANGED: 'Reference start codon is different from alternative start codon. Alternative coding sequence rejected. '
    + 'No alternatives searched.',
  STOP_CODON_LOST: 'Stop codon lost and no alternative found in extended alternative coding sequence. '
    + 'Alternative coding sequence rejected.',
  NO_OPEN_READING_FRAME: 'No open reading frames found in transcript sequence.',
} as const;
