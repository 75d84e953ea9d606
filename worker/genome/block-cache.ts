/** Uncompressed blocks have at most 64 KiB: 32 MiB of a job's memory. */
export const MAX_KEPT_BLOCKS = 512;

/** The blocks of all genomes of a command; the one that was asked for longest ago is forgotten first. */
export class BlockCache {
  private readonly kept = new Map<string, Promise<Buffer>>();
  private stores = 0;

  /** A prefix of keys that no one else has. */
  public newStore(): string {
    this.stores += 1;
    return `${this.stores}:`;
  }

  public has(key: string): boolean {
    return this.kept.has(key);
  }

  public get(key: string): Promise<Buffer> | undefined {
    const block = this.kept.get(key);
    if (block !== undefined) {
      this.kept.delete(key);
      this.kept.set(key, block);
    }
    return block;
  }

  public set(key: string, block: Promise<Buffer>): void {
    this.kept.set(key, block);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MAX_KEPT_BLOCKS) return;
      this.kept.delete(oldest);
    }
  }
}
