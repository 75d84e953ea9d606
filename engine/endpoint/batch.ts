import { ApiError } from './api-error';
import { ApiService, following, Input, Page, page, restJsonService } from './json-protocol';
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
    'POST /v1/terminatejob': ({ jobId, reason }, principal) => {
      if (typeof jobId !== 'string' || typeof reason !== 'string') throw clientError('jobId and reason are required');
      authorize({ principal, action: 'batch:TerminateJob', resource: batch.find(jobId)?.JobArn ?? '*' });
      call(() => batch.terminateJob(jobId, reason));
      return {};
    },
    'POST /v1/canceljob': ({ jobId, reason }, principal) => {
      if (typeof jobId !== 'string' || typeof reason !== 'string') throw clientError('jobId and reason are required');
      authorize({ principal, action: 'batch:CancelJob', resource: batch.find(jobId)?.JobArn ?? '*' });
      call(() => batch.cancelJob(jobId, reason));
      return {};
    },
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

/** What Batch refuses, as its own API says it. */
function call<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof BatchError ? new ApiError(error.code, error.message, error.status) : error;
  }
}

type Holds = (job: JobDescription) => boolean;

const FILTERS: Readonly<Record<string, (value: string) => Holds>> = {
  JOB_NAME: (value) => pattern((job) => job.JobName.toLowerCase(), value.toLowerCase()),
  // A name stands for all of its revisions, an ARN for the one that it has (API reference, ListJobs); case counts.
  JOB_DEFINITION: (value) => (value.startsWith('arn:') ? (job) => job.JobDefinition === value
    : pattern((job) => job.JobDefinition.split('/').at(-1).replace(/:\d+$/, ''), value)),
  BEFORE_CREATED_AT: (value) => before(value, (job, time) => job.CreatedAt < time),
  AFTER_CREATED_AT: (value) => before(value, (job, time) => job.CreatedAt > time),
};

function before(value: string, holds: (job: JobDescription, time: number) => boolean): Holds {
  if (!/^\d{1,16}$/.test(value)) throw clientError(`the filter's time must be in milliseconds since 1970, got ${value}`);
  return (job) => holds(job, Number(value));
}

function filterOf(filters: Input[]): Holds {
  if (!Array.isArray(filters) || filters.length > 1) throw clientError('filters must be a list of one filter');
  const { name, values } = filters[0] ?? {};
  const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
  if (filter === undefined) throw clientError(`the filter ${name} is not supported by the local endpoint; these are: ${Object.keys(FILTERS).join(', ')}`);
  const any = listOf(values, 'values').map(filter);
  return (job) => any.some((holds) => holds(job));
}

function pattern(field: (job: JobDescription) => string, value: string): Holds {
  return value.endsWith('*') ? (job) => field(job).startsWith(value.slice(0, -1)) : (job) => field(job) === value;
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
