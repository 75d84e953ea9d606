/** Lets one after the other do what must not mix, in the order in which they ask. */
export class Turns {
  private last: Promise<void> = Promise.resolve();

  /** @returns what ends the turn, once it has come */
  public async take(): Promise<() => void> {
    const before = this.last;
    let end!: () => void;
    this.last = new Promise((resolve) => { end = resolve; });
    await before;
    return end;
  }
}
