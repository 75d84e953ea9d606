import { blockSize, MAX_BGZF_BLOCK_BYTES, unpackBlock } from './bgzf-block';
import { Block, BlockLayout, ReadStretch } from './block-layout';
import { Misfit, unusable } from './byte-source';
import { GziIndex } from './gzi-index';

/** What lies between two listed blocks is read as one block up to this size; more is looked through first. */
const MAX_UNIT_BYTES = 4 * MAX_BGZF_BLOCK_BYTES;
/** To find blocks that are not listed, so many bytes are read at once, and so many behind a listed one altogether. */
const EXPLORED_AT_ONCE_BYTES = 1024 * 1024;
const MAX_EXPLORED_BYTES = 64 * 1024 * 1024;
/** A region of five megabases has 80 of bgzip's own blocks. */
const MAX_BLOCKS = 100_000;

const REINDEX = 'make the index again with: samtools faidx';

/** The blocks behind a listed one, as far as they were looked for. */
interface Explored {
  readonly blocks: Block[];
  /** Where the next one lies. */
  at: number;
  start: number;
  /** Whether none comes any more before the next listed one, or the file's end. */
  complete: boolean;
}

/**
 * A bgzip-compressed file, whose `.gzi` lists blocks. An index lists the blocks that its maker saw: between them may lie empty ones
 * (files that were joined by `cat`), and others.
 */
export class BgzfLayout implements BlockLayout {
  private readonly explored = new Map<number, Explored>();
  private exploring: Promise<void> = Promise.resolve();

  constructor(private readonly name: string, private readonly index: GziIndex) {}

  public blocksOf(start: number, end: number): Block[] | undefined {
    const [first, last] = [this.index.find(start), this.index.find(end - 1)];
    const blocks: Block[] = [];
    if (last - first >= MAX_BLOCKS) throw this.tooManyBlocks(start, end);
    for (let listed = first; listed <= last; listed++) {
      const known = this.knownBehind(listed, end);
      if (known === undefined) return undefined;
      for (const block of known) if (block.start < end && block.start + block.size > start) blocks.push(block);
      if (blocks.length > MAX_BLOCKS) throw this.tooManyBlocks(start, end);
    }
    return blocks;
  }

  /** One stretch after the other, so that nothing is looked for twice. */
  public explore(start: number, end: number, read: ReadStretch): Promise<void> {
    const explored = this.exploring.then(async () => {
      const last = this.index.find(end - 1);
      for (let listed = this.index.find(start); listed <= last; listed++) {
        const known = this.knownBehind(listed, end);
        if (known === undefined || known.some(({ open }) => open)) await this.exploreBehind(listed, end, read);
      }
    });
    this.exploring = explored.catch(() => undefined);
    return explored;
  }

  public decode({ at, start, size, open }: Block, bytes: Buffer): Buffer {
    if (bytes.length === 0) throw new Misfit(`${this.name} is shorter than its index says; ${REINDEX}`, `a block at offset ${at}`, 'the end of the file');
    const contents: Buffer[] = [];
    let [next, total] = [0, 0];
    // Nobody asks for more of an open one, which could go on for long.
    while (next < bytes.length && total <= size && !(open && total === size)) {
      const block = this.blockIn(bytes, next, at + next);
      if (block === undefined && open && next > 0) break;
      if (block === undefined) throw this.noBlock(at + next, bytes.length - next);
      contents.push(block.content);
      next += block.length;
      total += block.content.length;
    }
    if (!open && total !== size) throw this.misplaced(at, start + size, start + total);
    return contents.length === 1 ? contents[0] : Buffer.concat(contents);
  }

  /** The blocks from a listed one to the next, or to `end`; undefined if they have to be looked for. */
  private knownBehind(listed: number, end: number): readonly Block[] | undefined {
    const [at, start] = [this.index.at(listed), this.index.start(listed)];
    const explored = this.explored.get(listed);
    if (listed === this.index.count - 1) {
      if (explored !== undefined) return explored.complete || explored.start >= end ? explored.blocks : undefined;
      return end - start > MAX_BGZF_BLOCK_BYTES ? undefined : [{ at, start, length: MAX_BGZF_BLOCK_BYTES, size: MAX_BGZF_BLOCK_BYTES, open: true }];
    }
    const [length, size] = [this.index.at(listed + 1) - at, this.index.start(listed + 1) - start];
    if (size === 0) return [];
    if (length <= MAX_UNIT_BYTES && size <= MAX_UNIT_BYTES) return [{ at, start, length, size }];
    return explored !== undefined && (explored.complete || explored.start >= end) ? explored.blocks : undefined;
  }

  private async exploreBehind(listed: number, end: number, read: ReadStretch): Promise<void> {
    const from = this.index.at(listed);
    const last = listed === this.index.count - 1;
    const [nextAt, nextStart] = last ? [Infinity, Infinity] : [this.index.at(listed + 1), this.index.start(listed + 1)];
    const found: Explored = this.explored.get(listed) ?? { blocks: [], at: from, start: this.index.start(listed), complete: false };
    this.explored.set(listed, found);
    while (!found.complete && found.start < end) {
      if (found.at - from > MAX_EXPLORED_BYTES || found.blocks.length > MAX_BLOCKS) {
        throw unusable(`the .gzi of ${this.name} lists too few blocks: none for ${found.at - from} bytes from ${from} on; make it again with: bgzip --reindex`);
      }
      const bytes = await read(found.at, Math.min(EXPLORED_AT_ONCE_BYTES, nextAt - found.at));
      const before = found.at;
      if (bytes.length > 0) this.addBlocks(found, bytes);
      if (bytes.length > 0 && found.at === before) throw this.noBlock(before, bytes.length);
      if (found.at === nextAt && found.start !== nextStart) throw this.misplaced(nextAt, nextStart, found.start);
      found.complete = bytes.length === 0 || found.at === nextAt;
    }
  }

  /** Adds the blocks that are whole in the bytes behind those that were found before. */
  private addBlocks(found: Explored, bytes: Buffer): void {
    const from = found.at;
    for (;;) {
      const block = this.blockIn(bytes, found.at - from, found.at);
      if (block === undefined) return;
      if (block.content.length > 0) found.blocks.push({ at: found.at, length: block.length, start: found.start, size: block.content.length });
      found.at += block.length;
      found.start += block.content.length;
    }
  }

  /** The block at a place of these bytes, unpacked; undefined if no whole one is there. */
  private blockIn(bytes: Buffer, place: number, at: number): { length: number; content: Buffer } | undefined {
    const length = blockSize(bytes, place);
    if (length === undefined || place + length > bytes.length) return undefined;
    try {
      return { length, content: unpackBlock(bytes.subarray(place, place + length)) };
    } catch (error) {
      throw unusable(`${this.name} is damaged: the block at offset ${at} cannot be unpacked (${(error as Error).message})`, undefined, undefined, error);
    }
  }

  private noBlock(at: number, bytes: number): Misfit {
    return new Misfit(`${this.name} does not fit its .gzi: no whole bgzip block in the ${bytes} bytes at offset ${at}; ${REINDEX}`, 'a bgzip block', 'other bytes');
  }

  private misplaced(at: number, expected: number, found: number): Misfit {
    return new Misfit(`${this.name} does not fit its .gzi at offset ${at}; ${REINDEX}`, `contents up to ${expected}`, `contents up to ${found}`);
  }

  private tooManyBlocks(start: number, end: number): Error {
    return unusable(`${this.name} has more than ${MAX_BLOCKS} bgzip blocks for the ${end - start} bytes from ${start} on; compress it again with: bgzip`,
      `at most ${MAX_BLOCKS} blocks for a region`, 'more');
  }
}
