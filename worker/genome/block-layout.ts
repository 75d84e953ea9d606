import { gunzipSync } from 'node:zlib';
import { unusable } from './byte-source';

/** How the bytes of a file are cut into the blocks that are read and kept. */
export interface BlockLayout {
  /** The block that holds an uncompressed offset. */
  blockAt(offset: number): number;
  /** The uncompressed offset of a block's first byte. */
  start(block: number): number;
  /** Where the block lies in the file; the length may go past the end of the file. */
  stored(block: number): { start: number; length: number };
  /**
   * The block's uncompressed bytes.
   *
   * @throws WorkerError where they are damaged
   */
  decode(block: number, bytes: Buffer): Buffer;
}

const PLAIN_BLOCK_BYTES = 64 * 1024;

/** An uncompressed file, in blocks of one size. */
export class PlainLayout implements BlockLayout {
  public blockAt(offset: number): number {
    return Math.floor(offset / PLAIN_BLOCK_BYTES);
  }

  public start(block: number): number {
    return block * PLAIN_BLOCK_BYTES;
  }

  public stored(block: number): { start: number; length: number } {
    return { start: this.start(block), length: PLAIN_BLOCK_BYTES };
  }

  /** A copy, so that the block does not keep all the bytes that were read with it. */
  public decode(_block: number, bytes: Buffer): Buffer {
    return Buffer.from(bytes);
  }
}

/** "Each BGZF block is at most 64 KiB, compressed and uncompressed" (SAM/BAM format specification, section 4.1). */
const MAX_BGZF_BLOCK_BYTES = 65_536;
const HEADER_BYTES = 12;

/** A bgzip-compressed file, in its own blocks, whose places its `.gzi` tells. */
export class BgzfLayout implements BlockLayout {
  /**
   * @param compressed each block's offset in the file, ascending
   * @param uncompressed each block's uncompressed offset, ascending
   */
  constructor(private readonly name: string, private readonly compressed: Float64Array, private readonly uncompressed: Float64Array) {}

  public blockAt(offset: number): number {
    let low = 0;
    let high = this.uncompressed.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.uncompressed[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  public start(block: number): number {
    return this.uncompressed[block];
  }

  public stored(block: number): { start: number; length: number } {
    const start = this.compressed[block];
    const next: number | undefined = this.compressed[block + 1];
    return { start, length: (next ?? start + MAX_BGZF_BLOCK_BYTES) - start };
  }

  public decode(block: number, bytes: Buffer): Buffer {
    const size = blockSize(bytes);
    const last = block === this.compressed.length - 1;
    if (size === undefined || size > bytes.length || (!last && size !== bytes.length)) {
      throw unusable(`${this.name} does not fit its .gzi: no bgzip block of ${bytes.length} bytes at offset ${this.compressed[block]}; `
        + 'make the index again with: samtools faidx', `a block of ${bytes.length} bytes`, size === undefined ? 'no block' : `a block of ${size} bytes`);
    }
    let content: Buffer;
    try {
      // Checks the block's CRC32 and its length as well.
      content = gunzipSync(bytes.subarray(0, size), { maxOutputLength: MAX_BGZF_BLOCK_BYTES });
    } catch (error) {
      throw unusable(`${this.name} is damaged: the block at offset ${this.compressed[block]} cannot be unpacked (${(error as Error).message})`,
        undefined, undefined, error);
    }
    const next: number | undefined = this.uncompressed[block + 1];
    if (next !== undefined && next - this.uncompressed[block] !== content.length) {
      throw unusable(`${this.name} does not fit its .gzi at offset ${this.compressed[block]}; make the index again with: samtools faidx`,
        `${next - this.uncompressed[block]} bytes in the block`, `${content.length} bytes`);
    }
    return content;
  }
}

/** The size that a bgzip block's header tells (its subfield BC), or undefined where there is no such header. */
function blockSize(bytes: Buffer): number | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32BE(0) !== 0x1f8b0804) return undefined;
  const end = HEADER_BYTES + bytes.readUInt16LE(10);
  for (let at = HEADER_BYTES; at + 4 <= Math.min(end, bytes.length);) {
    const length = bytes.readUInt16LE(at + 2);
    if (bytes[at] === 0x42 && bytes[at + 1] === 0x43 && length === 2 && at + 6 <= bytes.length) return bytes.readUInt16LE(at + 4) + 1;
    at += 4 + length;
  }
  return undefined;
}

/**
 * A `.gzi` (bgzip --index): the number of its entries, then for each the compressed and the uncompressed offset of a block, all as
 * 64 bits, low byte first; the block at 0 is not in it. See the manual page bgzip(1) of htslib.
 */
export function parseBgzfLayout(index: Buffer, indexName: string, name: string): BgzfLayout {
  const count = index.length >= 8 ? Number(index.readBigUInt64LE(0)) : -1;
  if (index.length !== 8 + count * 16) {
    throw unusable(`${indexName} is not a .gzi index; make it with: samtools faidx`, 'a count and 16 bytes for each', `${index.length} bytes`);
  }
  const compressed = new Float64Array(count + 1);
  const uncompressed = new Float64Array(count + 1);
  for (let entry = 0; entry < count; entry++) {
    const at = Number(index.readBigUInt64LE(8 + entry * 16));
    const offset = Number(index.readBigUInt64LE(16 + entry * 16));
    const [length, content] = [at - compressed[entry], offset - uncompressed[entry]];
    if (!(length > 0 && length <= MAX_BGZF_BLOCK_BYTES && content >= 0 && content <= MAX_BGZF_BLOCK_BYTES)) {
      throw unusable(`${indexName} is damaged: entry ${entry + 1} of ${count} does not follow the one before it; make it again with: samtools faidx`);
    }
    compressed[entry + 1] = at;
    uncompressed[entry + 1] = offset;
  }
  return new BgzfLayout(name, compressed, uncompressed);
}
