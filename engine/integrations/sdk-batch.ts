import { batchCall, BatchCallOptions, checkAllowed, SDK } from './batch-calls';
import { batchSubmitJob } from './batch-submit-job';
import { StatesError, TaskIntegration } from '../asl/visit/task-integration';
import { BatchError } from '../batch/batch-service';

/** API reference, DescribeJobs. */
const MAX_JOBS = 100;

/** `arn:aws:states:::aws-sdk:batch:OPERATION` */
export const SDK_BATCH: Readonly<Record<string, (options: BatchCallOptions) => TaskIntegration>> = {
  submitJob: (options) => batchSubmitJob(options, SDK),

  describeJobs: ({ batch, principal }) => async (args) => {
    const ids = onlyKnown('describeJobs', args, ['Jobs']).Jobs;
    checkAllowed(SDK, principal, [['batch:DescribeJobs', '*']]);
    return batchCall(SDK, () => {
      if (!Array.isArray(ids) || ids.length > MAX_JOBS) throw new BatchError('ClientException', 400, `Jobs must be a list of up to ${MAX_JOBS} job ids`);
      return { Jobs: batch.describeJobs(ids.map(String)) };
    });
  },

  terminateJob: ({ batch, principal }) => async (args) => {
    const { JobId, Reason } = onlyKnown('terminateJob', args, ['JobId', 'Reason']);
    return batchCall(SDK, () => {
      if (typeof JobId !== 'string' || typeof Reason !== 'string') throw new BatchError('ClientException', 400, 'TerminateJob wants a JobId and a Reason');
      const job = batch.find(JobId);
      // A job that Batch does not know is terminated as well.
      if (job !== undefined) checkAllowed(SDK, principal, [['batch:TerminateJob', String(job.JobArn)]]);
      batch.terminateJob(JobId, Reason);
      return {};
    });
  },
};

function onlyKnown(operation: string, args: Readonly<Record<string, unknown>>, known: readonly string[]): Readonly<Record<string, unknown>> {
  const unknown = Object.keys(args).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new StatesError('States.Runtime', `aws-sdk:batch:${operation} with ${unknown.join(', ')} is not supported by the local engine`);
  return args;
}
