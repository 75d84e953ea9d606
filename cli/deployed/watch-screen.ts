import { estimateText } from '../runs/estimate';
import { RunView, stepText } from '../runs/run-view';
import { plainLine } from '../terminal/plain-text';
import { StatusLine } from '../terminal/status-line';
import { moment } from '../terminal/units';

/** A run that goes on, as a person follows it: a line for each step that has ended, and one for what goes on now. */
export class WatchScreen {
  private readonly line: StatusLine;
  private readonly told = new Set<string>();
  private current?: { readonly view: RunView; readonly at: number };
  private shown = '';

  constructor(write: (text: string) => void, terminal: boolean) {
    this.line = new StatusLine(write, terminal, () => this.text());
  }

  /** To be called with each look at the run. */
  public show(view: RunView): void {
    if (this.current === undefined) this.line.say(`${plainLine(view.run)}, started ${moment(Date.parse(view.startedAt))}\n${view.executionArn}`);
    this.current = { view, at: Date.now() };
    for (const step of (view.steps ?? []).filter(({ status }) => status !== 'RUNNING')) {
      // A step that is visited again ends again.
      const text = stepText(step);
      if (this.told.has(text)) continue;
      this.told.add(text);
      this.line.say(`${this.time()} ${text}`);
    }
    const now = this.now();
    if (view.status !== 'RUNNING' || now === this.shown) return;
    this.shown = now;
    this.line.changed();
  }

  /** Something beside the run: that the connection is lost, and that it is back. */
  public say(text: string): void {
    this.line.say(text);
  }

  public end(): void {
    this.line.end();
  }

  private text(): string {
    const { view } = this.current ?? {};
    if (view === undefined) return '';
    return `${this.time()} ${this.now()}${view.estimate === undefined ? '' : `; ${estimateText(view.estimate)}`}`;
  }

  private now(): string {
    return this.current?.view.steps?.filter(({ status }) => status === 'RUNNING').map(stepText).join(', ') || 'between two steps';
  }

  /** Of the run, as it is now. */
  private time(): string {
    const { view, at } = this.current!;
    const seconds = view.elapsedSeconds + (view.status === 'RUNNING' ? (Date.now() - at) / 1000 : 0);
    return `[${seconds.toFixed(1).padStart(6)} s]`;
  }
}
