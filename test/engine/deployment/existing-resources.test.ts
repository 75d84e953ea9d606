import type { Resource } from '../../../engine/assembly/stack-resources';
import { describeExisting, existingResources } from '../../../engine/deployment/existing-resources';

const QUEUE = 'arn:aws:batch:us-east-1:123456789012:job-queue/pavi';
const ROLE = 'arn:aws:iam::123456789012:role/team/existing-role';

function resource(type: string, ref: string, arn: string, properties: Record<string, unknown> = {}): Resource {
  return { logicalId: ref, type, ref, arn, properties } as Resource;
}

function machine(states: object, role = 'arn:own-role'): Resource {
  return resource('AWS::StepFunctions::StateMachine', 'Machine', 'arn:machine', { RoleArn: role, DefinitionString: JSON.stringify({ States: states }) });
}

test('what the state machine names and no stack makes is taken to be there', () => {
  const found = existingResources([
    machine({
      A: { Arguments: { JobQueue: QUEUE, Bucket: 'existing-bucket', Key: 'x' } },
      B: { Output: '{% "give s3://bucket/key" %}' },
      C: { Arguments: { Bucket: 'own-bucket', TableName: 'existing-table' } },
      D: { Arguments: { Bucket: '{% $bucket %}' } },
    }, ROLE),
    resource('AWS::S3::Bucket', 'own-bucket', 'arn:aws:s3:::own-bucket'),
    resource('Custom::CDKBucketDeployment', 'Files', 'Files', { DestinationBucketName: 'existing-genomes' }),
    resource('AWS::Batch::JobDefinition', 'Definition', 'arn:definition', { ContainerProperties: { JobRoleArn: ROLE } }),
    resource('AWS::IAM::Policy', 'Policy', 'Policy', { Roles: ['existing-role'], PolicyDocument: { Version: '2012-10-17', Statement: [] } }),
  ]);
  expect(found).toEqual({
    queueArns: [QUEUE],
    buckets: ['existing-bucket', 'existing-genomes'],
    tables: ['existing-table'],
    roles: [{ arn: ROLE, name: 'existing-role', policies: [{ Version: '2012-10-17', Statement: [] }] }],
  });
  expect(describeExisting(found)).toEqual([
    `job queue ${QUEUE}: this machine stands in for it`,
    'bucket existing-bucket: an empty one stands in for it',
    'bucket existing-genomes: an empty one stands in for it',
    'table existing-table: its keys are not known, so nothing stands in for it, and writing to it fails',
    `role ${ROLE}: it may do what the app's 1 policies for it allow, and nothing else`,
  ]);
});

test('what the stacks make is theirs, and a definition that is no JSON is refused elsewhere', () => {
  const own = machine({ A: { Arguments: { JobQueue: QUEUE } } });
  expect(existingResources([own, resource('AWS::Batch::JobQueue', 'Queue', QUEUE)])).toEqual({ queueArns: [], buckets: [], tables: [], roles: [] });
  const broken = resource('AWS::StepFunctions::StateMachine', 'Machine', 'arn:machine', { DefinitionString: '{' });
  expect(existingResources([broken])).toEqual({ queueArns: [], buckets: [], tables: [], roles: [] });
});
