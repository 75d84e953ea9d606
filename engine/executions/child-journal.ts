import { basename, dirname, join } from 'node:path';
import type { ChildStart, ChildStore, ChildTrail } from '../asl/record/children';
import type { HistoryEvent } from '../asl/record/history';
import { endOf } from '../asl/record/history-end';
import type { Move } from '../asl/record/place';
import { Journal } from '../disk/journal';

type Line = { readonly child: string } & ({ readonly start: ChildStart } | { readonly event: HistoryEvent } | { readonly move: Move });

/**
 * The child executions of one execution's distributed Maps, all in one file beside the executions' own: a line of JSON for each thing that
 * happened. There can be thousands of them at once, so none has a file, or its history in memory, of its own.
 */
export class ChildJournal implements ChildStore {
  private readonly lines: Journal<Line>;
  /** Read once, for a redrive. */
  private unsuccessful?: Map<string, ChildTrail>;

  /** @param journal the file of the execution that they belong to */
  constructor(journal: string) {
    this.lines = new Journal(join(dirname(journal), 'children', basename(journal)));
  }

  public begin(start: ChildStart): void {
    this.lines.append({ child: start.arn, start });
  }

  public event(child: string, event: HistoryEvent): void {
    this.lines.append({ child, event });
  }

  public move(child: string, move: Move): void {
    this.lines.append({ child, move });
  }

  public earlier(arn: string): ChildTrail | undefined {
    this.unsuccessful ??= new Map([...this.read()].filter(([, { events }]) => endOf(events)?.status !== 'SUCCEEDED'));
    return this.unsuccessful.get(arn);
  }

  /** Starts a redrive: what children left until now is what they left earlier. */
  public reopen(): void {
    this.unsuccessful = undefined;
    this.lines.reopen();
  }

  public close(): void {
    this.lines.close();
    this.unsuccessful = undefined;
  }

  /**
   * By the children's ARNs, in the order in which they began.
   *
   * @param arn of the only one to read
   */
  public read(arn?: string): Map<string, ChildTrail> {
    const trails = new Map<string, { start: ChildStart; events: HistoryEvent[]; moves: Move[] }>();
    for (const line of this.lines.read(arn === undefined ? '' : prefixOf(arn))) {
      if ('start' in line) trails.set(line.child, { start: line.start, events: [], moves: [] });
      else if ('event' in line) trails.get(line.child)?.events.push(line.event);
      else trails.get(line.child)?.moves.push(line.move);
    }
    return trails;
  }
}

function prefixOf(arn: string): string {
  return JSON.stringify({ child: arn }).slice(0, -1);
}
