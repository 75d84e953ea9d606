import { unusable } from './byte-source';

/** With Node.js and the SDK it stays well below the 500 MiB that a retrieval job has by default. */
export const MEMORY_BYTES = 128 * 1024 * 1024;
/** What a kept block takes beside its bytes; so tiny blocks count too. */
const BYTES_BESIDE = 512;
/** Smaller indexes are read without waiting for others. */
const SMALL_INDEX_BYTES = 2 * 1024 * 1024;

interface KeptBlock {
  readonly content: Promise<Buffer>;
  readonly bytes: number;
}

/**
 * What all genomes of a command keep, under one budget. Indexes stay, and are refused if they do not fit; blocks get the rest, and the
 * one that was asked for longest ago is forgotten first. A block that a read has in hand may be forgotten here without harm.
 */
export class GenomeMemory {
  private readonly blocks = new Map<string, KeptBlock>();
  private blockBytes = 0;
  /** Of the indexes that stay. */
  private indexBytes = 0;
  /** Of the indexes that are being read. */
  private passingBytes = 0;
  private waiting: (() => void)[] = [];
  private stores = 0;

  constructor(private readonly budget = MEMORY_BYTES) {}

  /** What blocks may take. */
  public get roomForBlocks(): number {
    return Math.max(0, this.budget - this.indexBytes - this.passingBytes);
  }

  /** A prefix of keys that no one else has. */
  public newStore(): string {
    this.stores += 1;
    return `${this.stores}:`;
  }

  public has(key: string): boolean {
    return this.blocks.has(key);
  }

  public get(key: string): Promise<Buffer> | undefined {
    const block = this.blocks.get(key);
    if (block === undefined) return undefined;
    this.blocks.delete(key);
    this.blocks.set(key, block);
    return block.content;
  }

  /** @param bytes the most that the block may have */
  public set(key: string, content: Promise<Buffer>, bytes: number): void {
    const block = { content, bytes: weightOf(bytes) };
    this.blockBytes += block.bytes - (this.blocks.get(key)?.bytes ?? 0);
    this.blocks.set(key, block);
    this.trim();
  }

  /** Room for an index: nothing yet. */
  public indexRoom(name: string): IndexRoom {
    return new IndexRoom(name, this);
  }

  /** Waits until an index of so many bytes can be read beside those that are there. */
  public async pass(name: string, bytes: number): Promise<void> {
    for (;;) {
      this.checkFits(name, bytes);
      if (bytes <= SMALL_INDEX_BYTES || this.indexBytes + this.passingBytes + bytes <= this.budget) break;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.passingBytes += bytes;
    this.trim();
  }

  /** An index that was read: what it took meanwhile, and what it takes for good. */
  public keep(name: string, passed: number, kept: number): void {
    this.release(passed, 0);
    this.checkFits(name, kept);
    this.indexBytes += kept;
    this.trim();
  }

  public release(passed: number, kept: number): void {
    this.passingBytes -= passed;
    this.indexBytes -= kept;
    this.waiting.splice(0).forEach((resume) => resume());
  }

  private checkFits(name: string, bytes: number): void {
    if (this.indexBytes + bytes <= this.budget) return;
    throw unusable(`the index ${name} does not fit into memory beside the other genomes' indexes of this job; put fewer genomes into a run`,
      `at most ${this.budget} bytes of indexes`, `${this.indexBytes} bytes and ${bytes} more`);
  }

  private trim(): void {
    for (const [key, { bytes }] of this.blocks) {
      if (this.blockBytes <= this.roomForBlocks) return;
      this.blocks.delete(key);
      this.blockBytes -= bytes;
    }
  }
}

/** What one index takes: first while it is read, then for good. */
export class IndexRoom {
  private passing = 0;
  private kept = 0;

  constructor(private readonly name: string, private readonly memory: GenomeMemory) {}

  public async take(bytes: number): Promise<void> {
    await this.memory.pass(this.name, bytes);
    this.passing += bytes;
  }

  /** @throws WorkerError if so much does not fit */
  public keep(bytes: number): void {
    const passed = this.passing;
    this.passing = 0;
    this.memory.keep(this.name, passed, bytes);
    this.kept = bytes;
  }

  public release(): void {
    this.memory.release(this.passing, this.kept);
    [this.passing, this.kept] = [0, 0];
  }
}

/** What a block of so many bytes takes. */
export function weightOf(bytes: number): number {
  return bytes + BYTES_BESIDE;
}
