import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ChildStart, ChildStore, ChildTrail } from '../asl/record/children';
import type { HistoryEvent } from '../asl/record/history';
import { endOf } from '../asl/record/history-end';
import type { Move } from '../asl/record/place';
import { reopenLines } from '../disk/whole-lines';

type Line = { readonly child: string } & ({ readonly start: ChildStart } | { readonly event: HistoryEvent } | { readonly move: Move });

/**
 * The child executions of one execution's distributed Maps, all in one file beside the executions' own: a line of JSON for each thing that
 * happened. There can be thousands of them at once, so none has a file, or its history in memory, of its own.
 */
export class ChildJournal implements ChildStore {
  private file?: number;
  /** Read once, for a redrive. */
  private unsuccessful?: Map<string, ChildTrail>;

  /** @param journal the file of the execution that they belong to */
  constructor(private readonly journal: string) {}

  private get path(): string {
    return join(dirname(this.journal), 'children', basename(this.journal));
  }

  public begin(start: ChildStart): void {
    this.append({ child: start.arn, start });
  }

  public event(child: string, event: HistoryEvent): void {
    this.append({ child, event });
  }

  public move(child: string, move: Move): void {
    this.append({ child, move });
  }

  public earlier(arn: string): ChildTrail | undefined {
    this.unsuccessful ??= new Map([...this.read()].filter(([, { events }]) => endOf(events)?.status !== 'SUCCEEDED'));
    return this.unsuccessful.get(arn);
  }

  /** Starts a redrive: what children left until now is what they left earlier. */
  public reopen(): void {
    this.unsuccessful = undefined;
    reopenLines(this.path);
  }

  public close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
    this.unsuccessful = undefined;
  }

  /**
   * By the children's ARNs, in the order in which they began.
   *
   * @param arn of the only one to read
   */
  public read(arn?: string): Map<string, ChildTrail> {
    const trails = new Map<string, { start: ChildStart; events: HistoryEvent[]; moves: Move[] }>();
    for (const text of this.lines()) {
      // Cheaper than to parse what another one left.
      if (text === '' || (arn !== undefined && !text.startsWith(prefixOf(arn)))) continue;
      const line = JSON.parse(text) as Line;
      if ('start' in line) trails.set(line.child, { start: line.start, events: [], moves: [] });
      else if ('event' in line) trails.get(line.child)?.events.push(line.event);
      else trails.get(line.child)?.moves.push(line.move);
    }
    return trails;
  }

  private append(line: Line): void {
    if (this.file === undefined) {
      mkdirSync(dirname(this.path), { recursive: true });
      this.file = openSync(this.path, 'a');
    }
    writeSync(this.file, `${JSON.stringify(line)}\n`);
  }

  /** Without one that was cut off. */
  private lines(): string[] {
    try {
      const text = readFileSync(this.path, 'utf8');
      return text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

function prefixOf(arn: string): string {
  return JSON.stringify({ child: arn }).slice(0, -1);
}
