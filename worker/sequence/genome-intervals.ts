import { RegionEntry } from './region-entry';

/** Bases of a FASTA sequence: 1-based, inclusive. */
export interface GenomeInterval {
  readonly seqId: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What an entry may read of its genome: its coding parts, or its exons where those are to be searched; with variants both, as a
 * coding sequence that lost its stop is extended into the exons after it.
 */
export function genomeIntervals({ seqId, exons, cds, variantIds, variants }: RegionEntry): GenomeInterval[] {
  const withExons = cds.length === 0 || variantIds.length > 0 || variants.length > 0;
  return [...cds, ...(withExons ? exons : [])].map(({ start, end }) => ({ seqId, start, end }));
}
