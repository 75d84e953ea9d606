import { PROBE_ARN_OUTPUT } from '../names';
import { verdictOf } from '../observation';
import type { Step } from '../step';

const STEP = 'timeout';
/** Shorter than Fargate takes to start a container. */
const SECONDS = 3;
const REASON = /^The Task state in AWS Step Functions execution \[arn:[^\]]+\] which was managing this resource was aborted/;

export const timeout: Step = {
  name: STEP,
  title: 'a state that times out while its job has not ended: is the job stopped, and in which words?',
  price: 'under 0.01 USD: a job that is stopped before it starts, or ends after seconds',
  leaves: 'a failed run, which goes with the app',
  run: async ({ session }) => {
    const { [PROBE_ARN_OUTPUT]: probe } = await session.outputs();
    const run = await session.ended(await session.start(probe, { timeout: SECONDS }), STEP);
    const seen = `${run.description.status} ${run.description.error}`;
    const job = await session.until('the end of the job', async () => {
      const [found] = await session.jobs(run.jobs.map(({ jobId }) => jobId!));
      return found === undefined || ['SUCCEEDED', 'FAILED'].includes(found.status!) ? found ?? {} : undefined;
    });
    session.keep(`${STEP}-jobs`, [job]);
    const ended = `${job.status} ${job.statusReason ?? 'without a reason'}`;
    return [
      { step: STEP, what: 'the execution', expected: 'FAILED States.Timeout', seen, verdict: verdictOf(seen, /^FAILED States\.Timeout$/) },
      { step: STEP, what: 'its job', expected: 'FAILED, with the reason of row 3 (likely, and documented nowhere)', seen: ended, verdict: verdictOf(ended.replace(/^FAILED /, ''), REASON) },
    ];
  },
};
