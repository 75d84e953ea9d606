import { jobDefinition } from '../../../engine/batch/definition/job-definition';

const ARN = 'arn:aws:batch:us-east-1:000000000000:job-definition/Name:1';

function load(properties: Record<string, unknown> = {}, container: Record<string, unknown> = {}) {
  return jobDefinition({
    logicalId: 'Job',
    type: 'AWS::Batch::JobDefinition',
    ref: ARN,
    arn: ARN,
    properties: {
      Type: 'container',
      ContainerProperties: { Image: 'image', ResourceRequirements: [{ Type: 'MEMORY', Value: '512' }, { Type: 'VCPU', Value: '0.25' }], ...container },
      ...properties,
    },
  });
}

test('what a definition says', () => {
  const { definition, problems } = load({
    JobDefinitionName: 'Name',
    Parameters: { a: '1' },
    PropagateTags: true,
    PlatformCapabilities: ['FARGATE'],
    Timeout: { AttemptDurationSeconds: 900 },
    RetryStrategy: { Attempts: 3, EvaluateOnExit: [{ Action: 'EXIT', OnReason: '*' }] },
    Tags: { x: 'y' },
    SchedulingPriority: 1,
  }, {
    Command: ['run'],
    Environment: [{ Name: 'A', Value: '1' }],
    JobRoleArn: 'arn:role',
    User: '1000:1000',
    ReadonlyRootFilesystem: true,
    LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-stream-prefix': 'retrieval' } },
    Volumes: [{ Name: 'scratch' }],
    MountPoints: [{ ContainerPath: '/tmp', SourceVolume: 'scratch' }],
  });
  expect(problems).toEqual([]);
  expect(definition).toEqual({
    arn: ARN,
    name: 'Name',
    container: {
      image: 'image',
      command: ['run'],
      environment: { A: '1' },
      memoryMiB: 512,
      vcpus: 0.25,
      logGroup: '/aws/batch/job',
      logStreamPrefix: 'retrieval',
      user: '1000:1000',
      readonlyRootFilesystem: true,
      mounts: [{ volume: 'scratch', path: '/tmp', readOnly: false }],
    },
    jobRoleArn: 'arn:role',
    retry: { attempts: 3, rules: [{ action: 'EXIT', onReason: '*' }] },
    timeout: 900,
    parameters: { a: '1' },
    propagateTags: true,
    platformCapabilities: ['FARGATE'],
  });
});

test('the older way to say a size', () => {
  expect(load({}, { ResourceRequirements: undefined, Memory: 128, Vcpus: 2 }).definition!.container).toMatchObject({ memoryMiB: 128, vcpus: 2 });
});

test.each<[string, object, object, RegExp]>([
  ['a job of several nodes', { Type: 'multinode', NodeProperties: {} }, {}, /NodeProperties of a job definition is not supported/],
  ['another type', { Type: 'multinode' }, {}, /job type multinode is not supported; container is/],
  ['Kubernetes', { EksProperties: {} }, {}, /EksProperties of a job definition is not supported/],
  ['secrets', {}, { Secrets: [] }, /ContainerProperties.Secrets of a job definition is not supported/],
  ['privileged', {}, { Privileged: true }, /a privileged container is not supported/],
  ['a volume of the host', {}, { Volumes: [{ Name: 'v', Host: { SourcePath: '/etc' } }] }, /the volume v lies on the host or on EFS/],
  ['a Host of a volume on Fargate', { PlatformCapabilities: ['FARGATE'] }, { Volumes: [{ Name: 'v', Host: {} }] }, /the volume v has a Host, which AWS does not allow on Fargate/],
  ['a GPU', {}, { ResourceRequirements: [{ Type: 'GPU', Value: '1' }] }, /the resource requirement GPU is not supported/],
  ['a mount point without its volume', {}, { MountPoints: [{ ContainerPath: '/x', SourceVolume: 'v' }] }, /the mount point \/x is of the volume v, which is not defined/],
  ['both kinds of properties', { EcsProperties: { TaskProperties: [] } }, {}, /EcsProperties of a job definition is not supported/],
  ['no memory', {}, { ResourceRequirements: [] }, /the job has no memory/],
  ['a short time limit', { Timeout: { AttemptDurationSeconds: 5 } }, {}, /at least 60, got 5/],
  ['wrong rules', { RetryStrategy: { Attempts: 20 } }, {}, /RetryStrategy: Attempts must be 1 to 10, got 20/],
  ['a size that Fargate has not', { PlatformCapabilities: ['FARGATE'] }, { ResourceRequirements: [{ Type: 'MEMORY', Value: '3072' }, { Type: 'VCPU', Value: '0.25' }] },
    /Fargate has 512, 1024, 2048 MiB for 0\.25 vCPU, got 3072/],
  ['vCPUs that Fargate has not', { PlatformCapabilities: ['FARGATE'] }, { ResourceRequirements: [{ Type: 'MEMORY', Value: '4096' }, { Type: 'VCPU', Value: '3' }] },
    /Fargate has 0\.25, .*, 16 vCPU, got 3/],
  ['little ephemeral storage', {}, { EphemeralStorage: { SizeInGiB: 20 } }, /EphemeralStorage\.SizeInGiB must be 21 to 200, got 20/],
  ['much ephemeral storage', {}, { EphemeralStorage: { SizeInGiB: 201 } }, /must be 21 to 200, got 201/],
  ['a long name', { JobDefinitionName: 'x'.repeat(129) }, {}, /JobDefinitionName must have up to 128 letters/],
  ['a name with a dot', { JobDefinitionName: 'a.b' }, {}, /JobDefinitionName .* got "a\.b"/],
  ['51 tags', { Tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, 'x'])) }, {}, /up to 50 tags, got 51/],
  ['more than 24 KiB', {}, { Command: ['x'.repeat(24 * 1024)] }, /up to 24576 bytes, got 2\d{4}/],
  ['a variable of Batch\'s own', {}, { Environment: [{ Name: 'AWS_BATCH_X', Value: '1' }] }, /AWS_BATCH_X begins with AWS_BATCH, which is reserved/],
])('%s is refused by name', (_name, properties, container, words) => {
  const { problems } = load(properties as Record<string, unknown>, container as Record<string, unknown>);
  expect(problems.join('\n')).toMatch(words);
  expect(problems.every((problem) => problem.startsWith('Job: '))).toBe(true);
});

test('what is just within the limits is taken', () => {
  const size = (more: number) => JSON.stringify({ Type: 'container', ContainerProperties: { Image: 'image', ResourceRequirements: [], Command: ['x'.repeat(more)] } }).length;
  for (const [properties, container] of [
    [{ JobDefinitionName: 'x'.repeat(128), PlatformCapabilities: ['FARGATE'] }, { EphemeralStorage: { SizeInGiB: 200 } }],
    [{ Tags: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, 'x'])) }, { EphemeralStorage: { SizeInGiB: 21 }, Volumes: [{ Name: 'v', Host: {} }] }],
    [{}, { ResourceRequirements: undefined, Memory: 512, Vcpus: 1, Command: ['x'.repeat(24 * 1024 - size(0) - 20)] }],
  ]) expect(load(properties, container).problems).toEqual([]);
});

test('a job of several containers is refused, for Step Functions could not start it in AWS', () => {
  const size = [{ Type: 'MEMORY', Value: '512' }, { Type: 'VCPU', Value: '0.25' }];
  const Containers = ['in', 'main'].map((Name) => ({ Name, Image: 'image', ResourceRequirements: size }));
  expect(load({ ContainerProperties: undefined, EcsProperties: { TaskProperties: [{ Containers }] } })).toEqual({
    problems: ['Job: EcsProperties of a job definition is not supported: batch:submitJob.sync cannot start such a job in AWS '
      + '("Container overrides should not be set for ecsProperties jobs."); use ContainerProperties, with one container'],
  });
});
