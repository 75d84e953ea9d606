import type { ChildStart, ChildStore, ChildTrail } from '../../../../engine/asl/record/children';
import type { HistoryEvent } from '../../../../engine/asl/record/history';
import type { Move } from '../../../../engine/asl/record/place';

/** Child executions, kept in memory as a journal would have them. */
export class KeptChildren implements ChildStore {
  public readonly trails = new Map<string, { start: ChildStart; events: HistoryEvent[]; moves: Move[] }>();

  public begin(start: ChildStart): void {
    this.trails.set(start.arn, { start, events: [], moves: [] });
  }

  public event(arn: string, event: HistoryEvent): void {
    this.trails.get(arn)!.events.push(event);
  }

  public move(arn: string, move: Move): void {
    this.trails.get(arn)!.moves.push(JSON.parse(JSON.stringify(move)));
  }

  public earlier(arn: string): ChildTrail | undefined {
    const trail = this.trails.get(arn);
    return trail === undefined ? undefined : structuredClone(trail);
  }
}
