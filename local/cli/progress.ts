import type { HistoryEvent } from '../asl/history';

/** Names of a run's states in the order of their events, as a person follows them. */
export class Progress {
  private readonly started = Date.now();
  private step = '';
  private jobs = 0;
  private jobsDone = 0;
  private timer?: NodeJS.Timeout;

  /** @param terminal whether one line can be written again and again */
  constructor(private readonly write: (text: string) => void, private readonly terminal: boolean) {
    if (terminal) this.timer = setInterval(() => this.rewrite(), 200);
  }

  /** To be called with each event of the execution. */
  public on(event: HistoryEvent): void {
    const { type, details } = event;
    if (type === 'TaskStateEntered' || type === 'MapStateEntered') this.enter(String(details.name), type === 'MapStateEntered');
    if (type === 'MapStateStarted') {
      this.jobs = Number(details.length);
      this.line();
    }
    if (type === 'MapIterationSucceeded') {
      this.jobsDone += 1;
      this.line();
    }
    if (type === 'TaskFailed' || type === 'EvaluationFailed') this.line(`failed: ${String(details.error)}`);
  }

  public end(): void {
    clearInterval(this.timer);
    if (this.terminal) this.write('\r\u001b[K');
  }

  private enter(name: string, isMap: boolean): void {
    // What runs inside of a Map is told by the number of its iterations.
    if (this.jobs > 0 && this.jobsDone < this.jobs && !isMap) return;
    this.step = name;
    this.jobs = 0;
    this.jobsDone = 0;
    this.line();
  }

  private text(): string {
    const seconds = ((Date.now() - this.started) / 1000).toFixed(1);
    return `[${seconds.padStart(6)} s] ${this.step}${this.jobs > 0 ? `: ${this.jobsDone} of ${this.jobs} jobs done` : ''}`;
  }

  private line(more?: string): void {
    if (this.terminal && more === undefined) return this.rewrite();
    this.write(`${this.terminal ? '\r\u001b[K' : ''}${this.text()}${more === undefined ? '' : ` - ${more}`}\n`);
  }

  private rewrite(): void {
    this.write(`\r\u001b[K${this.text()}`);
  }
}
