import { randomUUID } from 'node:crypto';
import type { ExecutionRecord } from './execution-journal';
import { redriveStatus } from './redrive-status';
import type { JobDescription } from '../batch/batch-service';
import { camelCased } from '../batch/camel-cased';
import type { ServiceEvent } from '../events/rules';

/** Step Functions developer guide, "Step Functions Execution Status Change events". */
export function executionEvent(record: ExecutionRecord): ServiceEvent {
  const { arn, name, stateMachineArn, status, startDate, stopDate, input, output, error, cause, redriveCount, redriveDate } = record;
  const milliseconds = (date: string | undefined) => (date === undefined ? null : Date.parse(date));
  return event('aws.states', 'Step Functions Execution Status Change', arn, {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: milliseconds(startDate),
    stopDate: milliseconds(stopDate),
    input,
    inputDetails: { included: true },
    output: output ?? null,
    outputDetails: output === undefined ? null : { included: true },
    error: error ?? null,
    cause: cause ?? null,
    stateMachineVersionArn: null,
    stateMachineAliasArn: null,
    redriveCount,
    redriveDate: milliseconds(redriveDate),
    ...redriveStatus(record),
  });
}

/** AWS Batch user guide, "AWS Batch events": the detail is the job as DescribeJobs gives it. */
export function jobEvent(job: JobDescription): ServiceEvent {
  return event('aws.batch', 'Batch Job State Change', job.JobArn, camelCased(job) as Record<string, unknown>);
}

function event(source: string, detailType: string, resource: string, detail: Record<string, unknown>): ServiceEvent {
  const [, , , region, account] = resource.split(':');
  return {
    'version': '0',
    'id': randomUUID(),
    'detail-type': detailType,
    source,
    account,
    'time': new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    'resources': [resource],
    detail,
  };
}
