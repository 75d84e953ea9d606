import type { ExecutionState } from './execution-journal';
import { MAX_EVENTS } from '../asl/record/history';

/** "Execution redrivable period": 14 days from the end (AWS Step Functions developer guide, "Redriving executions"). */
const PERIOD_MS = 14 * 24 * 60 * 60 * 1000;
const MAX_REDRIVES = 1000;
/** A redrive needs room for its own event and one more. */
const TOO_MANY_EVENTS = MAX_EVENTS - 1;

/** Whether an execution can be redriven, in the words of DescribeExecution. */
export function redriveStatus(record: ExecutionState): { redriveStatus: string; redriveStatusReason?: string } {
  const { status, stopDate, redriveCount, eventCount } = record;
  const not = (redriveStatusReason: string) => ({ redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason });
  if (status === 'RUNNING' || status === 'SUCCEEDED') return not(`Execution is ${status} and cannot be redriven`);
  if (Date.now() - Date.parse(stopDate!) > PERIOD_MS) return not('Execution redrivable period exceeded');
  if (eventCount >= TOO_MANY_EVENTS) return not('Execution history event limit exceeded');
  if (redriveCount >= MAX_REDRIVES) return not(`Execution has been redriven ${MAX_REDRIVES} times and cannot be redriven`);
  return { redriveStatus: 'REDRIVABLE' };
}
