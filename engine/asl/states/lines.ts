import { mapItems } from '../map-run/map-items';
import { History } from '../record/history';
import type { Engine, Line, Visit } from '../visit/visit';

/** The states that tell in the history when they are stopped, or fail within a branch or an iteration. */
const TELL_ABORTED = ['Task', 'Wait', 'Parallel', 'Map'];

/** Does one branch's or iteration's work; whatever of it leaves events is begun first, and ended when it has succeeded. */
type Work<T> = (item: T, index: number, signal: AbortSignal, begin: (line: Line) => () => void) => Promise<unknown>;

/**
 * Runs branches or iterations side by side. The first failure stops the others, and is thrown when all of them have ended. The events of
 * what was stopped all come after the one of the failure, and so does whatever the state does next (seen in AWS).
 *
 * @param concurrency how many at once; 0 for all
 */
export async function runLines<T>(engine: Engine, visit: Visit, items: readonly T[], concurrency: number, work: Work<T>): Promise<unknown[]> {
  let failed: Line | undefined;
  try {
    return await mapItems(items, concurrency, visit.signal, async (item, index, signal) => {
      let begun: Line | undefined;
      try {
        return await work(item, index, signal, (line) => {
          begun = line;
          visit.lines.add(line);
          return () => void visit.lines.delete(line);
        });
      } catch (error) {
        if (!signal.aborted) failed ??= begun;
        throw error;
      }
    });
  } catch (error) {
    if (failed !== undefined && !visit.signal.aborted) tellFailure(engine.history, visit, failed);
    throw error;
  }
}

function tellFailure(history: History, visit: Visit, failed: Line): void {
  const { last } = failed.scope.track;
  tell(history, visit, failed, 'Failed', last);
  visit.lines.delete(failed);
  visit.lines.forEach((line) => tell(history, visit, line, 'Aborted', last));
  visit.lines.clear();
  visit.scope.track.last = last;
}

function tell(history: History, visit: Visit, { scope: { open }, index }: Line, what: 'Failed' | 'Aborted', previous: number): void {
  if (index !== undefined) history.aside(`MapIteration${what}`, { name: visit.name, index }, previous);
  if (open === undefined) return;
  if (TELL_ABORTED.includes(open.state.Type)) history.aside(`${open.state.Type}StateAborted`, {}, previous);
  open.lines.forEach((line) => tell(history, open, line, 'Aborted', previous));
}
