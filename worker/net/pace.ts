/** So many bytes in an attempt's time are progress. */
const PROGRESS_BYTES = 16 * 1024;

/** Ends an attempt that brings too little in its time. */
export class Pace {
  /** Whether this side holds the body back. */
  public held = false;
  private readonly slow = new AbortController();
  private timer?: NodeJS.Timeout;
  private bytes = 0;

  constructor(private readonly attemptMs: number) {
    this.restart();
  }

  public get signal(): AbortSignal {
    return this.slow.signal;
  }

  public count(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes >= PROGRESS_BYTES) this.restart();
  }

  /** No time passes while this side holds the body back. */
  public async hold(work: Promise<void>): Promise<void> {
    this.held = true;
    this.end();
    try {
      await work;
    } finally {
      this.held = false;
      this.restart();
    }
  }

  public end(): void {
    clearTimeout(this.timer);
  }

  private restart(): void {
    this.end();
    this.bytes = 0;
    this.timer = setTimeout(() => this.slow.abort(), this.attemptMs);
  }
}
