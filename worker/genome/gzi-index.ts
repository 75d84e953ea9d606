import { unusable } from './byte-source';

const COUNT_BYTES = 8;
const ENTRY_BYTES = 16;

/**
 * A `.gzi` (bgzip --index): the number of its entries, then for each the compressed and the uncompressed offset of a block, all as
 * 64 bits, low byte first; the block at 0 is not in it. See the manual page bgzip(1) of htslib. Entries may be the same as those before
 * them, and blocks may be left out. It keeps the file's bytes, and nothing beside them.
 */
export class GziIndex {
  /** Of the blocks, the one at 0 included. */
  public readonly count: number;

  /** @throws WorkerError if it is no such index, or goes back */
  constructor(private readonly bytes: Buffer, indexName: string) {
    const entries = bytes.length >= COUNT_BYTES ? uint64(bytes, 0) : -1;
    if (bytes.length !== COUNT_BYTES + entries * ENTRY_BYTES) {
      throw unusable(`${indexName} is not a .gzi index; make it with: samtools faidx`, 'a count and 16 bytes for each', `${bytes.length} bytes`);
    }
    this.count = entries + 1;
    for (let block = 1; block < this.count; block++) {
      const [length, content] = [this.at(block) - this.at(block - 1), this.start(block) - this.start(block - 1)];
      const follows = (length > 0 && content >= 0) || (length === 0 && content === 0);
      if (follows && this.at(block) <= Number.MAX_SAFE_INTEGER && this.start(block) <= Number.MAX_SAFE_INTEGER) continue;
      throw unusable(`${indexName} is damaged: entry ${block} of ${entries} does not follow the one before it; make it again with: samtools faidx`);
    }
  }

  /** Where a block lies in the file. */
  public at(block: number): number {
    return block === 0 ? 0 : uint64(this.bytes, COUNT_BYTES + (block - 1) * ENTRY_BYTES);
  }

  /** The uncompressed offset of a block's first byte. */
  public start(block: number): number {
    return block === 0 ? 0 : uint64(this.bytes, COUNT_BYTES + (block - 1) * ENTRY_BYTES + 8);
  }

  /** The last block that does not begin behind an uncompressed offset. */
  public find(offset: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.start(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Exact up to 2^53. */
function uint64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}
