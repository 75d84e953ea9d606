import { ApiError } from './api-error';
import { ApiService, following, Input, Operation, Page, page, restJsonService } from './json-protocol';
import { BatchError, BatchService, JobDescription } from '../batch/batch-service';
import { camelCased } from '../batch/camel-cased';
import { authorize } from '../iam/evaluate';

export interface BatchApiOptions {
  readonly batch: BatchService;
  readonly queueArns: ReadonlySet<string>;
}

const STATUSES = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'];
const MAX_JOBS = 100;

/** AWS Batch, as far as a caller of a pipeline looks at its jobs (API version 2016-08-10). */
export function batchApi({ batch, queueArns }: BatchApiOptions): ApiService {
  return restJsonService({
    'POST /v1/describejobs': ({ jobs }, principal) => {
      authorize({ principal, action: 'batch:DescribeJobs', resource: '*' });
      const ids = listOf(jobs, 'jobs');
      if (ids.length > MAX_JOBS) throw clientError(`jobs has ${ids.length} ids; ${MAX_JOBS} are allowed`);
      return { jobs: call(() => batch.describeJobs(ids.map((id) => id.replace(/^arn:.*:job\//, '')))).map(camelCased) };
    },
    'POST /v1/listjobs': (input, principal) => {
      authorize({ principal, action: 'batch:ListJobs', resource: '*' });
      const unsupported = Object.keys(input).filter((name) => !['jobQueue', 'jobStatus', 'maxResults', 'nextToken', 'filters'].includes(name));
      if (unsupported.length > 0) throw clientError(`ListJobs with ${unsupported.join(', ')} is not supported by the local endpoint`);
      const queue = queueOf(queueArns, input.jobQueue);
      const { jobStatus, filters } = input;
      if (jobStatus !== undefined && !STATUSES.includes(jobStatus)) throw clientError(`jobStatus must be one of ${STATUSES.join(', ')}, got ${jobStatus}`);
      // "If you don't specify a status, only RUNNING jobs are returned"; with filters, the status counts for nothing (API reference, ListJobs).
      const holds = filters === undefined || filters.length === 0
        ? (job: JobDescription) => job.Status === (jobStatus ?? 'RUNNING') : filterOf(filters);
      const found = call(() => batch.listJobs()).filter((job) => job.JobQueue === queue && holds(job)).reverse();
      const { items, nextToken } = pageOf(found, input);
      return { jobSummaryList: items.map(summary), ...following(nextToken) };
    },
    'POST /v1/terminatejob': ending(batch, 'TerminateJob', (id, reason) => batch.terminateJob(id, reason)),
    'POST /v1/canceljob': ending(batch, 'CancelJob', (id, reason) => batch.cancelJob(id, reason)),
    'POST /v1/describejobqueues': (input, principal) => {
      const { jobQueues } = input;
      authorize({ principal, action: 'batch:DescribeJobQueues', resource: '*' });
      const wanted = jobQueues === undefined ? [...queueArns] : listOf(jobQueues, 'jobQueues');
      const found = [...queueArns].filter((arn) => wanted.some((name) => name === arn || name === queueName(arn)));
      const { items, nextToken } = pageOf(found, input);
      return {
        ...following(nextToken),
        jobQueues: items.map((arn) => ({
          jobQueueName: queueName(arn), jobQueueArn: arn, state: 'ENABLED', status: 'VALID', statusReason: 'JobQueue Healthy', priority: 1, computeEnvironmentOrder: [], tags: {},
        })),
      };
    },
  });
}

function ending(batch: BatchService, operation: string, end: (id: string, reason: string) => void): Operation {
  return ({ jobId, reason }, principal) => {
    if (typeof jobId !== 'string' || typeof reason !== 'string') throw clientError('jobId and reason are required');
    authorize({ principal, action: `batch:${operation}`, resource: batch.find(jobId)?.JobArn ?? '*' });
    call(() => end(jobId, reason));
    return {};
  };
}

/** What Batch refuses, as its own API says it. */
function call<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof BatchError ? new ApiError(error.code, error.message, error.status) : error;
  }
}

/** By name alone, without regard to case, and with a `*` at the end. */
function filterOf(filters: Input[]): (job: JobDescription) => boolean {
  if (!Array.isArray(filters) || filters.length > 1) throw clientError('filters must be a list of one filter');
  const { name, values } = filters[0] ?? {};
  if (name !== 'JOB_NAME') throw clientError(`the filter ${name} is not supported by the local endpoint; JOB_NAME is`);
  const wanted = listOf(values, 'values').map((value) => value.toLowerCase());
  return ({ JobName }) => wanted.some((value) => (value.endsWith('*') ? JobName.toLowerCase().startsWith(value.slice(0, -1)) : JobName.toLowerCase() === value));
}

function summary(job: JobDescription): object {
  const { ExitCode, Reason } = job.Container;
  return {
    jobArn: job.JobArn,
    jobId: job.JobId,
    jobName: job.JobName,
    createdAt: job.CreatedAt,
    status: job.Status,
    statusReason: job.StatusReason,
    startedAt: job.StartedAt,
    stoppedAt: job.StoppedAt,
    container: { exitCode: ExitCode, reason: Reason },
    jobDefinition: job.JobDefinition,
  };
}

/** Batch says of every request that is wrong that it is the client's. */
function pageOf<T>(items: readonly T[], input: Input): Page<T> {
  const { maxResults } = input;
  if (maxResults !== undefined && maxResults !== null && !(Number.isInteger(maxResults) && maxResults >= 0)) {
    throw clientError(`maxResults must be a whole number from 1 to ${MAX_JOBS}, got ${JSON.stringify(maxResults)}`);
  }
  try {
    return page(items, input, MAX_JOBS, MAX_JOBS);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw clientError('nextToken is not one that this operation gave');
  }
}

function queueOf(arns: ReadonlySet<string>, queue: unknown): string {
  if (queue === undefined || queue === null) throw clientError('jobQueue is required: the local endpoint has no array jobs, and no multi-node ones');
  const found = [...arns].find((arn) => arn === queue || queueName(arn) === queue);
  if (found === undefined) throw clientError(`jobQueue ${String(queue)} does not exist`);
  return found;
}

function queueName(arn: string): string {
  return arn.split('/').at(-1)!;
}

function listOf(value: unknown, name: string): string[] {
  if (!Array.isArray(value)) throw clientError(`${name} must be a list`);
  return value.map(String);
}

function clientError(message: string): ApiError {
  return new ApiError('ClientException', message);
}
