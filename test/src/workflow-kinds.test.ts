import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { allStates, definitionOf, deployed, evaluate } from './support/expressions';
import { permissions } from './support/permissions';
import { newPipeline, newStack, resource, resourcesOf, templateWith } from './support/pipeline-stack';
import { JobsTable, PaviAlignmentPipelineProps } from '../../src';
import { describedJob, isOverdue } from '../../src/orchestration/job-loop';
import { storedJobFailure } from '../../src/orchestration/retrieval-map';
import { newestFile } from '../../src/orchestration/stored-failure';
import { shortened, uncheckedJobId } from '../../src/progress/run-progress';

// It has no types of its own.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const validate: (definition: unknown) => { isValid: boolean; errors: unknown[] } = require('asl-validator');

const KINDS: [string, Partial<PaviAlignmentPipelineProps>][] = [
  ['an Express workflow', { workflowType: StateMachineType.EXPRESS }],
  ['a Distributed Map', { maxConcurrency: 100 }],
  ['a jobs table', { jobsTable: JobsTable.create() }],
  ['an Express workflow with a jobs table', { workflowType: StateMachineType.EXPRESS, jobsTable: JobsTable.create() }],
  ['a Distributed Map with a jobs table', { maxConcurrency: 1000, jobsTable: JobsTable.create() }],
];

describe.each(KINDS)('with %s', (_kind, props) => {
  const definition = definitionOf(templateWith(props));
  const states = allStates(definition);

  test('the definition is valid Amazon States Language, in JSONata', () => {
    const result = validate(deployed(definition));
    expect(result.isValid ? [] : result.errors).toEqual([]);
    for (const state of Object.values(states)) expect(state.QueryLanguage ?? 'JSONata').toBe('JSONata');
  });

  test('every Task has a time limit and something that catches everything, and no failed job is repeated by a Retry', () => {
    for (const [name, state] of Object.entries(states).filter(([, { Type }]) => Type === 'Task')) {
      expect([name, state.TimeoutSeconds]).toEqual([name, expect.any(Number)]);
      expect([name, state.Catch?.map(({ ErrorEquals }: any) => ErrorEquals)]).toEqual([name, [['States.ALL']]]);
      const errors = (state.Retry ?? []).flatMap(({ ErrorEquals }: any) => ErrorEquals);
      expect([name, errors.filter((error: string) => error.startsWith('States.'))]).toEqual([name, []]);
    }
  });

  test('every state can be reached', () => {
    const reached = new Set<string>();
    const visit = (name: string, scope: any): void => {
      if (name === undefined || reached.has(name)) return;
      reached.add(name);
      const state = scope.States[name];
      [state.Next, state.Default, ...(state.Choices ?? []).map(({ Next }: any) => Next), ...(state.Catch ?? []).map(({ Next }: any) => Next)]
        .forEach((next) => visit(next, scope));
      [state.ItemProcessor, ...(state.Branches ?? [])].filter((inner) => inner !== undefined).forEach((inner) => visit(inner.StartAt, inner));
    };
    visit(definition.StartAt, definition);
    expect([...reached].sort()).toEqual(Object.keys(states).sort());
  });
});

describe('an Express workflow', () => {
  const template = templateWith({ workflowType: StateMachineType.EXPRESS });
  const definition = definitionOf(template);
  const states = allStates(definition);

  test('ends within five minutes, and writes all of its history to its log', () => {
    const { Properties } = resource(template, 'AWS::StepFunctions::StateMachine');
    expect(Properties).toMatchObject({ StateMachineType: 'EXPRESS', LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true } });
    expect(definition.TimeoutSeconds).toBe(300);
    expect(definitionOf(templateWith({ workflowType: StateMachineType.EXPRESS, runTimeout: Duration.minutes(2) })).TimeoutSeconds).toBe(120);
  });

  test('uses nothing that Express does not have', () => {
    const resources = Object.values(states).map(({ Resource }) => Resource ?? '');
    expect(resources.filter((name) => /\.(sync|waitForTaskToken)/.test(name))).toEqual([]);
    expect(states.RetrieveSequences.ItemProcessor.ProcessorConfig).toEqual({ Mode: 'INLINE' });
  });

  test.each(['RunRetrievalJob', 'AlignSequences', 'CollectSeqInfo'])('submits, waits, describes and chooses, in a loop: %s', (id) => {
    expect(states[id]).toMatchObject({ Resource: 'arn:<AWS::Partition>:states:::batch:submitJob', Next: `${id}Wait` });
    expect(states[`${id}Wait`]).toMatchObject({ Type: 'Wait', Seconds: 5, Next: `${id}Describe` });
    expect(states[`${id}Describe`]).toMatchObject({ Resource: 'arn:<AWS::Partition>:states:::aws-sdk:batch:describeJobs', Next: `${id}Ended` });
    expect(states[`${id}Ended`]).toMatchObject({
      Choices: [{ Next: `${id}Done` }, { Next: `${id}Failed` }, { Next: `${id}Stop` }], Default: `${id}Wait`,
    });
    expect(states[`${id}Stop`]).toMatchObject({ Resource: 'arn:<AWS::Partition>:states:::aws-sdk:batch:terminateJob', Next: `${id}Late` });
    for (const end of ['Failed', 'Late']) expect(states[`${id}${end}`].Next).toBe(`${id}OutOfMemory`);
    expect(states[`${id}OutOfMemory`].Choices).toMatchObject([{ Next: id }]);
  });

  test('may do what a Standard one may, without the rule that tells a Standard one of its jobs\' ends', () => {
    const standard = permissions(templateWith()).PaviStateMachineRole.filter((line) => !line.startsWith('events:'));
    expect(permissions(template).PaviStateMachineRole).toEqual(standard);
  });

  describe('looks at a job', () => {
    const input = { size: 0, jobId: 'j-1' };
    const job = { JobId: 'j-1', JobName: 'x', Status: 'FAILED', StatusReason: 'oh', Container: { ExitCode: 64, LogStreamName: 'alignment/default/1' }, Tags: {} };

    test('and keeps what a failure is told by', async () => {
      expect(await evaluate(describedJob(), { states: { input, result: { Jobs: [job] } } })).toEqual({
        ...input, job: { JobId: 'j-1', Status: 'FAILED', StatusReason: 'oh', Container: job.Container },
      });
    });

    test('that Batch does not know', async () => {
      expect(await evaluate(describedJob(), { states: { input, result: { Jobs: [] } } })).toEqual({ ...input, job: {} });
    });

    test.each([
      [{ Status: 'SUCCEEDED' }, 'AlignSequencesDone'], [{ Status: 'FAILED' }, 'AlignSequencesFailed'], [{ Status: 'RUNNABLE' }, 'AlignSequencesWait'],
      [{}, 'AlignSequencesWait'],
    ])('as %j: goes on to %s', async (described, next) => {
      const { Choices, Default } = states.AlignSequencesEnded;
      const scope = { states: { input: { job: described }, context: { Execution: { StartTime: new Date().toISOString() } } } };
      for (const { Condition, Next } of Choices) {
        if (await evaluate(Condition, scope)) {
          expect(Next).toBe(next);
          return;
        }
      }
      expect(Default).toBe(next);
    });

    test.each([[250, false], [280, true]])('and gives it up before the run is out of time: %i s after its start %s', async (seconds, overdue) => {
      const StartTime = new Date(Date.now() - seconds * 1000).toISOString();
      expect(await evaluate(isOverdue(Duration.minutes(5)), { states: { context: { Execution: { StartTime } } } })).toBe(overdue);
    });

    test('that failed, and tells it as a Standard workflow would', async () => {
      const scope = { states: { input: { size: 0, job } }, variables: { inputCount: 3 } };
      const { failure, again } = await evaluate(states.AlignSequencesFailed.Output, scope);
      expect(failure.cause).toBe('alignment, 3 entries: exit code 64, oh; log stream alignment/default/1');
      expect(again).toBe(false);
    });

    test('that ran out of memory, and runs it again with more', async () => {
      const killed = { ...job, StatusReason: 'Essential container in task exited', Container: { ExitCode: 137 } };
      expect(await evaluate(states.AlignSequencesFailed.Output, { states: { input: { size: 0, job: killed } }, variables: { inputCount: 3 } }))
        .toMatchObject({ again: true, size: 1 });
    });

    test('that did not end in time', async () => {
      const { failure } = await evaluate(states.AlignSequencesLate.Output, { states: { input: { size: 0, job: {} } }, variables: { inputCount: 3 } });
      expect(failure.cause).toBe('alignment, 3 entries: it did not end in time, waiting for a place to run included');
    });
  });
});

describe('more than forty jobs at once', () => {
  const template = templateWith({ maxConcurrency: 41 });
  const states = allStates(definitionOf(template));

  test('are executions of their own', () => {
    expect(states.RetrieveSequences).toMatchObject({
      MaxConcurrency: 41, Items: '{% $retrievalJobs %}', ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
    });
    for (const field of ['ResultWriter', 'ItemReader', 'ItemBatcher', 'ToleratedFailurePercentage']) expect(states.RetrieveSequences).not.toHaveProperty(field);
    expect(allStates(definitionOf(templateWith({ maxConcurrency: 40 }))).RetrieveSequences.ItemProcessor.ProcessorConfig).toEqual({ Mode: 'INLINE' });
  });

  test('get what they read of the run with their item, as inline ones do', async () => {
    const variables = { inputUri: 's3://b/k', workUri: 's3://b/work/run-1/', inputCount: 7, jobName: 'run-1' };
    const context = { Execution: { Name: 'run-1' }, Map: { Item: { Index: 1, Value: ['a', 'b'] } } };
    const inline = allStates(definitionOf(templateWith()));
    expect(states.RetrieveSequences.ItemSelector).toBe(inline.RetrieveSequences.ItemSelector);
    expect(await evaluate(states.RetrieveSequences.ItemSelector, { states: { context }, variables: { ...variables, entriesPerJob: 5 } }))
      .toEqual({ from: 5, to: 6, label: 'entries 5 to 6 (a, b)', size: 0, run: { name: 'run-1', ...variables } });
    // A child execution sees none of the run's variables, and its own may not have their names.
    const expressions = JSON.stringify(states.RetrieveSequences.ItemProcessor).match(/\{%.*?%\}/g) ?? [];
    const assigned = new Set(Object.values(states).flatMap(({ Assign }) => Object.keys(Assign ?? {})));
    expect([...assigned].filter((name) => expressions.some((expression) => new RegExp(`\\$${name}\\b`).test(expression)))).toEqual([]);
    expect(JSON.stringify(states.RetrieveSequences.ItemProcessor)).not.toContain('Assign');
  });

  test('leave their failure in the work folder, where the run finds it', async () => {
    expect(states.RunRetrievalJobOutOfMemory.Default).toBe('StoreJobFailure');
    for (const name of ['StoreJobFailure', 'FindJobFailure', 'ReadJobFailure']) {
      expect(states[name].Retry).toMatchObject([{ ErrorEquals: ['S3.S3Exception', 'S3.SdkClientException'] }]);
    }
    expect(states.StoreJobFailure).toMatchObject({ Next: 'RetrievalJobFailed', Catch: [{ Next: 'RetrievalJobFailed' }] });
    const scope = { states: { input: { from: 20, run: { name: 'run-1' } } } };
    expect(await evaluate(states.StoreJobFailure.Arguments.Key, scope)).toBe('work/run-1/failed-jobs/20.json');
    expect(await evaluate(states.FindJobFailure.Arguments.Prefix)).toBe('work/run-1/failed-jobs/');
    expect(states.RetrieveSequences.Catch).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: 'FindJobFailure' }]);
    expect(states.FindJobFailure).toMatchObject({ Next: 'HasJobFailure', Catch: [{ Next: 'ExplainFailure' }] });
    expect(states.HasJobFailure).toMatchObject({ Choices: [{ Next: 'ReadJobFailure' }], Default: 'ExplainFailure' });
    expect(states.ReadJobFailure).toMatchObject({ Next: 'ExplainFailure', Catch: [{ Next: 'ExplainFailure' }] });
  });

  test('are told by the newest failure, as a redriven run finds older ones too', async () => {
    const newest = (Contents?: unknown) => evaluate(newestFile(), { states: { result: { Contents } } });
    expect(await newest([{ Key: 'a', LastModified: '2025-01-01T00:00:02Z' }, { Key: 'b', LastModified: '2025-01-01T00:00:01Z' }])).toBe('a');
    expect(await newest()).toBeUndefined();
    expect(states.FindJobFailure.Output).toContain(newestFile().replace(/\s*\n\s*/g, ' '));
    const stored = (Body: string) => evaluate(storedJobFailure(), { states: { input: { failure: { error: 'States.ExceedToleratedFailureThreshold' } }, result: { Body } } });
    expect(await stored('{"error":"Pavi.JobFailed","cause":"c"}')).toEqual({ failure: { error: 'Pavi.JobFailed', cause: 'c' } });
    for (const other of ['{}', '[]', '7', 'null', '{"error":1,"cause":"x"}']) {
      expect((await stored(other)).failure.error).toBe('States.ExceedToleratedFailureThreshold');
    }
  });

  test('take the permissions to start, watch and redrive executions of this state machine, and to store their failures', () => {
    const standard = permissions(templateWith()).PaviStateMachineRole;
    const added = permissions(template).PaviStateMachineRole.filter((line) => !standard.includes(line));
    expect(added.map((line) => line.replace(/[0-9A-F]{8}/g, ''))).toEqual([
      's3:GetObject on <PaviWorkBucket.Arn>/work/*/failed-jobs/*',
      's3:PutObject on <PaviWorkBucket.Arn>/work/*/failed-jobs/*',
      expect.stringMatching(/^states:DescribeExecution on arn:.*execution:.*:\*$/),
      expect.stringMatching(/^states:RedriveExecution on arn:.*execution:.*\/\*:\*$/),
      'states:StartExecution on <PaviStateMachine>',
      expect.stringMatching(/^states:StopExecution on arn:.*execution:.*:\*$/),
    ]);
  });
});

describe('a jobs table', () => {
  const template = templateWith({ jobsTable: JobsTable.create() });
  const states = allStates(definitionOf(template));
  const records = Object.entries(states).filter(([, { Resource }]) => /dynamodb:updateItem/.test(Resource ?? ''));
  const stageOf = (state: any) => {
    const values = state.Arguments.ExpressionAttributeValues;
    return [values[':status'].S, values[':stage'].S];
  };

  test('is encrypted, paid by request, can be restored, and lets its items go', () => {
    expect(resource(template, 'AWS::DynamoDB::Table').Properties).toMatchObject({
      KeySchema: [{ AttributeName: 'job_id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
    expect(resource(template, 'AWS::DynamoDB::Table').DeletionPolicy).toBe('Retain');
  });

  test('is told of every stage', () => {
    expect(Object.fromEntries(records.map(([name, state]) => [name, stageOf(state)]))).toEqual({
      RecordRun: ['PENDING', 'INITIALIZING'],
      RecordRetrieval: ['RUNNING', 'SEQUENCE_RETRIEVAL'],
      RecordAlignment: ['RUNNING', 'ALIGNMENT'],
      RecordCollection: ['RUNNING', 'COLLECTING_RESULTS'],
      RecordRunCompleted: ['COMPLETED', 'DONE'],
      RecordRunFailed: ['FAILED', 'ERROR'],
      RecordInvalidInput: ['FAILED', 'ERROR'],
    });
  });

  test('never fails a run: what follows, follows in any case, with the same input', () => {
    expect(records).toHaveLength(7);
    for (const [name, state] of records) {
      expect([name, state.Catch]).toEqual([name, [{ ErrorEquals: ['States.ALL'], Next: state.Next, Output: '{% $states.input %}' }]]);
      expect(state.Output).toBe('{% $states.input %}');
    }
    const without = allStates(definitionOf(templateWith()));
    const through = (name: string) => (/^Record/.test(name) ? states[name].Next : name);
    for (const [name, state] of Object.entries(without)) {
      if (state.Next) expect([name, through(states[name].Next)]).toEqual([name, state.Next]);
    }
  });

  const item = async (name: string, scope: any) => {
    const { ExpressionAttributeValues, Key } = states[name].Arguments;
    const values = await Promise.all(Object.entries<any>(ExpressionAttributeValues).map(async ([placeholder, { S, N }]) => {
      const text = S ?? N;
      const value = /^\{%/.test(text) ? await evaluate(text, scope) : text;
      expect(typeof value).toBe('string');
      return [placeholder.slice(1), N === undefined ? value : Number(value)];
    }));
    return { job_id: await evaluate(Key.job_id.S, scope), ...Object.fromEntries(values) };
  };
  const context = { Execution: { Name: 'run-1', Id: 'arn:run-1', StartTime: '2025-01-01T00:00:00.000Z' } };

  test('gets what an application shows of a run', async () => {
    const scope = { states: { context, input: { failure: { error: 'Pavi.Internal', cause: 'oh' } } }, variables: { jobId: 'j', inputCount: 7, resultsUri: 's3://b/results/run-1/' } };
    expect(await item('RecordRun', scope)).toEqual({
      job_id: 'j',
      status: 'PENDING',
      stage: 'INITIALIZING',
      created_at: '2025-01-01T00:00:00.000Z',
      execution_arn: 'arn:run-1',
      input_count: 7,
      sequences_processed: 0,
      ttl: Date.parse('2025-01-31T00:00:00Z') / 1000,
    });
    expect(await item('RecordAlignment', scope)).toEqual({ job_id: 'j', status: 'RUNNING', stage: 'ALIGNMENT', sequences_processed: 7 });
    expect(await item('RecordRunCompleted', scope)).toEqual({
      job_id: 'j',
      status: 'COMPLETED',
      stage: 'DONE',
      sequences_processed: 7,
      result_s3_uri: 's3://b/results/run-1/alignment-output.aln',
      completed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect(await item('RecordRunFailed', scope)).toMatchObject({ status: 'FAILED', stage: 'ERROR', error_message: 'Pavi.Internal: oh' });
    expect(await item('RecordInvalidInput', { states: { context, input: {} }, variables: { inputRefusal: '1 problem: x' } })).toMatchObject({
      job_id: 'run-1', status: 'FAILED', error_message: 'Pavi.InvalidInput: 1 problem: x', created_at: '2025-01-01T00:00:00.000Z',
    });
  });

  test('keeps the time at which an application announced the run', () => {
    expect(states.RecordRun.Arguments.UpdateExpression).toContain('#created_at = if_not_exists(#created_at, :created_at)');
    for (const [, { Arguments }] of records) {
      const [set, removed = ''] = Arguments.UpdateExpression.split(' REMOVE ');
      const names = set.match(/#[a-z0-9_]+(?= =)/g);
      expect(Object.keys(Arguments.ExpressionAttributeNames).sort()).toEqual([...names, ...(removed.match(/#[a-z_]+/g) ?? [])].sort());
      expect(Object.keys(Arguments.ExpressionAttributeValues).sort()).toEqual(names.map((name: string) => name.replace('#', ':')).sort());
    }
  });

  test.each([[{}, 'run-1'], [{ job_id: 'x' }, 'x'], [{ job_id: '' }, 'run-1'], [{ job_id: 7 }, 'run-1'], ['text', 'run-1'], [[], 'run-1'], [null, 'run-1'],
    [{ job_id: { _jsonata_function: true } }, 'run-1'], [{ _jsonata_lambda: true, job_id: 'x' }, 'run-1']])('of an input that was refused, %j, has the id %s', async (input, id) => {
    const execution = { ...context.Execution, Input: input };
    expect(await evaluate(uncheckedJobId(), { states: { input: {}, context: { Execution: execution } } })).toBe(id);
  });

  test('has no longer messages than an item holds', async () => {
    expect(await evaluate(shortened('$long'), { variables: { long: 'x'.repeat(30_000) } })).toHaveLength(4000);
    expect(await evaluate(shortened('$none'))).toBeUndefined();
  });

  test('of the user\'s is written to, with its key, and nothing else is allowed on it', () => {
    const stack = newStack();
    const table = dynamodb.Table.fromTableAttributes(stack, 'Table', {
      tableName: 'pavi-jobs', encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:123456789012:key/1'),
    });
    const pipeline = newPipeline(stack, { jobsTable: JobsTable.fromTable(table) });
    expect(pipeline.jobsTable).toBe(table);
    const own = Template.fromStack(stack);
    expect(Object.keys(resourcesOf(own, 'AWS::DynamoDB::Table'))).toEqual([]);
    const lines = permissions(own).PaviStateMachineRole.filter((line) => /^(dynamodb|kms):/.test(line));
    const key = 'arn:aws:kms:us-east-1:123456789012:key/1';
    expect(lines).toEqual([
      'dynamodb:UpdateItem on arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/pavi-jobs',
      ...['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey*', 'ReEncrypt*'].map((action) => `kms:${action} on ${key}`),
    ]);
  });
});
