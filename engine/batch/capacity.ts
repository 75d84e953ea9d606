/** What a machine, or a job of it, has of both. */
export interface Amount {
  readonly vcpus: number;
  readonly memoryMiB: number;
}

interface Waiting {
  readonly amount: Amount;
  readonly start: () => void;
}

/** The machine's processors and memory, given to jobs in the order in which they came; one that does not fit waits. */
export class Capacity {
  /** A process keeps a processor busy, however small a share of one its container would have. */
  public static needed(job: Amount): Amount {
    return { vcpus: Math.max(1, job.vcpus), memoryMiB: job.memoryMiB };
  }

  private free: Amount;
  private readonly queue: Waiting[] = [];

  constructor(public readonly total: Amount) {
    this.free = total;
  }

  public couldEverHold(amount: Amount): boolean {
    return amount.vcpus <= this.total.vcpus && amount.memoryMiB <= this.total.memoryMiB;
  }

  /** Resolves with the function that gives the amount back; rejects where the signal is aborted before. */
  public take(amount: Amount, signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const leave = () => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        reject(signal.reason);
        this.startNext();
      };
      const waiting: Waiting = {
        amount,
        start: () => {
          signal.removeEventListener('abort', leave);
          this.add(amount, -1);
          let given = false;
          resolve(() => {
            if (given) return;
            given = true;
            this.add(amount, 1);
            this.startNext();
          });
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.queue.push(waiting);
      this.startNext();
    });
  }

  private startNext(): void {
    while (this.queue.length > 0 && this.queue[0].amount.vcpus <= this.free.vcpus && this.queue[0].amount.memoryMiB <= this.free.memoryMiB) {
      this.queue.shift()!.start();
    }
  }

  private add(amount: Amount, times: number): void {
    this.free = { vcpus: this.free.vcpus + times * amount.vcpus, memoryMiB: this.free.memoryMiB + times * amount.memoryMiB };
  }
}
