import { Block, BlockLayout } from './block-layout';
import { ByteSource, Misfit } from './byte-source';
import { GenomeMemory, weightOf } from './genome-memory';
import { Limit } from '../net/limit';

/** Blocks nearer to each other than that are always read with one request, those farther away never. */
const SMALL_GAP_BYTES = 16 * 1024;
const LARGE_GAP_BYTES = 1024 * 1024;
const MAX_SPAN_BYTES = 2 * 1024 * 1024;
/** More of the memory is not read ahead: what is read last must not push out what is needed first. */
const PREFETCHED_SHARE = 3 / 4;

/** Uncompressed bytes, `end` exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A stretch of the file, and the blocks in it that are wanted. */
interface Span {
  readonly at: number;
  end: number;
  readonly blocks: Block[];
}

/** Reads blocks, several with one request where they lie close together, several requests side by side, and none twice while they are kept. */
export class BlockStore {
  private readonly prefix: string;

  constructor(
    private readonly source: ByteSource, private readonly layout: BlockLayout, private readonly memory: GenomeMemory, private readonly limit: Limit,
  ) {
    this.prefix = memory.newStore();
  }

  /**
   * Starts to read the blocks of these stretches that are not there yet, and that can be told without reading. A failure shows when a
   * block is asked for.
   *
   * @param requests with so many requests, or a few more where what is wanted lies very far apart
   */
  public prefetch(stretches: Iterable<Stretch>, requests: number): void {
    const wanted = new Map<string, Block>();
    let room = this.memory.roomForBlocks * PREFETCHED_SHARE;
    for (const { start, end } of stretches) {
      for (const block of this.foreseen(start, end)) {
        const key = this.keyOf(block);
        if (wanted.has(key) || this.memory.has(key)) continue;
        room -= weightOf(block.size);
        if (room < 0) break;
        wanted.set(key, block);
      }
    }
    this.fetch([...wanted.values()].sort((a, b) => a.at - b.at), requests);
  }

  /** The uncompressed bytes from `start` to before `end`. */
  public async read(start: number, end: number): Promise<Buffer> {
    const bytes = await this.bytesOf(await this.blocksOf(start, end), start, end) ?? await this.readExplored(start, end);
    if (bytes?.length === end - start) return bytes;
    throw new Misfit(`${this.source.name} ends before its index says: it is cut short, or the index is of another file (samtools faidx makes it again)`,
      `bytes ${start} to ${end - 1}`, `${bytes?.length ?? 0} of ${end - start} bytes`);
  }

  /** What lies before an uncompressed offset in its block, if that block is there already. */
  public async keptBefore(offset: number): Promise<Buffer | undefined> {
    const block = this.foreseen(offset - 1, offset).at(0);
    const content = block && await this.memory.get(this.keyOf(block));
    return content?.subarray(0, offset - block!.start);
  }

  private foreseen(start: number, end: number): readonly Block[] {
    try {
      return this.layout.blocksOf(start, end) ?? [];
    } catch {
      return [];
    }
  }

  private async blocksOf(start: number, end: number): Promise<Block[]> {
    const known = this.layout.blocksOf(start, end);
    if (known !== undefined) return known;
    await this.explore(start, end);
    return this.layout.blocksOf(start, end) ?? [];
  }

  private explore(start: number, end: number): Promise<void> {
    return this.layout.explore(start, end, (at, length) => this.limit.run(() => this.source.range(at, length)));
  }

  /** The last block that the index lists may have others behind it. */
  private async readExplored(start: number, end: number): Promise<Buffer | undefined> {
    await this.explore(start, end);
    return this.bytesOf(this.layout.blocksOf(start, end) ?? [], start, end);
  }

  /** Undefined if the blocks turn out to have fewer. */
  private async bytesOf(blocks: readonly Block[], start: number, end: number): Promise<Buffer | undefined> {
    if (blocks.length === 0) return undefined;
    const contents = await Promise.all(this.contentsOf(blocks));
    const bytes = Buffer.concat(contents).subarray(start - blocks[0].start, end - blocks[0].start);
    return bytes.length === end - start ? bytes : undefined;
  }

  /** Taken in hand at once: what is fetched for some may push the others out of the memory. */
  private contentsOf(blocks: readonly Block[]): Promise<Buffer>[] {
    const kept = blocks.map((block) => this.memory.get(this.keyOf(block)));
    const fetched = this.fetch(blocks.filter((_block, index) => kept[index] === undefined), 1);
    return blocks.map((block, index) => kept[index] ?? fetched.get(block)!);
  }

  private fetch(blocks: readonly Block[], requests: number): Map<Block, Promise<Buffer>> {
    const contents = new Map<Block, Promise<Buffer>>();
    for (const span of spansOf(blocks, requests)) {
      const bytes = this.limit.run(() => this.source.range(span.at, span.end - span.at));
      for (const block of span.blocks) {
        const from = block.at - span.at;
        const content = bytes.then((read) => this.layout.decode(block, read.subarray(from, from + block.length)));
        content.catch(() => undefined);
        contents.set(block, content);
        this.memory.set(this.keyOf(block), content, block.size);
      }
    }
    return contents;
  }

  private keyOf({ at, length }: Block): string {
    return `${this.prefix}${at}+${length}`;
  }
}

/** Cuts at the largest gaps, so that with few requests few bytes are read in vain. */
function spansOf(blocks: readonly Block[], requests: number): Span[] {
  const gaps = blocks.slice(1).map(({ at }, index) => at - blocks[index].at - blocks[index].length);
  const largest = [...gaps.keys()].filter((index) => gaps[index] > SMALL_GAP_BYTES).sort((a, b) => gaps[b] - gaps[a]);
  const cuts = new Set(largest.filter((index, rank) => rank < requests - 1 || gaps[index] > LARGE_GAP_BYTES));
  const spans: Span[] = [];
  blocks.forEach((block, index) => {
    const last = spans.at(-1);
    const end = block.at + block.length;
    if (last !== undefined && !cuts.has(index - 1) && end - last.at <= MAX_SPAN_BYTES) {
      last.end = Math.max(last.end, end);
      last.blocks.push(block);
    } else {
      spans.push({ at: block.at, end, blocks: [block] });
    }
  });
  return spans;
}
