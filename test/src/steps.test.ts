import { Duration, Size, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { allStates, definitionOf } from './support/expressions';
import { importedQueue, newPipeline, newStack, resource, resourcesOf, templateWith } from './support/pipeline-stack';
import { plain, withoutHashes } from './support/plain-text';
import { AttemptEnd, retryStrategy, shouldRetry } from '../../engine/batch/definition/retry-rules';
import { ComputePlatform, PaviAlignmentPipelineProps, PipelineStepProps } from '../../src';

const STEPS = [['SequenceRetrieval', 'sequenceRetrieval'], ['Alignment', 'alignment'], ['SeqInfoCollection', 'seqInfoCollection']] as const;

function onPlatform(platform: ComputePlatform, props: Partial<PaviAlignmentPipelineProps> = {}) {
  const stack = newStack();
  newPipeline(stack, { compute: importedQueue(stack, platform), ...props });
  return { stack, template: Template.fromStack(stack) };
}

const jobDefinition = (template: Template, step: string) => resource(template, 'AWS::Batch::JobDefinition', new RegExp(`^Pavi${step}`)).Properties;

/** `MEMORY/VCPU` of a step's job definition. */
function size(template: Template, step: string): string {
  const requirements = jobDefinition(template, step).ContainerProperties.ResourceRequirements;
  return ['MEMORY', 'VCPU'].map((type) => requirements.find(({ Type }: any) => Type === type).Value).join('/');
}

/** The sizes that a job is submitted with, one after the other, as long as it runs out of memory. */
function sizes(template: Template, state: string): string[] {
  const overrides = allStates(definitionOf(template))[state].Arguments.ContainerOverrides.ResourceRequirements;
  const [memory, vcpus] = overrides.map(({ Value }: any) => JSON.parse(/\[[^\]]*]/.exec(Value)![0]));
  return memory.map((value: string, index: number) => `${value}/${vcpus[index]}`);
}

describe('the size of a job', () => {
  test.each([
    [ComputePlatform.EC2, ['500/1', '2048/1', '500/1']],
    [ComputePlatform.FARGATE, ['512/0.25', '2048/1', '512/0.25']],
  ])('is on %s by default %s', (platform, expected) => {
    const { template } = onPlatform(platform);
    expect(STEPS.map(([step]) => size(template, step))).toEqual(expected);
  });

  test('is doubled up to four times the memory, on EC2', () => {
    const { template } = onPlatform(ComputePlatform.EC2);
    expect(sizes(template, 'RunRetrievalJob')).toEqual(['500/1', '1000/1', '2000/1']);
    expect(sizes(template, 'AlignSequences')).toEqual(['2048/1', '4096/1', '8192/1']);
    expect(sizes(template, 'CollectSeqInfo')).toEqual(['500/1', '1000/1', '2000/1']);
  });

  test('is doubled within what Fargate has, with more vCPUs where it must be', () => {
    const { template } = onPlatform(ComputePlatform.FARGATE, { alignment: { memory: Size.gibibytes(6), maxMemory: Size.gibibytes(40) } });
    expect(sizes(template, 'RunRetrievalJob')).toEqual(['512/0.25', '1024/0.25', '2048/0.25']);
    expect(sizes(template, 'AlignSequences')).toEqual(['6144/1', '12288/2', '24576/4', '40960/8']);
  });

  test.each([
    [{ memory: Size.mebibytes(513) }, '1024/0.25'],
    [{ memory: Size.mebibytes(2049) }, '3072/0.5'],
    [{ memory: Size.gibibytes(4), vcpus: 0.25 }, '4096/0.5'],
    [{ memory: Size.gibibytes(1), vcpus: 2 }, '4096/2'],
    [{ memory: Size.gibibytes(17), vcpus: 8 }, '20480/8'],
    [{ memory: Size.gibibytes(120), vcpus: 16 }, '122880/16'],
  ] as [PipelineStepProps, string][])('is fitted to Fargate: %j to %s', (props, expected) => {
    expect(size(onPlatform(ComputePlatform.FARGATE, { seqInfoCollection: props }).template, 'SeqInfoCollection')).toBe(expected);
  });

  test('is said in a note if the app\'s own was fitted, and not otherwise', () => {
    const infos = (platform: ComputePlatform, props: Partial<PaviAlignmentPipelineProps> = {}) => Annotations
      .fromStack(onPlatform(platform, props).stack).findInfo('/Stack/Pavi', Match.anyValue()).map(({ entry }) => String(entry.data));
    const odd = { memory: Size.mebibytes(500) };
    expect(infos(ComputePlatform.FARGATE, { sequenceRetrieval: odd, seqInfoCollection: odd })).toEqual([
      'sequenceRetrieval: 500 MiB with 0.25 vCPU is no size that Fargate has; its jobs get 512 MiB with 0.25 vCPU',
      'seqInfoCollection: 500 MiB with 0.25 vCPU is no size that Fargate has; its jobs get 512 MiB with 0.25 vCPU',
    ]);
    expect(infos(ComputePlatform.EC2, { sequenceRetrieval: odd })).toEqual([]);
    const fitting = { memory: Size.mebibytes(512) };
    expect(infos(ComputePlatform.FARGATE, { sequenceRetrieval: fitting, seqInfoCollection: fitting })).toEqual([]);
    expect(infos(ComputePlatform.FARGATE)).toEqual([]);
  });

  test('that only the deployment knows is taken as it is', () => {
    const memory = Size.mebibytes(Token.asNumber({ Ref: 'Memory' }));
    const { template } = onPlatform(ComputePlatform.FARGATE, { alignment: { memory, vcpus: Token.asNumber({ Ref: 'Vcpus' }) } });
    expect(plain(jobDefinition(template, 'Alignment').ContainerProperties.ResourceRequirements))
      .toEqual([{ Type: 'MEMORY', Value: '<Memory>' }, { Type: 'VCPU', Value: '<Vcpus>' }]);
  });
});

describe.each([ComputePlatform.EC2, ComputePlatform.FARGATE])('every job definition on %s', (platform) => {
  const { template } = onPlatform(platform);
  const definitions = Object.values<any>(withoutHashes(resourcesOf(template, 'AWS::Batch::JobDefinition')));

  test('gives its containers no rights on their host and nothing to write on but a scratch volume', () => {
    expect(definitions).toHaveLength(3);
    for (const { Properties: { ContainerProperties: container } } of definitions) {
      expect(container).toMatchObject({
        ReadonlyRootFilesystem: true,
        MountPoints: [{ ContainerPath: '/tmp', SourceVolume: 'scratch' }],
      });
      // "host" is not for Fargate; without a source path it is a folder of the job's own on both.
      expect(container.Volumes).toEqual([platform === ComputePlatform.FARGATE ? { Name: 'scratch' } : { Name: 'scratch', Host: {} }]);
      expect(container.Privileged ?? false).toBe(false);
      for (const field of ['User', 'LinuxParameters', 'Secrets', 'Ulimits', 'Command']) expect(container).not.toHaveProperty(field);
    }
  });

  // The ECS agent tells it on Fargate alone, and the SDK does not ask the instance.
  test('tells its containers the region and the pipeline, and nothing else by their environment', () => {
    for (const { Properties: { ContainerProperties: { Environment } } } of definitions) {
      expect(Environment).toEqual([{ Name: 'AWS_REGION', Value: '<AWS::Region>' }, { Name: 'PAVI_PIPELINE', Value: 'Stack/Pavi' }]);
    }
  });

  test('keeps its old revisions and passes its tags on', () => {
    for (const { Properties } of definitions) {
      expect(Properties).toMatchObject({
        ResourceRetentionPolicy: { SkipDeregisterOnUpdate: true },
        PropagateTags: true,
        PlatformCapabilities: [platform.name],
        Tags: { Product: 'PAVI', CreatedBy: 'PAVI', AppComponent: 'pipeline' },
        Type: 'container',
      });
      expect(Properties).not.toHaveProperty('JobDefinitionName');
    }
  });

  test('logs to the pipeline\'s group, each step with its own prefix', () => {
    expect(STEPS.map(([step]) => withoutHashes(jobDefinition(template, step)).ContainerProperties.LogConfiguration))
      .toEqual(['sequence-retrieval', 'alignment', 'seq-info-collection'].map((prefix) => ({
        LogDriver: 'awslogs',
        Options: { 'awslogs-group': '<PaviLogsJobs>', 'awslogs-stream-prefix': prefix, 'awslogs-region': '<AWS::Region>' },
      })));
  });

  test('has a role of its own and the execution role of all', () => {
    expect(STEPS.map(([step]) => withoutHashes(jobDefinition(template, step)).ContainerProperties.JobRoleArn))
      .toEqual(STEPS.map(([step]) => `<Pavi${step}JobRole.Arn>`));
    for (const { Properties } of definitions) expect(Properties.ContainerProperties.ExecutionRoleArn).toBe('<PaviExecutionRole.Arn>');
  });

  describe('is tried again', () => {
    const { Attempts, EvaluateOnExit } = definitions[0].Properties.RetryStrategy;
    const { strategy, problems } = retryStrategy({ Attempts, EvaluateOnExit });
    const exited = (exitCode: number, more: Partial<AttemptEnd> = {}): AttemptEnd => ({ statusReason: 'Essential container in task exited', exitCode, ...more });
    const neverStarted = (statusReason: string, reason?: string): AttemptEnd => ({ statusReason, reason });

    test('by rules that Batch takes, the same for every step', () => {
      expect(problems).toEqual([]);
      for (const { Properties } of definitions) expect(Properties.RetryStrategy).toEqual({ Attempts: 3, EvaluateOnExit });
    });

    test.each<[string, AttemptEnd, boolean]>([
      ['an instance was taken away', neverStarted('Host EC2 (instance i-0123456789abcdef0) terminated.'), true],
      ['a Spot task was reclaimed', { statusReason: 'Your Spot Task was interrupted.' }, true],
      ['an external service stayed unavailable', exited(69), true],
      ['the input is wrong', exited(64), false],
      ['the worker has a bug', exited(70), false],
      ['Node.js ended by itself', exited(1), false],
      ['it ran out of memory', exited(137, { reason: 'OutOfMemoryError: Container killed due to memory usage' }), false],
      ['it was stopped', exited(143), false],
      ['its program is not in the image', exited(127), false],
      ['the network interface took too long', neverStarted('Timeout waiting for network interface provisioning to complete.'), true],
      ['the image could not be pulled, on Fargate', neverStarted('CannotPullContainerError: pull image manifest has been retried'), true],
      ['the image could not be pulled, on EC2', neverStarted('Task failed to start', 'CannotPullContainerError: context canceled'), true],
      ['the daemon was too slow', neverStarted('Task failed to start', 'DockerTimeoutError: Could not transition to created'), true],
      ['the container was not created', neverStarted('Task failed to start', 'CannotCreateContainerError: no space left'), true],
      ['the container was not started', neverStarted('CannotStartContainerError: Error response from daemon'), true],
      ['the agent was gone', neverStarted('Task failed to start', 'AGENT'), true],
      ['Fargate could not prepare it', neverStarted('ResourceInitializationError: unable to pull secrets or registry auth'), true],
      ['nothing is known', neverStarted(''), true],
    ])('after this, or not: %s', (_what, end, again) => {
      expect(shouldRetry(strategy.rules, end)).toBe(again);
    });

    test('after its machine was taken away, even if its container got a signal first', () => {
      const statusReason = platform === ComputePlatform.EC2 ? 'Host EC2 (instance i-0123456789abcdef0) terminated.' : 'Your Spot Task was interrupted.';
      expect(shouldRetry(strategy.rules, { statusReason, exitCode: 143 })).toBe(true);
    });
  });

  test('ends an attempt in time', () => {
    expect(STEPS.map(([step]) => jobDefinition(template, step).Timeout.AttemptDurationSeconds)).toEqual([900, 1800, 600]);
  });

  test('runs the bundled image', () => {
    for (const { Properties } of definitions) expect(Properties.ContainerProperties.Image).toMatch(/^\$\{AWS::AccountId}\.dkr\.ecr\..*:[0-9a-f]{64}$/);
  });
});

test.each(STEPS)('%s takes its attempts, time, vCPUs and memory', (step, prop) => {
  const memory = Size.gibibytes(3);
  const template = templateWith({ [prop]: { attempts: 1, timeout: Duration.minutes(2), vcpus: 2, memory, maxMemory: memory } });
  expect(size(template, step)).toBe('3072/2');
  expect(jobDefinition(template, step)).toMatchObject({ Timeout: { AttemptDurationSeconds: 120 }, RetryStrategy: { Attempts: 1 } });
});

test('a step\'s time is not longer than the run\'s by default', () => {
  const template = templateWith({ runTimeout: Duration.minutes(12) });
  expect(STEPS.map(([step]) => jobDefinition(template, step).Timeout.AttemptDurationSeconds)).toEqual([720, 720, 600]);
});
