import type { Clock } from './clock';

interface Sleeper {
  /** In milliseconds of this clock. */
  readonly until: number;
  readonly wake: () => void;
}

const NOTHING = () => undefined;

/** While nothing but sleepers is left, time jumps to the next of them; while work is being done, it passes as it does. */
export class SimulatedClock implements Clock {
  private readonly sleepers = new Set<Sleeper>();
  private ahead = 0;
  private works = 0;
  private cancel: () => void = NOTHING;

  /**
   * @param random gives the chance, from 0 to below 1
   * @param passed the time that passes by itself, in milliseconds since 1970
   */
  constructor(public readonly random: () => number = Math.random, private readonly passed: () => number = Date.now) {}

  public now(): Date {
    return new Date(this.passed() + this.ahead);
  }

  public sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const stop = () => {
        this.sleepers.delete(sleeper);
        reject(signal.reason);
        this.schedule();
      };
      const sleeper: Sleeper = {
        until: this.now().getTime() + ms,
        wake: () => {
          signal.removeEventListener('abort', stop);
          resolve();
        },
      };
      signal.addEventListener('abort', stop, { once: true });
      this.sleepers.add(sleeper);
      this.schedule();
    });
  }

  public async during<T>(work: () => Promise<T>): Promise<T> {
    this.works += 1;
    this.schedule();
    try {
      return await work();
    } finally {
      this.works -= 1;
      this.schedule();
    }
  }

  /** What is at work without a service is so in promises alone, and has come to rest when an immediate's turn comes. */
  private schedule(): void {
    this.cancel();
    this.cancel = NOTHING;
    if (this.sleepers.size === 0) return;
    if (this.works === 0) {
      const immediate = setImmediate(() => this.wakeNext());
      this.cancel = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(() => this.wakeNext(), Math.min(this.next() - this.now().getTime(), 2 ** 31 - 1));
      this.cancel = () => clearTimeout(timer);
    }
  }

  private wakeNext(): void {
    const next = this.next();
    if (this.works === 0) this.ahead += Math.max(0, next - this.now().getTime());
    const now = this.now().getTime();
    for (const sleeper of [...this.sleepers].sort((a, b) => a.until - b.until)) {
      if (sleeper.until > now) break;
      this.sleepers.delete(sleeper);
      sleeper.wake();
    }
    this.schedule();
  }

  private next(): number {
    let next = Infinity;
    for (const { until } of this.sleepers) next = Math.min(next, until);
    return next;
  }
}
