import { unusable } from './byte-source';

/** One sequence's line of a `.fai` (samtools faidx): where its bases lie in the uncompressed FASTA file. */
export interface IndexedSequence {
  /** Number of bases. */
  readonly length: number;
  /** Uncompressed offset of the first base. */
  readonly offset: number;
  readonly basesPerLine: number;
  /** Bytes of a line, the white space at its end included. */
  readonly bytesPerLine: number;
}

/** Of these, the blanks at the end of a line. More would make a region of a million bases one of gigabytes. */
const MAX_LINE_END_BYTES = 1024;
const LF = 10;
/** So many names are listed in messages. */
const LISTED_NAMES = 10;

/**
 * The sequences of a FASTA file by name; see the manual page faidx(5) of samtools. As htslib does, it reads a line's name up to the first
 * white space and four numbers behind it, and leaves the rest alone.
 *
 * It keeps the file's bytes and not an object for each sequence, as a draft genome may have millions of them; or of those that are
 * wanted the objects, and no bytes.
 */
export class FastaIndex {
  /** Where the last base of all ends in the uncompressed file. */
  public readonly end: number;
  /** How much memory it keeps. */
  public readonly keptBytes: number;
  private readonly found = new Map<string, IndexedSequence | undefined>();
  private readonly firstNames: string[] = [];
  private readonly bytes: Buffer | undefined;

  /**
   * @param wanted the names that will be asked for; undefined: any
   * @throws WorkerError if a line is not one of a FASTA index
   */
  constructor(bytes: Buffer, name: string, wanted?: ReadonlySet<string>) {
    let number = 0;
    let end = 0;
    for (const line of linesOf(bytes)) {
      number += 1;
      if (line.trim() === '') continue;
      const parsed = parseLine(line);
      if (parsed === undefined) {
        throw unusable(`line ${number} of ${name} is not one of a FASTA index; make it with: samtools faidx`,
          'name, length, offset, bases and bytes of a line, between tabs', line.slice(0, 80));
      }
      const { sequence } = parsed;
      if (sequence.length > 0) end = Math.max(end, offsetOf(sequence, sequence.length) + 1);
      if (this.firstNames.length <= LISTED_NAMES) this.firstNames.push(parsed.name);
      // The first one of a name, as samtools has it.
      if (wanted?.has(parsed.name) && !this.found.has(parsed.name)) this.found.set(parsed.name, sequence);
    }
    this.end = end;
    this.bytes = wanted === undefined ? bytes : undefined;
    this.keptBytes = this.bytes?.length ?? 0;
  }

  public find(seqId: string): IndexedSequence | undefined {
    if (!this.found.has(seqId)) this.found.set(seqId, this.search(seqId));
    return this.found.get(seqId);
  }

  /** The first names, for messages. */
  public get someNames(): string {
    return this.firstNames.slice(0, LISTED_NAMES).join(', ') + (this.firstNames.length > LISTED_NAMES ? ', ...' : '');
  }

  private search(seqId: string): IndexedSequence | undefined {
    const { bytes } = this;
    if (bytes === undefined || seqId === '' || /\s/.test(seqId)) return undefined;
    const wanted = Buffer.from(seqId);
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
      if (at > 0 && bytes[at - 1] !== LF) continue;
      const end = bytes.indexOf(LF, at);
      const parsed = parseLine(bytes.toString('utf8', at, end < 0 ? bytes.length : end));
      if (parsed?.name === seqId) return parsed.sequence;
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

/** ASCII white space, as C's isspace() has it: a name may have any other. */
const LINE = /^([^\t\v\f\r ]+)[\t\v\f\r ]+(\d{1,15})[\t\v\f\r ]+(\d{1,15})[\t\v\f\r ]+(\d{1,10})[\t\v\f\r ]+(\d{1,10})(?:[\t\v\f\r ]|$)/;

function parseLine(line: string): { readonly name: string; readonly sequence: IndexedSequence } | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [length, offset, basesPerLine, bytesPerLine] = match.slice(2).map(Number);
  // Of an empty sequence, samtools writes lines of no bases.
  const lines = length === 0 || (basesPerLine >= 1 && bytesPerLine >= basesPerLine && bytesPerLine <= basesPerLine + MAX_LINE_END_BYTES);
  return lines ? { name: match[1], sequence: { length, offset, basesPerLine, bytesPerLine } } : undefined;
}

/** Where the base at a position (1-based) lies in the uncompressed file. */
export function offsetOf(sequence: IndexedSequence, position: number): number {
  const base = position - 1;
  return sequence.offset + Math.floor(base / sequence.basesPerLine) * sequence.bytesPerLine + base % sequence.basesPerLine;
}
