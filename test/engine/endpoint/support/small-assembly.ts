import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';
export const STATES = `arn:aws:states:${REGION}:${ACCOUNT}`;
export const BUCKET = 'jobs-results';
export const TABLE = 'Jobs';
export const QUEUE_ARN = `arn:aws:batch:${REGION}:${ACCOUNT}:job-queue/Queue`;
export const LOG_GROUP = 'jobs/logs';
export const TOPIC_ARN = `arn:aws:sns:${REGION}:${ACCOUNT}:Small-Topic`;

/** What the job's image runs: `hello TEXT` prints it, `sleep` waits until it is stopped, anything else fails with 3. */
const PROGRAM = `
const [command, text] = process.argv.slice(2);
console.log(JSON.stringify({ command, text }));
if (command === 'sleep') setTimeout(() => undefined, 600_000);
else process.exitCode = command === 'hello' ? 0 : 3;
`;

export interface SmallMachine {
  readonly definition: object;
  readonly type?: 'STANDARD' | 'EXPRESS';
  /** DefinitionSubstitutions. */
  readonly substitutions?: Readonly<Record<string, unknown>>;
}

/** Writes a cloud assembly by hand: state machines of this role, a table, a bucket, a queue with one kind of job, rules. */
export function writeAssembly(
  folder: string, machines: Readonly<Record<string, SmallMachine>>, rules: Readonly<Record<string, object>> = {},
): string {
  mkdirSync(join(folder, 'image'), { recursive: true });
  const write = (name: string, content: unknown) => writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  write('image/program.js', PROGRAM);
  write('image/Dockerfile', 'FROM node\nCOPY program.js /opt/program.js\nENTRYPOINT ["node", "/opt/program.js"]\n');
  write('Small.assets.json', { dockerImages: { image: { source: { directory: 'image' }, destinations: { here: { repositoryName: 'images', imageTag: 'one' } } } } });
  write('manifest.json', {
    artifacts: {
      'Small.assets': { type: 'cdk:asset-manifest', properties: { file: 'Small.assets.json' } },
      'Small': { type: 'aws:cloudformation:stack', properties: { templateFile: 'Small.template.json' }, dependencies: ['Small.assets'] },
    },
  });
  const stateMachines = Object.entries(machines).map(([name, { definition, type = 'STANDARD', substitutions }]) => [name, {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: name,
      StateMachineType: type,
      RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
      DefinitionString: JSON.stringify({ QueryLanguage: 'JSONata', ...definition }),
      ...substitutions === undefined ? {} : { DefinitionSubstitutions: substitutions },
    },
  }]);
  write('Small.template.json', { Resources: { ...resources(), ...Object.fromEntries(stateMachines), ...rules }, Outputs: { TableName: { Value: { Ref: 'Table' } }, Ampersand: { Value: 'a & <b>' } } });
  return folder;
}

function resources() {
  return {
    Role: role(['dynamodb:UpdateItem', 'dynamodb:GetItem', 'batch:*', 'events:*']),
    JobRole: role(['states:DescribeExecution']),
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: BUCKET } },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: TABLE,
        KeySchema: [{ AttributeName: 'job_id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'job_id', AttributeType: 'S' }, { AttributeName: 'status', AttributeType: 'S' }],
        GlobalSecondaryIndexes: [{
          IndexName: 'by-status', KeySchema: [{ AttributeName: 'status', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' },
        }],
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    },
    Queue: { Type: 'AWS::Batch::JobQueue', Properties: { JobQueueName: 'Queue', Priority: 1, ComputeEnvironmentOrder: [] } },
    Topic: { Type: 'AWS::SNS::Topic' },
    JobDefinition: {
      Type: 'AWS::Batch::JobDefinition',
      Properties: {
        JobDefinitionName: 'Job',
        Type: 'container',
        ContainerProperties: {
          Image: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/images:one`,
          Command: ['hello', 'world'],
          JobRoleArn: { 'Fn::GetAtt': ['JobRole', 'Arn'] },
          ResourceRequirements: [{ Type: 'MEMORY', Value: '256' }, { Type: 'VCPU', Value: '1' }],
          LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': LOG_GROUP, 'awslogs-stream-prefix': 'small/job' } },
        },
      },
    },
  };
}

function role(actions: readonly string[]): object {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
      Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] } }],
    },
  };
}

/** A task that runs one job. */
export function runJob(command: readonly string[], next: object = { End: true }): object {
  return runDefinition({ ContainerOverrides: { Command: command } }, next);
}

/** A task that runs one job with these arguments. */
export function runDefinition(more: object, next: object = { End: true }): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::batch:submitJob.sync',
    Arguments: {
      JobName: '{% \'job-\' & $states.context.Execution.Name %}',
      JobDefinition: `arn:aws:batch:${REGION}:${ACCOUNT}:job-definition/Job:1`,
      JobQueue: QUEUE_ARN,
      ...more,
    },
    ...next,
  };
}
