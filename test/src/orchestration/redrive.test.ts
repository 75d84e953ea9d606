import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { JobsTable } from '../../../src';
import { allStates, definitionOf, definitionWith, evaluate } from '../support/expressions';
import { templateWith } from '../support/pipeline-stack';

const states = allStates(definitionWith());
const context = (RedriveCount?: number, Input: unknown = {}) => ({ Execution: { Name: 'run-1', RedriveCount, Input } });

describe('a failed run ends', () => {
  const failure = { error: 'Pavi.JobFailed', cause: 'alignment, 3 entries: exit code 1' };
  /** The error and the cause of the branch's end, as it is entered and as it is entered again by so many redrives. */
  const end = async (before?: number, now?: number, given: unknown = failure) => {
    const { failure: at, redriveCount } = states.EndWithFailure.Arguments;
    const entered = { states: { input: { failure: given }, context: context(before) } };
    const input = { failure: await evaluate(at, entered), redriveCount: await evaluate(redriveCount, entered) };
    const scope = { states: { input, context: context(now) } };
    return [await evaluate(states.RunFailed.Error, scope), await evaluate(states.RunFailed.Cause, scope)];
  };

  test('with its error and cause', async () => {
    expect(await end(0, 0)).toEqual([failure.error, failure.cause]);
    expect(await end(3, 3)).toEqual([failure.error, failure.cause]);
    expect(await end(0, 0, { error: 'States.Timeout' })).toEqual(['States.Timeout', 'no cause is known']);
    expect(await end(0, 0, { error: 'States.Timeout', cause: '' })).toEqual(['States.Timeout', 'no cause is known']);
  });

  test('with its error also where the context object does not count redrives', async () => {
    expect(await end(undefined, undefined)).toEqual([failure.error, failure.cause]);
  });

  test('until it is redriven', async () => {
    expect(await end(0, 1)).toEqual(['Pavi.Redriven', failure.cause]);
    expect(await end(1, 2)).toEqual(['Pavi.Redriven', failure.cause]);
  });

  test('in a Fail state alone where it cannot be redriven', () => {
    const express = allStates(definitionWith({ workflowType: StateMachineType.EXPRESS }));
    expect(express.ExplainFailure.Catch[0].Next).toBe('RunFailed');
    expect(express.RunFailed.Error).toBe('{% $states.input.failure.error %}');
    for (const name of ['EndWithFailure', 'GoOnWhereFailed']) expect(express).not.toHaveProperty(name);
    expect(Object.values(express).flatMap(({ Assign }) => Object.keys(Assign ?? {}))).not.toContain('step');
  });
});

describe('a redriven run goes on', () => {
  const goesOn = async (of: typeof states, step: string) => {
    for (const { Condition, Next } of of.GoOnWhereFailed.Choices) if (await evaluate(Condition, { variables: { step } })) return Next;
    return of.GoOnWhereFailed.Default;
  };

  test('by the one error that only its end has, and no other', () => {
    expect(states.EndWithFailure).toMatchObject({ Type: 'Parallel', End: true, Branches: [{ StartAt: 'RunFailed' }] });
    expect(states.EndWithFailure.Catch).toEqual([{ ErrorEquals: ['Pavi.Redriven'], Next: 'GoOnWhereFailed', Output: '{% { "size": 0 } %}' }]);
  });

  test('at the step after the last one that was done', async () => {
    expect(states.PlanRun.Assign.step).toBe('StoreInput');
    expect(['StoreInput', 'RetrieveSequences', 'AlignSequences'].map((name) => states[name].Assign))
      .toEqual([{ step: 'RetrieveSequences' }, { step: 'AlignSequences' }, { step: 'CollectSeqInfo' }]);
    for (const name of ['PlanRun', 'RetrieveSequences', 'AlignSequences', 'CollectSeqInfo']) expect(await goesOn(states, name)).toBe(name);
    expect(await goesOn(states, 'StoreInput')).toBe('IsInputStored');
  });

  test('and says so in the jobs table, without the failure', async () => {
    const withTable = allStates(definitionOf(templateWith({ jobsTable: JobsTable.create() })));
    expect(await Promise.all(['RetrieveSequences', 'AlignSequences', 'CollectSeqInfo'].map((step) => goesOn(withTable, step))))
      .toEqual(['RecordRetrieval', 'RecordAlignment', 'RecordCollection']);
    for (const name of ['RecordRetrieval', 'RecordAlignment', 'RecordCollection']) {
      const { UpdateExpression, ExpressionAttributeNames } = withTable[name].Arguments;
      expect(UpdateExpression).toMatch(/ REMOVE #completed_at, #error_message$/);
      expect(ExpressionAttributeNames).toMatchObject({ '#completed_at': 'completed_at', '#error_message': 'error_message' });
    }
    for (const name of ['RecordRun', 'RecordRunFailed', 'RecordRunCompleted']) expect(withTable[name].Arguments.UpdateExpression).not.toContain('REMOVE');
  });

  test('with the input that it was started with', async () => {
    const Input = { seq_regions: [{ unique_entry_id: 'a' }] };
    const scope = { states: { input: { size: 0 }, context: context(1, Input) } };
    expect(await evaluate(states.IsInputStored.Choices[0].Condition, scope)).toBe(false);
    expect(await evaluate(states.StoreInput.Arguments.Body, scope)).toEqual(Input.seq_regions);
    const stored = { states: { input: {}, context: context(1, { seq_regions_uri: 's3://b/k' }) } };
    expect(await evaluate(states.IsInputStored.Choices[0].Condition, stored)).toBe(true);
  });

  test('at the first size of a step\'s job', async () => {
    expect(await evaluate(states.EndWithFailure.Catch[0].Output)).toEqual({ size: 0 });
  });
});
