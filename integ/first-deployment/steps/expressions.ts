import { ValidateStateMachineDefinitionCommand } from '@aws-sdk/client-sfn';
import { definitionOf, templateOf } from '../assembly';
import { emptyEntries, manyEntries } from '../inputs';
import { Observation, verdictOf } from '../observation';
import type { Step } from '../step';
import { Walk, walkStates } from '../walk';

const STEP = 'expressions';
const EMPTY_BYTES = 8 * 1024;

/** Each input goes through the whole state machine, so that every expression sees what grows with it. */
export const expressions: Step = {
  name: STEP,
  title: 'ValidateStateMachineDefinition, then TestState of every state with 3, 10 and 190 entries and with 8 KiB of {}',
  price: 'no price is documented for TestState; if each call counted as a state transition, under 0.01 USD',
  leaves: 'nothing',
  run: async ({ session, assembly }) => {
    const { text, definition } = definitionOf(templateOf(assembly));
    const { result, diagnostics = [] } = await session.sfn.send(new ValidateStateMachineDefinitionCommand({ definition: text, severity: 'WARNING' }));
    session.keep('definition-diagnostics', { result, diagnostics });
    const problems = diagnostics.map(({ code, message, location }) => `${code} ${message} ${location}`);
    const seen = [result, ...problems].join('; ');
    const observations: Observation[] = [{ step: STEP, what: 'the definition', expected: 'OK, without warnings', seen, verdict: verdictOf(seen, /^OK$/) }];
    for (const count of [3, 10, 190]) {
      const walk = await walkStates(session, definition, { seq_regions: manyEntries(count) }, count);
      session.keep(`states-${count}-entries`, walk.calls);
      observations.push(observationOf(`${count} entries`, walk, 'SUCCEEDED, no expression over one second or 10 MB (rows 1 and 1b)', /^SUCCEEDED/));
    }
    const empty = emptyEntries(EMPTY_BYTES);
    const walk = await walkStates(session, definition, { seq_regions: empty }, empty.length);
    session.keep('states-empty-entries', walk.calls);
    observations.push(observationOf('8 KiB of {}', walk, 'Pavi.InvalidInput, or on to the worker unchecked (rows 1 and 1b)', /^(FAILED Pavi\.InvalidInput|SUCCEEDED)/));
    return observations;
  },
};

function observationOf(what: string, { calls, status, error, cause = '' }: Walk, expected: string, pattern: RegExp): Observation {
  const last = calls.at(-1)?.state;
  const seen = `${status}${error === undefined ? '' : ` ${error} in ${last}: ${cause}`}; ${calls.length} states`;
  const caught = calls.filter(({ response }) => response.error === 'States.QueryEvaluationError').map(({ state }) => state);
  return { step: STEP, what, expected, seen: caught.length === 0 ? seen : `${seen}; an expression failed in ${caught.join(', ')}`, verdict: verdictOf(seen, pattern) };
}
