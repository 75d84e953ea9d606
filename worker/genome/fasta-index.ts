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

/** A line's end: CR and LF. */
const MAX_LINE_END_BYTES = 2;
const LF = 10;

/**
 * The sequences of a FASTA file by name; see the manual page faidx(5) of samtools. It keeps the file's bytes and not an object for
 * each sequence: a draft genome may have millions of them.
 */
export class FastaIndex {
  private readonly found = new Map<string, IndexedSequence | undefined>();

  /** @throws WorkerError where a line is not one of a FASTA index */
  constructor(private readonly bytes: Buffer, name: string) {
    let number = 0;
    for (const line of linesOf(bytes)) {
      number += 1;
      if (line.trim() === '' || parseLine(line) !== undefined) continue;
      throw unusable(`line ${number} of ${name} is not one of a FASTA index; make it with: samtools faidx`,
        'name, length, offset, bases and bytes of a line, between tabs', line.slice(0, 80));
    }
  }

  public find(seqId: string): IndexedSequence | undefined {
    if (!this.found.has(seqId)) this.found.set(seqId, this.search(seqId));
    return this.found.get(seqId);
  }

  /** The first names, for messages. */
  public firstNames(most: number): string[] {
    const names: string[] = [];
    for (const line of linesOf(this.bytes)) {
      if (names.length === most) break;
      if (line.trim() !== '') names.push(line.split('\t')[0]);
    }
    return names;
  }

  /** The first one of a name, as samtools has it. */
  private search(seqId: string): IndexedSequence | undefined {
    if (/[\t\n]/.test(seqId)) return undefined;
    const wanted = Buffer.from(`${seqId}\t`);
    for (let at = this.bytes.indexOf(wanted); at >= 0; at = this.bytes.indexOf(wanted, at + 1)) {
      if (at > 0 && this.bytes[at - 1] !== LF) continue;
      const end = this.bytes.indexOf(LF, at);
      return parseLine(this.bytes.toString('utf8', at, end < 0 ? this.bytes.length : end));
    }
    return undefined;
  }
}

function* linesOf(bytes: Buffer): Generator<string> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LF, start);
    yield bytes.toString('utf8', start, end < 0 ? bytes.length : end);
    if (end < 0) return;
    start = end + 1;
  }
}

function parseLine(line: string): IndexedSequence | undefined {
  const fields = line.replace(/\r$/, '').split('\t');
  if (fields.length !== 5) return undefined;
  const [length, offset, basesPerLine, bytesPerLine] = fields.slice(1).map((field) => (/^\d{1,15}$/.test(field) ? Number(field) : NaN));
  // Of an empty sequence, samtools writes lines of no bases.
  const lines = length === 0 || (basesPerLine >= 1 && bytesPerLine >= basesPerLine && bytesPerLine <= basesPerLine + MAX_LINE_END_BYTES);
  return lines && length >= 0 && offset >= 0 ? { length, offset, basesPerLine, bytesPerLine } : undefined;
}

/** Where the base at a position (1-based) lies in the uncompressed file. */
export function offsetOf(sequence: IndexedSequence, position: number): number {
  const base = position - 1;
  return sequence.offset + Math.floor(base / sequence.basesPerLine) * sequence.bytesPerLine + base % sequence.basesPerLine;
}
