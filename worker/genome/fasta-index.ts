import { unusable } from './byte-source';

/** One sequence's line of a `.fai` (samtools faidx): where its bases lie in the uncompressed FASTA file. */
export interface IndexedSequence {
  /** Number of bases. */
  readonly length: number;
  /** Uncompressed offset of the first base. */
  readonly offset: number;
  readonly basesPerLine: number;
  /** Bytes of a line, its end included. */
  readonly bytesPerLine: number;
}

/** By name; see the manual page faidx(5) of samtools. */
export type FastaIndex = ReadonlyMap<string, IndexedSequence>;

/** @throws WorkerError where a line is not one of a FASTA index */
export function parseFastaIndex(text: string, name: string): FastaIndex {
  const index = new Map<string, IndexedSequence>();
  text.split('\n').forEach((line, number) => {
    if (line.trim() === '') return;
    const fields = line.replace(/\r$/, '').split('\t');
    const [length, offset, basesPerLine, bytesPerLine] = fields.slice(1, 5).map((field) => (/^\d{1,15}$/.test(field) ? Number(field) : NaN));
    const sane = fields.length === 5 && [length, offset].every(Number.isSafeInteger) && basesPerLine >= 1 && bytesPerLine >= basesPerLine;
    if (!sane && !(fields.length === 5 && length === 0)) {
      throw unusable(`line ${number + 1} of ${name} is not one of a FASTA index; make it with: samtools faidx`,
        'name, length, offset, bases and bytes of a line, between tabs', line.slice(0, 80));
    }
    index.set(fields[0], { length, offset, basesPerLine, bytesPerLine });
  });
  return index;
}

/** Where the base at a position (1-based) lies in the uncompressed file. */
export function offsetOf(sequence: IndexedSequence, position: number): number {
  const base = position - 1;
  return sequence.offset + Math.floor(base / sequence.basesPerLine) * sequence.bytesPerLine + base % sequence.basesPerLine;
}
