import { DescribeExecutionCommand, RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { sampleEntries } from '../inputs';
import { verdictOf } from '../observation';
import type { Step } from '../step';

const STEP = 'failure';

export const failure: Step = {
  name: STEP,
  title: 'a run whose genome is not there, and its redrive',
  price: 'under 0.01 USD: two jobs on Fargate of a minute each',
  leaves: 'a failed run, which goes with the app',
  run: async ({ session }) => {
    const { StateMachineArn, InputsUri } = await session.outputs();
    const executionArn = await session.start(StateMachineArn, { seq_regions: sampleEntries(InputsUri, 'absent.fna.gz').slice(0, 1) });
    const first = await session.ended(executionArn, STEP);
    await session.sfn.send(new RedriveExecutionCommand({ executionArn }));
    await session.until('the redrive to begin', async () => {
      const { redriveCount } = await session.sfn.send(new DescribeExecutionCommand({ executionArn }));
      return redriveCount === 1 ? true : undefined;
    });
    const second = await session.ended(executionArn, `${STEP}-redriven`);
    const text = ({ description: { status, error, cause } }: typeof first) => `${status} ${error}: ${cause}`;
    const jobs = `${first.jobs.length} before and ${second.jobs.length - first.jobs.length} after the redrive`;
    const sameCause = second.description.error === first.description.error ? 'the same error' : text(second);
    return [
      { step: STEP, what: 'the run', expected: 'FAILED, a Pavi. error, and a cause that names the genome', seen: text(first), verdict: verdictOf(text(first), /^FAILED Pavi\.\w+: .*absent\.fna\.gz/s) },
      { step: STEP, what: 'the redriven run', expected: 'the same error: the Fail state is entered again, its Parallel goes on where the run failed (row 6)', seen: sameCause, verdict: verdictOf(sameCause, /^the same error$/) },
      { step: STEP, what: 'jobs', expected: 'one or more, and again one or more', seen: jobs, verdict: verdictOf(jobs, /^[1-9]\d* before and [1-9]/) },
    ];
  },
};
