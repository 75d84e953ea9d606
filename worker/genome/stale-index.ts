import { ByteSource } from './byte-source';

/** Files that are copied or uploaded together are written in any order. */
const TOLERANCE_MS = 10_000;

/** A warning for each index that was last changed before its FASTA file. Answers that are read anyway say when that was. */
export function staleIndexes(fasta: ByteSource, indexes: readonly ByteSource[]): string[] {
  return indexes.flatMap((index) => {
    if (fasta.modified === undefined || index.modified === undefined || index.modified + TOLERANCE_MS >= fasta.modified) return [];
    return [`the index ${index.name} (of ${time(index.modified)}) is older than ${fasta.name} (of ${time(fasta.modified)}): if the bases have moved since, `
      + 'the sequence is of another place; make the index again with: samtools faidx'];
  });
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
