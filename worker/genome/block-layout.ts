import { Misfit } from './byte-source';

/** A stretch of a file that is read and kept as a whole. */
export interface Block {
  /** Where it lies in the file; no two blocks lie at the same place. */
  readonly at: number;
  /** Its bytes there; may go past the end of the file. */
  readonly length: number;
  /** The uncompressed offset of its first byte. */
  readonly start: number;
  /** The most uncompressed bytes that it may have. */
  readonly size: number;
  /** Whether it may have fewer, and others follow it. */
  readonly open?: boolean;
}

/** Reads a stretch of the file; it may end before. */
export type ReadStretch = (at: number, length: number) => Promise<Buffer>;

/** How the bytes of a file are cut into blocks. */
export interface BlockLayout {
  /**
   * The blocks that hold the uncompressed bytes from `start` to before `end`, in order.
   *
   * @returns undefined if they have to be looked for first, with {@link explore}
   * @throws WorkerError if they are absurdly many
   */
  blocksOf(start: number, end: number): Block[] | undefined;
  /** Looks for the blocks of a stretch. @throws WorkerError if they cannot be found */
  explore(start: number, end: number, read: ReadStretch): Promise<void>;
  /** The block's uncompressed bytes. @throws WorkerError if they are damaged */
  decode(block: Block, bytes: Buffer): Buffer;
}

/** What should be a FASTA file's bytes is no text. */
export class NoText extends Misfit {}

const PLAIN_BLOCK_BYTES = 64 * 1024;

/** An uncompressed file, in blocks of one size. */
export class PlainLayout implements BlockLayout {
  /**
   * @param end where the index's last base ends: nothing is asked for behind it
   * @param checksText whether a block that is no text is refused. What is compressed is none.
   */
  constructor(private readonly name: string, private readonly end: number, private readonly checksText: boolean) {}

  public blocksOf(start: number, end: number): Block[] {
    const blocks: Block[] = [];
    for (let at = start - start % PLAIN_BLOCK_BYTES; at < end; at += PLAIN_BLOCK_BYTES) {
      blocks.push({ at, length: Math.min(PLAIN_BLOCK_BYTES, Math.max(end, this.end) - at), start: at, size: PLAIN_BLOCK_BYTES });
    }
    return blocks;
  }

  public explore(): Promise<void> {
    return Promise.resolve();
  }

  /** A copy, so that the block does not keep all the bytes that were read with it. */
  public decode(_block: Block, bytes: Buffer): Buffer {
    if (this.checksText && hasControls(bytes)) {
      throw new NoText(`${this.name} is no FASTA file: it has bytes that no text has`, 'text, or what bgzip makes of it');
    }
    return Buffer.from(bytes);
  }
}

/** Control characters but tab, the line ends, form feed and vertical tab. */
function hasControls(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte < 9 || (byte > 13 && byte < 32)) return true;
  }
  return false;
}
