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
    Volumes: [{ Name: 'scratch', Host: {} }],
    MountPoints: [{ ContainerPath: '/tmp', SourceVolume: 'scratch' }],
  });
  expect(problems).toEqual([]);
  expect(definition).toEqual({
    arn: ARN,
    name: 'Name',
    containers: [{
      name: 'default',
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
      essential: true,
      dependsOn: [],
    }],
    isTask: false,
    jobRoleArn: 'arn:role',
    retry: { attempts: 3, rules: [{ action: 'EXIT', onReason: '*' }] },
    timeout: 900,
    parameters: { a: '1' },
    propagateTags: true,
    platformCapabilities: ['FARGATE'],
  });
});

test('the older way to say a size', () => {
  expect(load({}, { ResourceRequirements: undefined, Memory: 128, Vcpus: 2 }).definition.containers).toMatchObject([{ memoryMiB: 128, vcpus: 2 }]);
});

test.each<[string, object, object, RegExp]>([
  ['a job of several nodes', { Type: 'multinode', NodeProperties: {} }, {}, /NodeProperties of a job definition is not supported/],
  ['another type', { Type: 'multinode' }, {}, /job type multinode is not supported; container is/],
  ['Kubernetes', { EksProperties: {} }, {}, /EksProperties of a job definition is not supported/],
  ['secrets', {}, { Secrets: [] }, /ContainerProperties.Secrets of a job definition is not supported/],
  ['privileged', {}, { Privileged: true }, /a privileged container is not supported/],
  ['a volume of the host', {}, { Volumes: [{ Name: 'v', Host: { SourcePath: '/etc' } }] }, /the volume v lies on the host or on EFS/],
  ['a GPU', {}, { ResourceRequirements: [{ Type: 'GPU', Value: '1' }] }, /the resource requirement GPU is not supported/],
  ['a mount point without its volume', {}, { MountPoints: [{ ContainerPath: '/x', SourceVolume: 'v' }] }, /the mount point \/x is of the volume v, which is not defined/],
  ['both kinds of properties', { EcsProperties: { TaskProperties: [] } }, {}, /has ContainerProperties or EcsProperties, not both/],
  ['no memory', {}, { ResourceRequirements: [] }, /the job has no memory/],
  ['a short time limit', { Timeout: { AttemptDurationSeconds: 5 } }, {}, /at least 60, got 5/],
  ['wrong rules', { RetryStrategy: { Attempts: 20 } }, {}, /RetryStrategy: Attempts must be 1 to 10, got 20/],
  ['a variable of Batch\'s own', {}, { Environment: [{ Name: 'AWS_BATCH_X', Value: '1' }] }, /AWS_BATCH_X begins with AWS_BATCH, which is reserved/],
])('%s is refused by name', (_name, properties, container, words) => {
  const { problems } = load(properties as Record<string, unknown>, container as Record<string, unknown>);
  expect(problems.join('\n')).toMatch(words);
  expect(problems.every((problem) => problem.startsWith('Job: '))).toBe(true);
});

describe('several containers', () => {
  const SIZE = [{ Type: 'MEMORY', Value: '512' }, { Type: 'VCPU', Value: '0.25' }];
  const loadTask = (containers: object[], more: object = {}) => load({
    ContainerProperties: undefined, EcsProperties: { TaskProperties: [{ Containers: containers, ...more }] },
  });
  const one = (Name: string, more: object = {}) => ({ Name, Image: 'image', ResourceRequirements: SIZE, ...more });

  test('what a definition says of each', () => {
    const { definition, problems } = loadTask([
      one('in', { Essential: false, MountPoints: [{ ContainerPath: '/scratch', SourceVolume: 'v' }], StopTimeout: 5 }),
      one('main', {
        Command: ['run'],
        DependsOn: [{ ContainerName: 'in', Condition: 'SUCCESS' }],
        MountPoints: [{ ContainerPath: '/data', SourceVolume: 'v', ReadOnly: true }],
        LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': 'group', 'awslogs-stream-prefix': 'pavi' } },
      }),
    ], { TaskRoleArn: 'arn:role', Volumes: [{ Name: 'v' }] });
    expect(problems).toEqual([]);
    expect(definition).toMatchObject({
      isTask: true,
      jobRoleArn: 'arn:role',
      containers: [
        { name: 'in', essential: false, dependsOn: [], mounts: [{ volume: 'v', path: '/scratch', readOnly: false }], stopTimeout: 5, memoryMiB: 512 },
        {
          name: 'main',
          essential: true,
          dependsOn: [{ container: 'in', condition: 'SUCCESS' }],
          mounts: [{ volume: 'v', path: '/data', readOnly: true }],
          command: ['run'],
          logGroup: 'group',
          logStreamPrefix: 'pavi',
        },
      ],
    });
  });

  test.each<[string, object[], object, RegExp]>([
    ['no container', [], {}, /1 to 10 containers, got 0/],
    ['eleven', Array.from({ length: 11 }, (_, index) => one(`c${index}`)), {}, /1 to 10 containers, got 11/],
    ['one without a name', [one('a'), { Image: 'image', ResourceRequirements: SIZE }], {}, /container 2 must have a Name of letters, digits, - and _, got undefined/],
    ['two of a name', [one('a'), one('a')], {}, /two containers have the same name/],
    ['none that is essential', [one('a', { Essential: false })], {}, /no container is essential/],
    ['an unknown dependency', [one('a', { DependsOn: [{ ContainerName: 'b', Condition: 'START' }] })], {}, /a depends on the container b, which is not defined/],
    ['an unknown condition', [one('a'), one('b', { DependsOn: [{ ContainerName: 'a', Condition: 'HEALTHY' }] })], {}, /must be START, COMPLETE, SUCCESS, got HEALTHY/],
    ['a wait for the end of an essential one', [one('a'), one('b', { DependsOn: [{ ContainerName: 'a', Condition: 'COMPLETE' }] })], {},
      /b: the condition COMPLETE can't be set on an essential container, which a is/],
    ['a circle', [one('a', { DependsOn: [{ ContainerName: 'b', Condition: 'START' }] }), one('b', { DependsOn: [{ ContainerName: 'a', Condition: 'START' }] })], {},
      /a depends on itself/],
    ['secrets', [one('a', { Secrets: [{ Name: 'A', ValueFrom: 'arn' }] })], {}, /container a: Secrets of a job definition is not supported/],
    ['a router of logs', [one('a', { FirelensConfiguration: {} })], {}, /container a: FirelensConfiguration of a job definition is not supported/],
    ['a shared process namespace', [one('a')], { PidMode: 'task' }, /EcsProperties.TaskProperties.PidMode of a job definition is not supported/],
    ['a volume of the host', [one('a')], { Volumes: [{ Name: 'v', Host: { SourcePath: '/etc' } }] }, /the volume v lies on the host/],
    ['no size', [{ Name: 'a', Image: 'image' }], {}, /container a: the job has no memory/],
  ])('%s is refused by name', (_name, containers, more, words) => {
    expect(loadTask(containers, more).problems.join('\n')).toMatch(words);
  });
});
