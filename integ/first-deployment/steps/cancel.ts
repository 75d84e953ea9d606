import { CancelJobCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { PROBE_ARN_OUTPUT } from '../names';
import { verdictOf } from '../observation';
import { jobIds } from '../session';
import type { Step } from '../step';

const STEP = 'cancel';
const REASON = 'cancelled by scripts/first-deployment';

export const cancel: Step = {
  name: STEP,
  title: 'a job that is cancelled while a state waits for it: what does the state say?',
  price: 'under 0.01 USD: a job that is cancelled before it starts',
  leaves: 'a failed run, which goes with the app',
  run: async ({ session }) => {
    const { [PROBE_ARN_OUTPUT]: probe } = await session.outputs();
    const executionArn = await session.start(probe, { timeout: 900 });
    const [jobId] = await session.until('the job to be submitted', async () => {
      const ids = jobIds(await session.history(executionArn));
      return ids.length > 0 ? ids : undefined;
    });
    const [{ status }] = await session.jobs([jobId]);
    // CancelJob leaves alone what is starting or runs (API reference, CancelJob).
    const isCancelled = status !== 'STARTING' && status !== 'RUNNING';
    await session.batch.send(isCancelled ? new CancelJobCommand({ jobId, reason: REASON }) : new TerminateJobCommand({ jobId, reason: REASON }));
    const { description: { error, cause = '' }, jobs: [job] } = await session.ended(executionArn, STEP);
    const seen = `${isCancelled ? 'CancelJob' : 'TerminateJob'} of a job that was ${status}: ${error}: ${cause}`;
    const ended = `${job.status} ${job.statusReason ?? 'without a reason'}; attempts: ${job.attempts?.length ?? 0}`;
    return [
      { step: STEP, what: 'the state', expected: 'States.TaskFailed, the job as its cause', seen, verdict: verdictOf(seen, /: States\.TaskFailed: \{.*"JobId"/s) },
      { step: STEP, what: 'the job', expected: `FAILED ${REASON}`, seen: ended, verdict: verdictOf(ended, new RegExp(`^FAILED ${REASON}`)) },
    ];
  },
};
