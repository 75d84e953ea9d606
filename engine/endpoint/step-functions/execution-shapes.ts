import type { Counts, MapRun } from '../../asl/record/map-run';
import type { ChildRecord } from '../../executions/child-executions';
import type { ExecutionRecord } from '../../executions/execution-journal';
import { redriveStatus } from '../../executions/redrive-status';
import { seconds } from '../json-protocol';

const INCLUDED = { included: true };

/** AWS Step Functions API reference, DescribeExecution. */
export function describeExecution(record: ExecutionRecord): object {
  return { ...executionListItem(record), ...payloads(record), ...redriveStatus(record) };
}

export function executionListItem(record: ExecutionRecord): object {
  return { ...identity(record), status: record.status, ...redrives(record) };
}

/** The same, of a distributed Map's child execution. */
export function describeChild(record: ChildRecord): object {
  const { mapRunArn, express } = record;
  const { redriveStatus: status, redriveStatusReason } = redriveStatus(record);
  return {
    ...identity(record),
    status: record.status,
    ...payloads(record),
    mapRunArn,
    // Of an Express one, no single redrives are known.
    ...express ? {} : redrives(record),
    redriveStatus: status === 'REDRIVABLE' ? 'REDRIVABLE_BY_MAP_RUN' : status,
    redriveStatusReason,
  };
}

/** An item of ListExecutions where it was asked for a Map run's. */
export function childListItem(record: ChildRecord): object {
  const { status, mapRunArn, itemCount, express } = record;
  return { ...identity(record), status, mapRunArn, itemCount, ...express ? {} : redrives(record) };
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

function redrives({ redriveCount, redriveDate }: ExecutionRecord | ChildRecord): object {
  return { redriveCount, redriveDate: seconds(redriveDate) };
}

function identity({ arn, name, stateMachineArn, startDate, stopDate }: ExecutionRecord | ChildRecord): object {
  return { executionArn: arn, stateMachineArn, name, startDate: seconds(startDate), stopDate: seconds(stopDate) };
}

function payloads({ input, output, error, cause }: ExecutionRecord | ChildRecord): object {
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
    redriveCount: run.redriveCount,
    redriveDate: seconds(run.redriveDate),
  };
}

/** An item of ListMapRuns; the state machine's ARN has the Map's label. */
export function mapRunListItem({ mapRunArn, executionArn, startDate, stopDate }: MapRun): object {
  const stateMachineArn = mapRunArn.replace(':mapRun:', ':stateMachine:').replace(/:[^:]*$/, '');
  return { executionArn, mapRunArn, stateMachineArn, startDate: seconds(startDate), stopDate: seconds(stopDate) };
}

function counts(of: Counts): object {
  return { ...of, resultsWritten: of.succeeded };
}
