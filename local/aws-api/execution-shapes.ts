import { seconds } from './json-protocol';
import type { ExecutionRecord } from '../account/execution-journal';
import { redriveStatus } from '../account/redrive-status';
import type { Counts, MapRun } from '../asl/visit';

const INCLUDED = { included: true };

/** AWS Step Functions API reference, DescribeExecution. */
export function describeExecution(record: ExecutionRecord): object {
  return { ...executionListItem(record), ...payloads(record), ...redriveStatus(record) };
}

export function executionListItem(record: ExecutionRecord): object {
  return { ...identity(record), status: record.status, redriveCount: record.redriveCount, redriveDate: seconds(record.redriveDate) };
}

/** What StartSyncExecution answers; an aborted execution counts as failed there. */
export function syncResult(record: ExecutionRecord): object {
  const billed = Math.ceil((Date.parse(record.stopDate!) - Date.parse(record.startDate)) / 100) * 100;
  return {
    ...identity(record),
    status: record.status === 'ABORTED' ? 'FAILED' : record.status,
    ...payloads(record),
    billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: billed },
  };
}

function identity({ arn, name, stateMachineArn, startDate, stopDate }: ExecutionRecord): object {
  return { executionArn: arn, stateMachineArn, name, startDate: seconds(startDate), stopDate: seconds(stopDate) };
}

function payloads({ input, output, error, cause }: ExecutionRecord): object {
  return { input, inputDetails: INCLUDED, ...output === undefined ? {} : { output, outputDetails: INCLUDED }, error, cause };
}

/** AWS Step Functions API reference, DescribeMapRun. */
export function describeMapRun(run: MapRun): object {
  const { mapRunArn, executionArn, status, startDate, stopDate, maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = run;
  return {
    mapRunArn,
    executionArn,
    status,
    startDate: seconds(startDate),
    stopDate: seconds(stopDate),
    maxConcurrency,
    toleratedFailureCount,
    toleratedFailurePercentage,
    itemCounts: counts(run.itemCounts),
    executionCounts: counts(run.executionCounts),
    redriveCount: 0,
  };
}

function counts({ pending, running, succeeded, failed, aborted, total }: Counts): object {
  return { pending, running, succeeded, failed, timedOut: 0, aborted, total, resultsWritten: succeeded };
}
