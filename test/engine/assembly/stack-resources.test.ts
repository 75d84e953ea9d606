import type { AssemblyStack, Template } from '../../../engine/assembly/cloud-assembly';
import { resolveStacks, StackResources } from '../../../engine/assembly/stack-resources';

function stack(template: Template, more: Partial<AssemblyStack> = {}): AssemblyStack {
  return { name: 'Stack', template, images: [], files: [], ...more };
}

/** Of a stack that imports nothing. */
function resolveStack(one: AssemblyStack, region: string): StackResources {
  return resolveStacks([one], region)[0];
}

function propertiesOf(Properties: Record<string, unknown>, template: Template = {}, more: Partial<AssemblyStack> = {}) {
  const { resources, problems } = resolveStack(
    stack({ ...template, Resources: { ...template.Resources, Role: { Type: 'AWS::IAM::Role', Properties } } }, more), 'us-east-1');
  expect(problems).toEqual([]);
  return resources.find(({ logicalId }) => logicalId === 'Role')!.properties;
}

test('pseudo parameters, of an app that leaves its environment open, and of one that does not', () => {
  const all = Object.fromEntries(['AccountId', 'Region', 'Partition', 'URLSuffix', 'StackName', 'StackId', 'NotificationARNs']
    .map((name) => [name, { Ref: `AWS::${name}` }]));
  expect(propertiesOf(all)).toEqual({
    AccountId: '000000000000',
    Region: 'us-east-1',
    Partition: 'aws',
    URLSuffix: 'amazonaws.com',
    StackName: 'Stack',
    StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/Stack/local',
    NotificationARNs: [],
  });
  expect(propertiesOf(all, {}, { account: '123456789012', region: 'eu-west-1' })).toMatchObject({ AccountId: '123456789012', Region: 'eu-west-1' });
});

test('parameters have their defaults; what only the account knows is refused', () => {
  const Parameters = {
    Text: { Type: 'String', Default: 'x' },
    List: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Numbers: { Type: 'List<Number>', Default: '1,2' },
    Given: { Type: 'String' },
    Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/path/to/it' },
  };
  expect(propertiesOf({ Text: { Ref: 'Text' }, List: { Ref: 'List' }, Numbers: { Ref: 'Numbers' } }, { Parameters }))
    .toEqual({ Text: 'x', List: ['a', 'b'], Numbers: ['1', '2'] });
  for (const name of ['Given', 'Stored']) {
    const { problems } = resolveStack(stack({ Parameters, Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { x: { Ref: name } } } } }), 'us-east-1');
    expect(problems).toEqual([`Role (AWS::IAM::Role): Ref of ${name} is not known here`]);
  }
});

test('a resource under a condition that does not hold is not there, and cannot be referred to', () => {
  const template: Template = {
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] }, Always: { 'Fn::Not': [{ Condition: 'Never' }] } },
    Resources: {
      Absent: { Type: 'AWS::S3::Bucket', Condition: 'Never' },
      Present: { Type: 'AWS::S3::Bucket', Condition: 'Always' },
      Unsupported: { Type: 'AWS::RDS::DBInstance', Condition: 'Never' },
      Role: { Type: 'AWS::IAM::Role', Properties: { x: { Ref: 'Absent' } } },
    },
    Outputs: { Out: { Value: { Ref: 'Absent' }, Condition: 'Never' }, Kept: { Value: { Ref: 'Present' } } },
  };
  const { resources, outputs, problems } = resolveStack(stack(template), 'us-east-1');
  expect(resources.map(({ logicalId }) => logicalId)).toEqual(['Present']);
  expect(problems).toEqual(['Role (AWS::IAM::Role): Ref of Absent is not known here']);
  expect(outputs).toEqual({ Kept: 'stack-present' });
});

test.each<[string, Record<string, unknown>, unknown, Record<string, unknown>]>([
  ['AWS::S3::Bucket', {}, 'stack-thing', { Arn: 'arn:aws:s3:::stack-thing' }],
  ['AWS::S3::Bucket', { BucketName: { 'Fn::Sub': 'own-${AWS::Region}' } }, 'own-us-east-1', { Arn: 'arn:aws:s3:::own-us-east-1' }],
  ['AWS::IAM::Role', {}, 'Stack-Thing', { Arn: 'arn:aws:iam::000000000000:role/Stack-Thing' }],
  ['AWS::IAM::Role', { RoleName: 'R', Path: '/team/' }, 'R', { Arn: 'arn:aws:iam::000000000000:role/team/R' }],
  ['AWS::IAM::ManagedPolicy', {}, 'arn:aws:iam::000000000000:policy/Stack-Thing', { PolicyArn: 'arn:aws:iam::000000000000:policy/Stack-Thing' }],
  ['AWS::IAM::ManagedPolicy', { ManagedPolicyName: 'P', Path: { 'Fn::Sub': '/${AWS::Region}/' } }, 'arn:aws:iam::000000000000:policy/us-east-1/P', {}],
  ['AWS::Batch::JobDefinition', { JobDefinitionName: 'jd' }, 'arn:aws:batch:us-east-1:000000000000:job-definition/jd:1', {}],
  ['AWS::Batch::JobQueue', {}, 'arn:aws:batch:us-east-1:000000000000:job-queue/Stack-Thing', {
    JobQueueArn: 'arn:aws:batch:us-east-1:000000000000:job-queue/Stack-Thing',
  }],
  ['AWS::StepFunctions::StateMachine', {}, 'arn:aws:states:us-east-1:000000000000:stateMachine:Stack-Thing', { Name: 'Stack-Thing' }],
  ['AWS::Logs::LogGroup', { LogGroupName: '/a/b' }, '/a/b', { Arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/a/b:*' }],
  ['AWS::SNS::Topic', {}, 'arn:aws:sns:us-east-1:000000000000:Stack-Thing', { TopicName: 'Stack-Thing' }],
  ['AWS::KMS::Key', {}, 'Stack-Thing', { Arn: 'arn:aws:kms:us-east-1:000000000000:key/Stack-Thing' }],
  ['AWS::EC2::VPC', {}, 'Stack-Thing', { VpcId: 'Stack-Thing', DefaultSecurityGroup: 'Stack-Thing-default-group' }],
  ['AWS::Lambda::Function', {}, 'Stack-Thing', { Arn: 'arn:aws:lambda:us-east-1:000000000000:function/Stack-Thing' }],
])('Ref and Fn::GetAtt of %s %j', (Type, Properties, ref, attributes) => {
  const found = propertiesOf(
    { ref: { Ref: 'Thing' }, ...Object.fromEntries(Object.keys(attributes).map((name) => [name, { 'Fn::GetAtt': ['Thing', name] }])) },
    { Resources: { Thing: { Type, Properties } } });
  expect(found).toEqual({ ref, ...attributes });
});

test('two buckets with long names are two buckets', () => {
  const names = ['A', 'B'].map((last) => `${'Long'.repeat(20)}${last}`);
  const { resources } = resolveStack(stack({ Resources: Object.fromEntries(names.map((name) => [name, { Type: 'AWS::S3::Bucket' }])) }), 'us-east-1');
  const [a, b] = resources.map(({ ref }) => ref);
  expect(a).not.toBe(b);
  for (const name of [a, b]) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
});

test('what AWS alone knows of a resource is refused where a run would use it, and nowhere else', () => {
  const Resources = {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { x: { 'Fn::Cidr': [] } } },
    Function: { Type: 'AWS::Lambda::Function', Properties: { x: { 'Fn::GetAtt': ['Custom', 'Made'] } } },
  };
  expect(resolveStack(stack({ Resources }), 'us-east-1').problems).toEqual([]);
  const Job = { Type: 'AWS::Batch::JobDefinition', Properties: { x: { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] } } };
  expect(resolveStack(stack({ Resources: { ...Resources, Job } }), 'us-east-1').problems)
    .toEqual(['Job (AWS::Batch::JobDefinition): Fn::GetAtt of Vpc.CidrBlock is not known here']);
});

test('types: used, stood in for, not simulated and said, refused by name', () => {
  const types = {
    Bucket: 'AWS::S3::Bucket',
    Vpc: 'AWS::EC2::VPC',
    Meta: 'AWS::CDK::Metadata',
    Alarm: 'AWS::CloudWatch::Alarm',
    Alarm2: 'AWS::CloudWatch::Alarm',
    Board: 'AWS::CloudWatch::Dashboard',
    Empty: 'Custom::S3AutoDeleteObjects',
    Deploy: 'Custom::CDKBucketDeployment',
    Handler: 'AWS::Lambda::Function',
    Own: 'Custom::MakesTheGenome',
    Aws: 'Custom::AWS',
    Plain: 'AWS::CloudFormation::CustomResource',
    Nested: 'AWS::CloudFormation::Stack',
    Db: 'AWS::RDS::DBInstance',
  };
  const { resources, problems, notSimulated } = resolveStack(
    stack({ Resources: Object.fromEntries(Object.entries(types).map(([id, Type]) => [id, { Type }])) }), 'us-east-1');
  expect(resources.map(({ logicalId }) => logicalId)).toEqual(['Bucket', 'Deploy']);
  expect(problems).toEqual(['Own', 'Aws', 'Plain', 'Nested', 'Db'].map((id) => `${id} (${types[id as keyof typeof types]}): this type of resource is not supported`));
  expect(Object.fromEntries(notSimulated)).toEqual({
    'AWS::CloudWatch::Alarm': ['Alarm', 'Alarm2'],
    'AWS::CloudWatch::Dashboard': ['Board'],
    'Custom::S3AutoDeleteObjects': ['Empty'],
    'AWS::Lambda::Function': ['Handler'],
  });
});

test('all problems at once', () => {
  const { problems } = resolveStack(stack({
    Resources: { A: { Type: 'AWS::X::Y' }, B: { Type: 'AWS::S3::Bucket', Properties: { x: { Ref: 'Nobody' } } }, C: { Type: 'AWS::IAM::Role', Condition: 'Nobody' } },
    Outputs: { O: { Value: { 'Fn::Nope': 1 } } },
  }), 'us-east-1');
  expect(problems).toHaveLength(4);
});

test('stacks of one assembly import what others export, through several of them, each in its own environment', () => {
  const stacks = [
    stack({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { queue: { 'Fn::ImportValue': 'Middle:Queue' } } } } }, { name: 'Last' }),
    stack({ Outputs: { Out: { Value: { 'Fn::Sub': ['${Queue}!', { Queue: { 'Fn::ImportValue': 'First:Queue' } }] }, Export: { Name: 'Middle:Queue' } } } }, { name: 'Middle' }),
    stack({
      Resources: { Queue: { Type: 'AWS::Batch::JobQueue' } },
      Outputs: { Out: { Value: { 'Fn::GetAtt': ['Queue', 'JobQueueArn'] }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Queue' } } } },
    }, { name: 'First', account: '123456789012', region: 'eu-west-1' }),
    stack({ Resources: { Db: { Type: 'AWS::RDS::DBInstance' } } }, { name: 'Beside' }),
  ];
  const [last, middle, first, beside] = resolveStacks(stacks, 'us-east-1');
  expect(last.problems).toEqual([]);
  expect(last.resources[0].properties).toEqual({ queue: 'arn:aws:batch:eu-west-1:123456789012:job-queue/First-Queue!' });
  expect([last, middle, first].map(({ imports }) => [...imports])).toEqual([['Middle'], ['First'], []]);
  expect(first).toMatchObject({ account: '123456789012', region: 'eu-west-1' });
  expect(beside.problems).toHaveLength(1);
});
