import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleEntries, SAMPLE } from '../inputs';
import { Observation, verdictOf } from '../observation';
import type { EndedExecution } from '../session';
import type { Step } from '../step';

const STEP = 'sample';

export const sample: Step = {
  name: STEP,
  title: 'a run of the sample, its results compared byte for byte',
  price: 'under 0.01 USD: three jobs on Fargate of a minute each, some 20 state transitions',
  leaves: 'a run and its results, which go with the app',
  run: async ({ session }) => {
    const { StateMachineArn, InputsUri } = await session.outputs();
    const run = await session.ended(await session.start(StateMachineArn, { seq_regions: sampleEntries(InputsUri) }), STEP);
    const { status, error = '', cause = '', output = '{}' } = run.description;
    const seen = `${status} ${error} ${cause}`.trim();
    const observations: Observation[] = [{ step: STEP, what: 'the run', expected: 'SUCCEEDED', seen, verdict: verdictOf(seen, /^SUCCEEDED$/) }, managed(run)];
    if (status !== 'SUCCEEDED') return observations;
    const results = JSON.parse(output) as Record<string, string>;
    for (const [file, uri] of [['alignment-output.aln', results.result_s3_uri], ['aligned_seq_info.json', results.aligned_seq_info_s3_uri]]) {
      const same = (await session.object(uri)).equals(readFileSync(join(SAMPLE, 'expected', file)));
      const bytes = same ? 'the same bytes' : 'other bytes';
      observations.push({ step: STEP, what: file, expected: 'the bytes of samples/worm-apl-1/expected', seen: bytes, verdict: verdictOf(bytes, /^the same/) });
    }
    return observations;
  },
};

function managed({ jobs }: EndedExecution): Observation {
  const environments = jobs.map(({ container }) => container?.environment?.find(({ name }) => name === 'MANAGED_BY_AWS')?.value ?? 'absent');
  const seen = `MANAGED_BY_AWS: ${[...new Set(environments)].join(', ')}`;
  return { step: STEP, what: 'the jobs\' environment', expected: 'MANAGED_BY_AWS: STARTED_BY_STEP_FUNCTIONS (row 4)', seen, verdict: verdictOf(seen, /: STARTED_BY_STEP_FUNCTIONS$/) };
}
