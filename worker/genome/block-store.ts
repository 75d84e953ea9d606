import { BlockCache, MAX_KEPT_BLOCKS } from './block-cache';
import { BlockLayout } from './block-layout';
import { ByteSource, unusable } from './byte-source';
import { Limit } from '../net/limit';

/** Blocks nearer to each other than that are always read with one request, those farther away never. */
const SMALL_GAP_BYTES = 16 * 1024;
const LARGE_GAP_BYTES = 1024 * 1024;
const MAX_SPAN_BYTES = 2 * 1024 * 1024;
/** More than that is not read ahead: what is read last must not push out what is needed first. */
const MAX_PREFETCHED_BLOCKS = MAX_KEPT_BLOCKS * 3 / 4;

/** A stretch of the file, and the blocks in it that are wanted. */
interface Span {
  readonly start: number;
  end: number;
  readonly blocks: number[];
}

/** Reads blocks, several with one request where they lie close together, several requests side by side, and none twice. */
export class BlockStore {
  private readonly prefix: string;

  constructor(
    private readonly source: ByteSource, private readonly layout: BlockLayout, private readonly cache: BlockCache, private readonly limit: Limit,
  ) {
    this.prefix = cache.newStore();
  }

  /**
   * Starts to read the blocks of these stretches (uncompressed bytes, `end` exclusive) that are not there yet. A failure shows when a
   * block is asked for.
   *
   * @param requests with so many requests, or a few more where what is wanted lies very far apart
   */
  public prefetch(stretches: Iterable<{ readonly start: number; readonly end: number }>, requests: number): void {
    const blocks = new Set<number>();
    for (const { start, end } of stretches) {
      for (const block of this.blocksOf(start, end)) {
        if (blocks.size >= MAX_PREFETCHED_BLOCKS) break;
        if (!this.cache.has(this.prefix + block)) blocks.add(block);
      }
    }
    this.fetch([...blocks].sort((a, b) => a - b), requests);
  }

  /** The uncompressed bytes from `start` to before `end`. */
  public async read(start: number, end: number): Promise<Buffer> {
    const blocks = [...this.blocksOf(start, end)];
    const fetched = this.fetch(blocks.filter((block) => !this.cache.has(this.prefix + block)), 1);
    const contents = await Promise.all(blocks.map((block) => this.cache.get(this.prefix + block) ?? fetched.get(block)!));
    const first = this.layout.start(blocks[0]);
    const bytes = Buffer.concat(contents).subarray(start - first, end - first);
    if (bytes.length !== end - start) {
      throw unusable(`${this.source.name} ends before its index says; make the index again with: samtools faidx`,
        `bytes ${start} to ${end - 1}`, `${bytes.length} of ${end - start} bytes`);
    }
    return bytes;
  }

  /** The blocks that hold the uncompressed bytes from `start` to before `end`. */
  private* blocksOf(start: number, end: number): Generator<number> {
    const last = this.layout.blockAt(end - 1);
    for (let block = this.layout.blockAt(start); block <= last; block++) yield block;
  }

  private fetch(blocks: readonly number[], requests: number): Map<number, Promise<Buffer>> {
    const contents = new Map<number, Promise<Buffer>>();
    for (const span of this.spans(blocks, requests)) {
      const bytes = this.limit.run(() => this.source.range(span.start, span.end - span.start));
      for (const block of span.blocks) {
        const content = bytes.then((read) => this.cut(block, span.start, read));
        content.catch(() => undefined);
        contents.set(block, content);
        this.cache.set(this.prefix + block, content);
      }
    }
    return contents;
  }

  /** Cuts at the largest gaps, so that with few requests few bytes are read in vain. */
  private spans(blocks: readonly number[], requests: number): Span[] {
    const stored = blocks.map((block) => ({ block, ...this.layout.stored(block) }));
    const gaps = stored.slice(1).map(({ start }, index) => start - stored[index].start - stored[index].length);
    const largest = [...gaps.keys()].filter((index) => gaps[index] > SMALL_GAP_BYTES).sort((a, b) => gaps[b] - gaps[a]);
    const cuts = new Set(largest.filter((index, rank) => rank < requests - 1 || gaps[index] > LARGE_GAP_BYTES));
    const spans: Span[] = [];
    stored.forEach(({ block, start, length }, index) => {
      const last = spans.at(-1);
      if (last !== undefined && !cuts.has(index - 1) && start + length - last.start <= MAX_SPAN_BYTES) {
        last.end = start + length;
        last.blocks.push(block);
      } else {
        spans.push({ start, end: start + length, blocks: [block] });
      }
    });
    return spans;
  }

  private cut(block: number, spanStart: number, bytes: Buffer): Buffer {
    const { start, length } = this.layout.stored(block);
    return this.layout.decode(block, bytes.subarray(start - spanStart, start - spanStart + length));
  }
}
