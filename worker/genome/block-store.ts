import { BlockLayout } from './block-layout';
import { ByteSource, unusable } from './byte-source';

/** Blocks nearer to each other than that are read with one request: a request costs about as much time as so many bytes. */
const MAX_GAP_BYTES = 64 * 1024;
const MAX_SPAN_BYTES = 4 * 1024 * 1024;
const MAX_REQUESTS_AT_ONCE = 8;
/** Uncompressed blocks of at most 64 KiB: 64 MiB of a job's memory. */
const MAX_KEPT_BLOCKS = 1024;

/** Reads blocks, several with one request where they lie close together, several requests side by side, and none twice. */
export class BlockStore {
  /** In the order in which they were last asked for. */
  private readonly kept = new Map<number, Promise<Buffer>>();
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly source: ByteSource, private readonly layout: BlockLayout) {}

  /** Starts to read what is not there yet. A failure shows when the block is asked for. */
  public prefetch(blocks: readonly number[]): void {
    const missing = [...new Set(blocks)].filter((block) => !this.kept.has(block)).sort((a, b) => a - b);
    for (const span of this.spans(missing)) {
      const bytes = this.limited(() => this.source.range(span.start, span.end - span.start));
      for (const block of span.blocks) {
        const content = bytes.then((read) => this.cut(block, span.start, read));
        content.catch(() => undefined);
        this.kept.set(block, content);
      }
    }
  }

  /** The uncompressed bytes from `start` to before `end`. */
  public async read(start: number, end: number): Promise<Buffer> {
    const blocks = this.blocksOf(start, end);
    this.prefetch(blocks);
    const wanted = blocks.map((block) => {
      const content = this.kept.get(block)!;
      this.kept.delete(block);
      this.kept.set(block, content);
      return content;
    });
    this.evict();
    const contents = await Promise.all(wanted);
    const first = this.layout.start(blocks[0]);
    const bytes = Buffer.concat(contents).subarray(start - first, end - first);
    if (bytes.length !== end - start) {
      throw unusable(`${this.source.name} ends before its index says; make the index again with: samtools faidx`,
        `bytes ${start} to ${end - 1}`, `${bytes.length} of ${end - start} bytes`);
    }
    return bytes;
  }

  /** The blocks that hold the uncompressed bytes from `start` to before `end`. */
  public blocksOf(start: number, end: number): number[] {
    const first = this.layout.blockAt(start);
    const last = this.layout.blockAt(end - 1);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }

  private spans(blocks: readonly number[]): { start: number; end: number; blocks: number[] }[] {
    const spans: { start: number; end: number; blocks: number[] }[] = [];
    for (const block of blocks) {
      const { start, length } = this.layout.stored(block);
      const last = spans.at(-1);
      if (last !== undefined && start - last.end <= MAX_GAP_BYTES && start + length - last.start <= MAX_SPAN_BYTES) {
        last.end = start + length;
        last.blocks.push(block);
      } else {
        spans.push({ start, end: start + length, blocks: [block] });
      }
    }
    return spans;
  }

  private cut(block: number, spanStart: number, bytes: Buffer): Buffer {
    const { start, length } = this.layout.stored(block);
    return this.layout.decode(block, bytes.subarray(start - spanStart, start - spanStart + length));
  }

  private evict(): void {
    for (const block of this.kept.keys()) {
      if (this.kept.size <= MAX_KEPT_BLOCKS) return;
      this.kept.delete(block);
    }
  }

  private async limited<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= MAX_REQUESTS_AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }
}
