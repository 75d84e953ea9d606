import { seconds } from './json-protocol';
import type { ExecutionRecord } from '../account/execution-journal';
import { redriveStatus } from '../account/redrive-status';
import type { Counts, MapRun } from '../asl/visit';

const INCLUDED = { included: true };

/** AWS Step Functions API reference, DescribeExecution. */
export function describeExecution(record: ExecutionRecord): object {
  const { arn, name, stateMachineArn, status, startDate, stopDate, input, output, error, cause, redriveCount, redriveDate } = record;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: seconds(startDate),
    stopDate: seconds(stopDate),
    input,
    inputDetails: INCLUDED,
    ...output === undefined ? {} : { output, outputDetails: INCLUDED },
    error,
    cause,
    redriveCount,
    redriveDate: seconds(redriveDate),
    ...redriveStatus(record),
  };
}

export function executionListItem(record: ExecutionRecord): object {
  const { arn, name, stateMachineArn, status, startDate, stopDate, redriveCount, redriveDate } = record;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: seconds(startDate),
    stopDate: seconds(stopDate),
    redriveCount,
    redriveDate: seconds(redriveDate),
  };
}

/** What StartSyncExecution answers; an aborted execution counts as failed there. */
export function syncResult({ arn, name, stateMachineArn, status, startDate, stopDate, input, output, error, cause }: ExecutionRecord): object {
  const billed = Math.ceil((Date.parse(stopDate!) - Date.parse(startDate)) / 100) * 100;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status: status === 'ABORTED' ? 'FAILED' : status,
    startDate: seconds(startDate),
    stopDate: seconds(stopDate),
    input,
    inputDetails: INCLUDED,
    ...output === undefined ? {} : { output, outputDetails: INCLUDED },
    error,
    cause,
    billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: billed },
  };
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
