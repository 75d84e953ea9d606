import { Size, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { allStates, definitionOf, definitionWith, deployed } from './support/expressions';
import { fargate, importedQueue, newPipeline, newStack, templateWith } from './support/pipeline-stack';
import { ComputePlatform, PaviAlignmentPipelineProps } from '../../src';

// It has no types of its own.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const validate: (definition: unknown) => { isValid: boolean; errors: unknown[]; errorsText: () => string } = require('asl-validator');

function fargateDefinition(): any {
  const stack = newStack();
  newPipeline(stack, { compute: fargate(stack, { spot: true }), regionsPerJob: 1, maxConcurrency: 3, tracing: false });
  return definitionOf(Template.fromStack(stack));
}

const VARIANTS: [string, () => any][] = [['EC2', () => definitionWith()], ['Fargate', fargateDefinition]];

/** Every text in a value that holds an expression. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

describe.each(VARIANTS)('the definition on %s', (_platform, make) => {
  const definition = make();
  const states = allStates(definition);
  const ofType = (type: string) => Object.entries(states).filter(([, state]) => state.Type === type);
  const jobTasks = ofType('Task').filter(([, state]) => state.Resource.includes(':batch:'));

  test('is valid Amazon States Language', () => {
    const result = validate(deployed(definition));
    expect(result.isValid ? [] : result.errors).toEqual([]);
  });

  test('is JSONata throughout', () => {
    expect(definition.QueryLanguage).toBe('JSONata');
    for (const [name, state] of Object.entries(states)) {
      expect([name, state.QueryLanguage ?? 'JSONata']).toEqual([name, 'JSONata']);
      for (const field of ['Parameters', 'InputPath', 'OutputPath', 'ResultPath', 'ResultSelector', 'ItemsPath', 'TimeoutSecondsPath', 'ErrorPath', 'CausePath', 'Result']) {
        expect([name, state]).not.toHaveProperty([1, field]);
      }
    }
    expect(texts(definition).filter((text) => /^\$[.$[]/.test(text))).toEqual([]);
  });

  test('has exactly these states', () => {
    expect(Object.keys(states).sort()).toEqual([
      'AlignSequences', 'AlignSequencesOutOfMemory', 'CheckEntries', 'CheckForm', 'CollectSeqInfo', 'CollectSeqInfoOutOfMemory', 'CountSequences', 'EndWithFailure', 'ExplainFailure',
      'GoOnWhereFailed', 'HasErrorFile',
      'InvalidInput', 'IsInputStored', 'IsInputValid', 'ListProblems', 'MakePlan', 'MakeUnnamedPlan', 'PlanRun', 'PlanRunUnnamed', 'ReadErrorFile', 'RetrievalJobFailed', 'RetrieveSequences', 'RunFailed', 'RunRetrievalJob',
      'RunRetrievalJobOutOfMemory', 'RunSucceeded', 'StoreInput', 'ValidateInput',
    ]);
    expect(definition.StartAt).toBe('ValidateInput');
  });

  test('goes through the steps in this order', () => {
    const after = (name: string) => states[name].Next ?? states[name].Default;
    const path = ['ValidateInput'];
    while (after(path[path.length - 1]) !== undefined) path.push(after(path[path.length - 1]));
    expect(path).toEqual([
      'ValidateInput', 'IsInputValid', 'PlanRun', 'IsInputStored', 'StoreInput', 'RetrieveSequences', 'AlignSequences', 'CollectSeqInfo', 'CountSequences', 'RunSucceeded',
    ]);
  });

  test('every Task has a time limit, and something that catches everything', () => {
    expect(ofType('Task')).toHaveLength(7);
    for (const [name, state] of ofType('Task')) {
      expect([name, state.TimeoutSeconds]).toEqual([name, expect.any(Number)]);
      const everything = state.Catch.filter((catcher: any) => catcher.ErrorEquals.includes('States.ALL'));
      expect([name, everything.length]).toEqual([name, 1]);
    }
    for (const [name, state] of ofType('Map')) expect([name, state.Catch[0].ErrorEquals]).toEqual([name, ['States.ALL']]);
  });

  test('the time limits leave time to explain a failure within the run\'s', () => {
    expect(definition.TimeoutSeconds).toBe(3600);
    for (const [, state] of jobTasks) expect(state.TimeoutSeconds).toBeLessThanOrEqual(3240);
  });

  test('a job is submitted again after errors of Batch\'s API alone', () => {
    expect(jobTasks.map(([name]) => name).sort()).toEqual(['AlignSequences', 'CollectSeqInfo', 'RunRetrievalJob']);
    for (const [, state] of jobTasks) {
      expect(state.Retry).toEqual([{
        ErrorEquals: ['Batch.AWSBatchException', 'Batch.BatchException', 'Batch.ClientException', 'Batch.SdkClientException', 'Batch.ServerException',
          'Batch.TooManyRequestsException'],
        IntervalSeconds: 2,
        MaxAttempts: 6,
        BackoffRate: 2,
        MaxDelaySeconds: 60,
        JitterStrategy: 'FULL',
      }]);
    }
  });

  test('a call of S3 is made again after errors of its API', () => {
    const calls = ofType('Task').filter(([, state]) => state.Resource.includes(':s3:'));
    expect(calls.map(([name]) => name).sort()).toEqual(['CountSequences', 'ExplainFailure', 'ReadErrorFile', 'StoreInput']);
    for (const [, state] of calls) expect(state.Retry).toMatchObject([{ ErrorEquals: ['S3.S3Exception', 'S3.SdkClientException'], MaxAttempts: 3 }]);
  });

  test('the input\'s checks and the plan cannot end a run: what ends them is caught', () => {
    const everything = (Next: string) => ({ ErrorEquals: ['States.ALL'], Next, Output: {} });
    expect(states.ValidateInput).toMatchObject({
      Type: 'Parallel', Branches: [{ StartAt: 'CheckForm' }], Output: {}, Assign: { inputRefusal: '{% $states.result[0] %}', step: 'PlanRun' },
    });
    expect(states.ValidateInput.Catch).toEqual([{ ...everything('PlanRun'), Assign: { inputRefusal: '', step: 'PlanRun' } }]);
    expect(states.PlanRun).toMatchObject({ Type: 'Parallel', Branches: [{ StartAt: 'MakePlan' }] });
    expect(states.PlanRun.Catch).toEqual([everything('PlanRunUnnamed')]);
    expect(states.PlanRunUnnamed).toMatchObject({ Assign: states.PlanRun.Assign, Next: states.PlanRun.Next });
    expect(states.PlanRunUnnamed.Catch).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: 'ExplainFailure' }]);
    // Nothing else that grows with the input stands where nothing catches it.
    const uncaught = ofType('Pass').concat(ofType('Choice')).filter(([, state]) => JSON.stringify(state).includes('Execution.Input')).map(([name]) => name);
    expect(uncaught.sort()).toEqual(['CheckEntries', 'IsInputStored', 'ListProblems', 'MakePlan', 'MakeUnnamedPlan']);
  });

  test('nothing is tried again on an error that a failed job, or anything, ends with', () => {
    for (const [name, state] of Object.entries(states)) {
      const errors = (state.Retry ?? []).flatMap((retrier: any) => retrier.ErrorEquals);
      expect([name, errors.filter((error: string) => error.startsWith('States.'))]).toEqual([name, []]);
    }
  });

  test('a job is submitted with the definition\'s retry strategy and time limit, and its tags', () => {
    for (const [, state] of jobTasks) {
      expect(Object.keys(state.Arguments).sort()).toEqual(['ContainerOverrides', 'JobDefinition', 'JobName', 'JobQueue', 'PropagateTags', 'Tags']);
      expect(state.Arguments.PropagateTags).toBe(true);
      expect(state.Arguments.Tags).toEqual({ 'pavi:run': expect.stringMatching(/^\{% (\$states\.input\.run\.jobName|\$jobName) %\}$/) });
      expect(Object.keys(state.Arguments.ContainerOverrides).sort()).toEqual(['Command', 'ResourceRequirements']);
      expect(state.Resource).toBe('arn:<AWS::Partition>:states:::batch:submitJob.sync');
    }
  });

  test('no job\'s result is kept', () => {
    expect(states.RunRetrievalJob.Output).toBe('{% {} %}');
    expect(states.RetrieveSequences.Output).toBe('{% { "size": 0 } %}');
    expect(states.AlignSequences.Output).toBe('{% { "size": 0 } %}');
    expect(states.CollectSeqInfo.Output).toBe('{% {} %}');
  });

  test('every failure leads to the failed run\'s end by way of its explanation', () => {
    for (const name of ['StoreInput', 'RetrieveSequences']) expect(states[name].Catch[0].Next).toBe('ExplainFailure');
    for (const name of ['AlignSequences', 'CollectSeqInfo']) {
      expect(states[name].Catch[0].Next).toBe(`${name}OutOfMemory`);
      expect(states[`${name}OutOfMemory`]).toMatchObject({ Choices: [{ Next: name }], Default: 'ExplainFailure' });
    }
    expect(states.RunRetrievalJobOutOfMemory).toMatchObject({ Choices: [{ Next: 'RunRetrievalJob' }], Default: 'RetrievalJobFailed' });
    for (const name of ['ExplainFailure', 'ReadErrorFile']) expect(states[name].Catch[0].Next).toBe('EndWithFailure');
    expect(states.CountSequences.Catch[0].Next).toBe('RunSucceeded');
  });
});

test('the retrieval jobs run side by side up to maxConcurrency', () => {
  const { RetrieveSequences } = allStates(definitionWith({ maxConcurrency: 7 }));
  expect(RetrieveSequences.MaxConcurrency).toBe(7);
  expect(RetrieveSequences.Items).toBe('{% $retrievalJobs %}');
  expect(RetrieveSequences.ItemProcessor.ProcessorConfig).toEqual({ Mode: 'INLINE' });
});

test('the alignment takes the proteins of as many entries as the run has, and no others', () => {
  const command: string[] = allStates(definitionWith()).AlignSequences.Arguments.ContainerOverrides.Command;
  expect(command[command.indexOf('--expect-count') + 1]).toBe('{% $string($inputCount) %}');
});

test('the alignment has a thread for each whole vCPU', () => {
  const threads = (vcpus?: number, platform = ComputePlatform.EC2) => {
    const stack = newStack();
    newPipeline(stack, { compute: importedQueue(stack, platform), alignment: { vcpus } });
    const command: string[] = allStates(definitionOf(Template.fromStack(stack))).AlignSequences.Arguments.ContainerOverrides.Command;
    return command[command.indexOf('--threads') + 1];
  };
  expect(threads()).toBe('1');
  expect(threads(8)).toBe('8');
  expect(threads(0.5, ComputePlatform.FARGATE)).toBe('1');
});

test('a step whose memory may not grow is submitted with the definition\'s', () => {
  const { AlignSequences } = allStates(definitionOf(templateWith({ alignment: { memory: Size.gibibytes(2), maxMemory: Size.gibibytes(2) } })));
  expect(Object.keys(AlignSequences.Arguments.ContainerOverrides)).toEqual(['Command']);
});

describe('the retrieval jobs are told', () => {
  const command = (props: Partial<PaviAlignmentPipelineProps> = {}, stack = newStack()): string[] => {
    newPipeline(stack, props);
    return allStates(definitionOf(Template.fromStack(stack))).RunRetrievalJob.Arguments.ContainerOverrides.Command;
  };
  const valuesOf = (words: string[], option: string) => words.flatMap((word, index) => (word === option ? [words[index + 1]] : []));

  test('nothing of genomes and variants by default, and never to read local ones', () => {
    const words = command();
    for (const option of ['--genome-source', '--variant-api-url', '--allow-local']) expect(words).not.toContain(option);
  });

  test('the allowed sources, the genome buckets among them, and the variants\' address', () => {
    const stack = newStack();
    const words = command({
      genomeSources: ['https://s3.amazonaws.com/agrjbrowse/', 's3://more/genomes/'],
      genomeBuckets: [s3.Bucket.fromBucketName(stack, 'Genomes', 'my-genomes')],
      variantApiUrl: 'https://test.alliancegenome.org/api/variant',
    }, stack);
    expect(valuesOf(words, '--genome-source')).toEqual(['https://s3.amazonaws.com/agrjbrowse/', 's3://more/genomes/', 's3://my-genomes/']);
    expect(valuesOf(words, '--variant-api-url')).toEqual(['https://test.alliancegenome.org/api/variant']);
  });

  test('nothing of sources where there are only buckets: any public host is allowed beside them', () => {
    const stack = newStack();
    expect(command({ genomeBuckets: [s3.Bucket.fromBucketName(stack, 'Genomes', 'my-genomes')] }, stack)).not.toContain('--genome-source');
  });

  test('sources and addresses that only the deployment knows', () => {
    const words = command({ genomeSources: [Token.asString({ Ref: 'Source' })], variantApiUrl: Token.asString({ Ref: 'Api' }) });
    expect([valuesOf(words, '--genome-source'), valuesOf(words, '--variant-api-url')]).toEqual([['<Source>'], ['<Api>']]);
  });
});
