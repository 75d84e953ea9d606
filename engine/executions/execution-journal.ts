import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ChildJournal } from './child-journal';
import type { HistoryEvent } from '../asl/record/history';
import { endOf, EndStatus, redrivesOf } from '../asl/record/history-end';
import type { MapRun } from '../asl/record/map-run';
import type { Move } from '../asl/record/place';
import { reopenLines } from '../disk/whole-lines';
import { writeWhole } from '../disk/write-whole';

export type ExecutionStatus = 'RUNNING' | EndStatus;

/** What is known of an execution from its start on. */
export interface ExecutionStart {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  /** JSON, as the caller wrote it. */
  readonly input: string;
  /** ISO 8601 */
  readonly startDate: string;
  /** The state machine's, as the template had it then: a redrive uses it again. */
  readonly definition: string;
}

/** What an execution has come to. */
export interface ExecutionState {
  readonly status: ExecutionStatus;
  readonly stopDate?: string;
  /** JSON */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly redriveCount: number;
  readonly redriveDate?: string;
  readonly eventCount: number;
}

/** An execution as DescribeExecution tells of it. */
export interface ExecutionRecord extends ExecutionStart, ExecutionState {
  readonly mapRuns: readonly MapRun[];
}

/** All that an execution has left. */
export interface ExecutionTrail {
  readonly record: ExecutionRecord;
  readonly events: readonly HistoryEvent[];
  readonly moves: readonly Move[];
}

type Line = { readonly start: ExecutionStart } | { readonly event: HistoryEvent } | { readonly move: Move } | { readonly mapRun: MapRun };

/**
 * One execution in a file, a line of JSON for each thing that happened: what was written stays when the process is killed, and a line that
 * was cut off is as if it had not happened. When the execution ends, a second file tells the end, so that nobody has to read the first.
 */
export class ExecutionJournal {
  /** The records of a folder; one without an end has RUNNING as its status. */
  public static records(folder: string): ExecutionRecord[] {
    return readdirSync(folder).filter((name) => name.endsWith('.jsonl')).map((name) => {
      const journal = new ExecutionJournal(folder, name.slice(0, -'.jsonl'.length));
      return journal.ending() ?? journal.read().record;
    });
  }

  public static of(folder: string, arn: string): ExecutionJournal {
    return new ExecutionJournal(folder, fileName(arn));
  }

  /** What the child executions of its distributed Maps leave. */
  public readonly children: ChildJournal;
  private readonly lines: string;
  private readonly end: string;
  /** Open from the first line that is written to the end. */
  private file?: number;

  private constructor(folder: string, name: string) {
    this.lines = join(folder, `${name}.jsonl`);
    this.end = join(folder, `${name}.json`);
    this.children = new ChildJournal(this.lines);
  }

  public append(line: Line): void {
    this.file ??= openSync(this.lines, 'a');
    writeSync(this.file, `${JSON.stringify(line)}\n`);
  }

  /** Makes the journal one that goes on: without its end, and without a line that was cut off. */
  public reopen(): void {
    rmSync(this.end, { force: true });
    reopenLines(this.lines);
    this.children.reopen();
  }

  public close(record: ExecutionRecord): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
    this.children.close();
    writeWhole(this.end, JSON.stringify(record));
  }

  public read(): ExecutionTrail {
    const events: HistoryEvent[] = [];
    const moves: Move[] = [];
    const mapRuns = new Map<string, MapRun>();
    let start: ExecutionStart | undefined;
    const text = readFileSync(this.lines, 'utf8');
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as Line;
      if ('start' in entry) start = entry.start;
      else if ('event' in entry) events.push(entry.event);
      else if ('move' in entry) moves.push(entry.move);
      else mapRuns.set(entry.mapRun.mapRunArn, entry.mapRun);
    }
    if (start === undefined) throw new Error(`${this.lines} does not begin with an execution's start; if it is not needed, delete it`);
    return { record: { ...start, ...stateOf(events), mapRuns: [...mapRuns.values()] }, events, moves };
  }

  private ending(): ExecutionRecord | undefined {
    try {
      return JSON.parse(readFileSync(this.end, 'utf8')) as ExecutionRecord;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

/** What the events tell of an execution. */
export function stateOf(events: readonly HistoryEvent[]): ExecutionState {
  const redrives = redrivesOf(events);
  return {
    ...endOf(events) ?? { status: 'RUNNING' },
    redriveCount: redrives.length,
    ...redrives.length === 0 ? {} : { redriveDate: redrives.at(-1)!.timestamp },
    eventCount: events.length,
  };
}

/** Readable, and different for any two executions, also where upper and lower case are the same. */
function fileName(arn: string): string {
  const readable = arn.split(':').slice(6).join('-').replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 100);
  return `${readable}-${createHash('sha256').update(arn).digest('hex').slice(0, 16)}`;
}
