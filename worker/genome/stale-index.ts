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

const LF = 10;

/**
 * A warning if the line before a sequence's first base is not its header: then the index is of another file.
 *
 * @param before some bytes before that base, from the beginning of a line or not
 */
export function headerWarning(index: ByteSource, seqId: string, before: Buffer): string | undefined {
  const start = before.lastIndexOf(LF, before.length - 2) + 1;
  const line = before.toString('utf8', start).trim();
  // The line began in an earlier block, or is a blank one.
  if ((start === 0 && !line.startsWith('>')) || line === '') return undefined;
  const name = /^>\s*(\S*)/.exec(line)?.[1];
  if (name === seqId && before.at(-1) === LF) return undefined;
  return `the index ${index.name} does not fit its FASTA file: before the first base of ${seqId} there is `
    + `${name === undefined ? 'no header line' : `the header of "${name}"`}; make the index again with: samtools faidx`;
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
