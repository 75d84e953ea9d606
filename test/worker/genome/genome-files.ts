import { gzipSync } from 'node:zlib';

export interface GenomeOptions {
  /** @default 60 */
  readonly lineLength?: number;
  /** @default '\n' */
  readonly lineEnd?: string;
  /** Whether the last line of the file ends. @default true */
  readonly lastLineEnds?: boolean;
  /** Uncompressed bytes of a block, up to 65,280 as bgzip makes them. @default 65,280 */
  readonly blockBytes?: number;
}

/** A FASTA file and its indexes, as bytes. */
export interface GenomeFiles {
  readonly fasta: Buffer;
  readonly fai: Buffer;
}

export interface BgzipFiles extends GenomeFiles {
  readonly gzi: Buffer;
  /** Where each block begins in the file; the last one is the empty one that marks the end. */
  readonly blocks: readonly number[];
}

/** What `samtools faidx` makes beside a FASTA file of these sequences. */
export function plainGenome(sequences: Readonly<Record<string, string>>, options: GenomeOptions = {}): GenomeFiles {
  const { lineLength = 60, lineEnd = '\n', lastLineEnds = true } = options;
  let text = '';
  const fai: string[] = [];
  for (const [name, sequence] of Object.entries(sequences)) {
    text += `>${name} described${lineEnd}`;
    fai.push([name, sequence.length, text.length, lineLength, lineLength + lineEnd.length].join('\t'));
    const lines: string[] = [];
    for (let at = 0; at < sequence.length; at += lineLength) lines.push(sequence.slice(at, at + lineLength));
    text += lines.map((line) => line + lineEnd).join('');
  }
  if (!lastLineEnds) text = text.slice(0, -lineEnd.length);
  return { fasta: Buffer.from(text, 'latin1'), fai: Buffer.from(`${fai.join('\n')}\n`) };
}

/** The same, compressed as `bgzip --index` does. */
export function bgzipGenome(sequences: Readonly<Record<string, string>>, options: GenomeOptions = {}): BgzipFiles {
  const { fasta, fai } = plainGenome(sequences, options);
  return { fai, ...bgzip(fasta, options.blockBytes) };
}

export function bgzip(content: Buffer, blockBytes = 65_280): Pick<BgzipFiles, 'fasta' | 'gzi' | 'blocks'> {
  const pieces: Buffer[] = [];
  const places: [compressed: number, uncompressed: number][] = [];
  let length = 0;
  let last: { readonly content: Buffer; readonly piece: Buffer } | undefined;
  for (let at = 0; at <= content.length; at += blockBytes) {
    places.push([length, Math.min(at, content.length)]);
    const chunk = content.subarray(at, at + blockBytes);
    // So that a large file of equal blocks is made quickly.
    const piece = last?.content.equals(chunk) ? last.piece : block(chunk);
    last = { content: chunk, piece };
    pieces.push(piece);
    length += piece.length;
  }
  if (content.length % blockBytes !== 0) {
    places.push([length, content.length]);
    pieces.push(block(Buffer.alloc(0)));
  }
  return { fasta: Buffer.concat(pieces), gzi: gziOf(places.slice(1)), blocks: places.map(([compressed]) => compressed) };
}

/** A file of blocks with these contents, and a `.gzi` of those that are listed; the first one never is. */
export function bgzipBlocks(contents: readonly Buffer[], isListed: (block: number) => boolean): Pick<BgzipFiles, 'fasta' | 'gzi' | 'blocks'> {
  const pieces = contents.map((content) => block(content));
  const places: [number, number][] = [[0, 0]];
  pieces.forEach((piece, index) => places.push([places[index][0] + piece.length, places[index][1] + contents[index].length]));
  const listed = places.filter((_place, index) => index > 0 && index < pieces.length && isListed(index));
  return { fasta: Buffer.concat(pieces), gzi: gziOf(listed), blocks: places.map(([at]) => at) };
}

/** The number of entries, then both offsets of each (manual page bgzip(1)). */
export function gziOf(places: readonly (readonly [compressed: number, uncompressed: number])[]): Buffer {
  const gzi = Buffer.alloc(8 + places.length * 16);
  gzi.writeBigUInt64LE(BigInt(places.length), 0);
  places.forEach((place, index) => place.forEach((offset, half) => gzi.writeBigUInt64LE(BigInt(offset), 8 + index * 16 + half * 8)));
  return gzi;
}

/** One gzip member with its size in the subfield BC (SAM/BAM format specification, section 4.1). */
function block(content: Buffer): Buffer {
  const gzip = gzipSync(content);
  const rest = gzip.subarray(10);
  const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43, 2, 0, 0, 0]);
  header.writeUInt16LE(header.length + rest.length - 1, 16);
  return Buffer.concat([header, rest]);
}

/** Farther apart than deflate looks back, so that repeating them saves it nothing. */
const REPEATED_BASES = 40_009;

/** Bases that compress as random ones do, the same each time. */
export function randomBases(length: number, seed = 1, letters = 'ACGTacgtN'): string {
  const bases = Buffer.alloc(Math.min(length, REPEATED_BASES));
  let state = seed;
  for (let at = 0; at < bases.length; at++) {
    // Lehmer's generator, as C++'s minstd_rand0 has it.
    state = (state * 16_807) % 2_147_483_647;
    bases[at] = letters.charCodeAt(state % letters.length);
  }
  return bases.toString('latin1').repeat(Math.ceil(length / REPEATED_BASES)).slice(0, length);
}
