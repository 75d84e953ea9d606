/** What goes on, in one line that a terminal shows again and again; elsewhere each change has a line of its own. */
export class StatusLine {
  private timer?: NodeJS.Timeout;

  /**
   * @param terminal whether one line can be written again and again
   * @param text     of the line, as it is now
   */
  constructor(private readonly write: (text: string) => void, private readonly terminal: boolean, private readonly text: () => string) {
    if (terminal) this.timer = setInterval(() => this.rewrite(), 200);
  }

  /** It has changed. */
  public changed(): void {
    if (this.terminal) this.rewrite();
    else this.write(`${this.text()}\n`);
  }

  /** A line that stays. */
  public say(line: string): void {
    this.write(`${this.terminal ? '\r\u001b[K' : ''}${line}\n`);
  }

  public end(): void {
    clearInterval(this.timer);
    if (this.terminal) this.write('\r\u001b[K');
  }

  private rewrite(): void {
    this.write(`\r\u001b[K${this.text()}`);
  }
}
