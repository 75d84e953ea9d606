import { plainLine } from './plain-text';
import { StatusLine } from './status-line';
import type { HistoryEvent } from '../../engine';

/** Names of a run's states in the order of their events, as a person follows them. */
export class Progress {
  private readonly started = Date.now();
  private step = '';
  private jobs = 0;
  private jobsDone = 0;
  private readonly line: StatusLine;

  /** @param terminal whether one line can be written again and again */
  constructor(write: (text: string) => void, terminal: boolean) {
    this.line = new StatusLine(write, terminal, () => this.text());
  }

  /** To be called with each event of the execution. */
  public on(event: HistoryEvent): void {
    const { type, details } = event;
    if (type === 'TaskStateEntered' || type === 'MapStateEntered') this.enter(String(details.name), type === 'MapStateEntered');
    if (type === 'MapStateStarted') {
      this.jobs = Number(details.length);
      this.line.changed();
    }
    if (type === 'MapIterationSucceeded') {
      this.jobsDone += 1;
      this.line.changed();
    }
    if (type === 'TaskFailed' || type === 'EvaluationFailed') this.line.say(`${this.text()} - failed: ${plainLine(String(details.error))}`);
  }

  public end(): void {
    this.line.end();
  }

  private enter(name: string, isMap: boolean): void {
    // What runs inside of a Map is told by the number of its iterations.
    if (this.jobs > 0 && this.jobsDone < this.jobs && !isMap) return;
    this.step = plainLine(name);
    this.jobs = 0;
    this.jobsDone = 0;
    this.line.changed();
  }

  private text(): string {
    const seconds = ((Date.now() - this.started) / 1000).toFixed(1);
    return `[${seconds.padStart(6)} s] ${this.step}${this.jobs > 0 ? `: ${this.jobsDone} of ${this.jobs} jobs done` : ''}`;
  }
}
