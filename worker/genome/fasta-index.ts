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
    const isWanted = filterOf(wanted ?? new Set());
    let end = 0;
    let number = 0;
    for (let start = 0; start < bytes.length;) {
      number += 1;
      const lineEnd = endOfLine(bytes, start);
      const line = parseLine(bytes, start, lineEnd);
      if (line !== undefined) {
        if (line.length > 0) end = Math.max(end, offsetOf(line, line.length) + 1);
        if (this.firstNames.length <= LISTED_NAMES) this.firstNames.push(bytes.toString('utf8', start, line.nameEnd));
        const wantedName = isWanted(bytes, start, line.nameEnd);
        // The first one of a name, as samtools has it.
        if (wantedName !== undefined && !this.found.has(wantedName)) this.found.set(wantedName, line);
      } else if (bytes.toString('utf8', start, lineEnd).trim() !== '') {
        throw unusable(`line ${number} of ${name} is not one of a FASTA index; make it with: samtools faidx`,
          'name, length, offset, bases and bytes of a line, between tabs', bytes.toString('utf8', start, Math.min(lineEnd, start + 80)));
      }
      start = lineEnd + 1;
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
      const line = parseLine(bytes, at, endOfLine(bytes, at));
      if (line?.nameEnd === at + wanted.length) return line;
    }
    return undefined;
  }
}

function endOfLine(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(LF, start);
  return end < 0 ? bytes.length : end;
}

/** A name's length and its ends tell most lines apart, without making a text of each. */
function filterOf(wanted: ReadonlySet<string>): (bytes: Buffer, start: number, end: number) => string | undefined {
  const keyOf = (bytes: Buffer, start: number, end: number) => ((end - start) * 256 + bytes[start]) * 256 + bytes[end - 1];
  const keys = new Set([...wanted].map((name) => keyOf(Buffer.from(name), 0, Buffer.byteLength(name))));
  return (bytes, start, end) => {
    if (!keys.has(keyOf(bytes, start, end))) return undefined;
    const name = bytes.toString('utf8', start, end);
    return wanted.has(name) ? name : undefined;
  };
}

/** ASCII white space but LF, as C's isspace() has it: a name may have any other. */
function isBlank(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13 && byte !== LF);
}

/** Exact as a number of JavaScript. */
const MAX_DIGITS = 15;

/** A line's name, which ends before `nameEnd`, and its sequence; undefined if it is none. Bytes and not texts: there may be millions of lines. */
function parseLine(bytes: Buffer, start: number, end: number): (IndexedSequence & { readonly nameEnd: number }) | undefined {
  let at = start;
  while (at < end && !isBlank(bytes[at])) at++;
  const nameEnd = at;
  const number = () => {
    while (at < end && isBlank(bytes[at])) at++;
    const first = at;
    let value = 0;
    for (; at < end && bytes[at] >= 48 && bytes[at] <= 57; at++) value = value * 10 + bytes[at] - 48;
    return at > first && at - first <= MAX_DIGITS && (at === end || isBlank(bytes[at])) ? value : NaN;
  };
  const [length, offset, basesPerLine, bytesPerLine] = [number(), number(), number(), number()];
  // Of an empty sequence, samtools writes lines of no bases.
  const lines = basesPerLine >= 1 && bytesPerLine >= basesPerLine && bytesPerLine <= basesPerLine + MAX_LINE_END_BYTES;
  const right = nameEnd > start && offset >= 0 && (lines || (length === 0 && basesPerLine >= 0 && bytesPerLine >= 0));
  return right && length >= 0 ? { nameEnd, length, offset, basesPerLine, bytesPerLine } : undefined;
}

/** Where the base at a position (1-based) lies in the uncompressed file. */
export function offsetOf(sequence: IndexedSequence, position: number): number {
  const base = position - 1;
  return sequence.offset + Math.floor(base / sequence.basesPerLine) * sequence.bytesPerLine + base % sequence.basesPerLine;
}
