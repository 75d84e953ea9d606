import { readFileSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { permissions } from './support/permissions';
import { fargate, importedVpc, newPipeline, newStack, QUEUE_ARN, resource, resourcesOf, templateWith } from './support/pipeline-stack';
import { withoutHashes } from './support/plain-text';
import { allOptionsStack, minimalStack } from './support/whole-stacks';
import { PipelineCompute } from '../../src';

// A reviewed table: whoever changes what a role may do changes it here too, and says why.

const BUCKET = '<PaviWorkBucket.Arn>';
const BATCH = 'arn:<AWS::Partition>:batch:<AWS::Region>:<AWS::AccountId>:';
const JOB_DEFINITIONS = ['SequenceRetrieval', 'Alignment', 'SeqInfoCollection'].flatMap((step) => {
  // The name's part of arn:…:job-definition/NAME:REVISION, alone and with every revision.
  const definition = `${BATCH}<Pavi${step}JobDefinition>[5 by :]`;
  return [definition, `${definition}:*`];
});
const RULE = 'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/StepFunctionsGetEventsForBatchJobsRule';
const IMAGES = 'arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/cdk-hnb659fds-container-assets-${AWS::AccountId}-${AWS::Region}';
const LIST_WORK = `s3:ListBucket on ${BUCKET} if {"StringLike":{"s3:prefix":"work/*"}}`;
const takenBy = (service: string) => `taken by {"Service":"${service}.amazonaws.com"} (sts:AssumeRole)`;
/** For resources of the stack's own account and region alone. */
const takenByOwn = (service: string, of = service) => `${takenBy(service)} if ${JSON.stringify({
  StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' }, ArnLike: { 'aws:SourceArn': `arn:<AWS::Partition>:${of}:<AWS::Region>:<AWS::AccountId>:*` },
})}`;
const on = (actions: string[], resources: string[]) => actions.flatMap((action) => resources.map((where) => `${action} on ${where}`));

const TABLE: { [role: string]: string[] } = {
  PaviExecutionRole: [
    takenByOwn('ecs-tasks', 'ecs'),
    ...on(['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], [IMAGES]),
    // Cannot be limited to a repository.
    'ecr:GetAuthorizationToken on *',
    ...on(['logs:CreateLogStream', 'logs:PutLogEvents'], ['<PaviLogsJobs.Arn>']),
  ],
  PaviSequenceRetrievalJobRole: [
    takenByOwn('ecs-tasks', 'ecs'),
    ...on(['s3:GetObject'], [`${BUCKET}/inputs/*`, `${BUCKET}/work/*/seq_regions.json`]),
    ...on(['s3:PutObject'], [`${BUCKET}/work/*/errors/*`, `${BUCKET}/work/*/sequences/*`]),
  ],
  PaviAlignmentJobRole: [
    takenByOwn('ecs-tasks', 'ecs'),
    ...on(['s3:GetObject'], [`${BUCKET}/work/*/sequences/*`]),
    LIST_WORK,
    ...on(['s3:PutObject'], [`${BUCKET}/results/*/alignment-output.aln`, `${BUCKET}/work/*/errors/*`]),
  ],
  PaviSeqInfoCollectionJobRole: [
    takenByOwn('ecs-tasks', 'ecs'),
    ...on(['s3:GetObject'], [`${BUCKET}/results/*/alignment-output.aln`, `${BUCKET}/work/*/sequences/*`]),
    LIST_WORK,
    ...on(['s3:PutObject'], [`${BUCKET}/results/*/aligned_seq_info.json`, `${BUCKET}/work/*/errors/*`]),
  ],
  PaviStateMachineRole: [
    takenByOwn('states'),
    ...on(['batch:SubmitJob'], [...JOB_DEFINITIONS, QUEUE_ARN, `${BATCH}job/*`]),
    // Cannot be limited to some jobs.
    'batch:DescribeJobs on *',
    ...on(['batch:TerminateJob'], [`${BATCH}job/*`]),
    ...on(['batch:TagResource'], [...JOB_DEFINITIONS, `${BATCH}job/*`]),
    ...on(['events:DescribeRule', 'events:PutRule', 'events:PutTargets'], [RULE]),
    ...on(['s3:GetObject'], [`${BUCKET}/results/*/alignment-output.aln`, `${BUCKET}/work/*/errors/*`]),
    LIST_WORK,
    ...on(['s3:PutObject'], [`${BUCKET}/work/*/seq_regions.json`]),
    // By CDK, for the execution logs and the traces; AWS can limit none of them.
    ...on(['logs:CreateLogDelivery', 'logs:DeleteLogDelivery', 'logs:DescribeLogGroups', 'logs:DescribeResourcePolicies', 'logs:GetLogDelivery',
      'logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:UpdateLogDelivery'], ['*']),
    ...on(['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'], ['*']),
  ],
};

const sorted = (table: { [role: string]: string[] }) => Object.fromEntries(Object.entries(table).map(([role, lines]) => [role, [...lines].sort()]));

test('every role may do what the table says, and nothing else', () => {
  expect(sorted(permissions(templateWith()))).toEqual(sorted(TABLE));
});

test('the roles are the same on Fargate, but for the queue', () => {
  const stack = newStack();
  newPipeline(stack, { compute: fargate(stack, { spot: true }) });
  const queue = JSON.stringify(sorted(permissions(Template.fromStack(stack)))).replaceAll('<PaviJobQueue.JobQueueArn>', QUEUE_ARN);
  expect(sorted(JSON.parse(queue))).toEqual(sorted(TABLE));
});

test('without tracing the state machine has no permission to trace', () => {
  expect(permissions(templateWith({ tracing: false })).PaviStateMachineRole.filter((line) => line.startsWith('xray:'))).toEqual([]);
});

describe('a grant', () => {
  const granted = (grant: (pipeline: ReturnType<typeof newPipeline>, role: iam.Role) => iam.Grant) => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Caller', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    expect(grant(newPipeline(stack), role).success).toBe(true);
    return permissions(Template.fromStack(stack)).Caller.slice(1);
  };

  test('to start runs is for this state machine alone', () => {
    expect(granted((pipeline, role) => pipeline.grantStartExecution(role))).toEqual(['states:StartExecution on <PaviStateMachine>']);
  });

  test('to read results is for them alone', () => {
    expect(granted((pipeline, role) => pipeline.grantReadResults(role))).toEqual([`s3:GetObject on ${BUCKET}/results/*`]);
  });

  test('to write inputs is for them alone', () => {
    expect(granted((pipeline, role) => pipeline.grantWriteInput(role))).toEqual([`s3:PutObject on ${BUCKET}/inputs/*`]);
  });
});

describe('roles of the user\'s own', () => {
  const PROPS = ['executionRole', 'stateMachineRole', 'sequenceRetrieval.jobRole', 'alignment.jobRole', 'seqInfoCollection.jobRole'];
  const withRoles = (make: (stack: Stack, id: string) => iam.IRole) => {
    const stack = newStack();
    const [executionRole, stateMachineRole, one, two, three] = PROPS.map((prop) => make(stack, prop.replace('.', '')));
    newPipeline(stack, {
      executionRole, stateMachineRole, sequenceRetrieval: { jobRole: one }, alignment: { jobRole: two }, seqInfoCollection: { jobRole: three },
    });
    return stack;
  };
  const warnings = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('imported role')).map(({ entry }) => String(entry.data));

  test('made in the app get what the pipeline\'s own would have, without a warning', () => {
    const service = (id: string) => new iam.ServicePrincipal(id === 'stateMachineRole' ? 'states.amazonaws.com' : 'ecs-tasks.amazonaws.com');
    const stack = withRoles((scope, id) => new iam.Role(scope, id, { assumedBy: service(id) }));
    const own = sorted(permissions(Template.fromStack(stack)));
    // Who may take a role of the app is the app's.
    const expected = sorted(Object.fromEntries(Object.entries(TABLE).map(([role, [trust, ...rest]]) => [role, [trust.replace(/ if .*/, ''), ...rest]])));
    expect(own.executionRole).toEqual(expected.PaviExecutionRole);
    expect(own.stateMachineRole).toEqual(expected.PaviStateMachineRole);
    expect(own.sequenceRetrievaljobRole).toEqual(expected.PaviSequenceRetrievalJobRole);
    expect(own.alignmentjobRole).toEqual(expected.PaviAlignmentJobRole);
    expect(own.seqInfoCollectionjobRole).toEqual(expected.PaviSeqInfoCollectionJobRole);
    expect(Object.keys(own).filter((id) => id.startsWith('Pavi'))).toEqual([]);
    expect(warnings(stack)).toEqual([]);
  });

  test('imported ones are used, with a warning of its own for each', () => {
    const stack = withRoles((scope, id) => iam.Role.fromRoleArn(scope, id, `arn:aws:iam::123456789012:role/${id}`, { mutable: false }));
    expect(warnings(stack)).toEqual(PROPS.map((prop) => `${prop} is an imported role, to which permissions may not be added: `
      + `see that it has what docs/permissions.md lists [ack: cdk-pavi-alignment-pipeline:imported-role-${prop}]`));
    const template = Template.fromStack(stack);
    expect(resource(template, 'AWS::StepFunctions::StateMachine').Properties.RoleArn).toBe('arn:aws:iam::123456789012:role/stateMachineRole');
    expect(resource(template, 'AWS::Batch::JobDefinition', /Alignment/).Properties.ContainerProperties).toMatchObject({
      JobRoleArn: 'arn:aws:iam::123456789012:role/alignmentjobRole', ExecutionRoleArn: 'arn:aws:iam::123456789012:role/executionRole',
    });
    template.resourceCountIs('AWS::IAM::Role', 0);
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });
});

test('a permissions boundary is put on every role', () => {
  const stack = newStack();
  newPipeline(stack, { compute: PipelineCompute.ec2({ vpc: importedVpc(stack), spot: true }) });
  iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', 'arn:aws:iam::123456789012:policy/boundary'));
  const roles = Object.values(resourcesOf(Template.fromStack(stack), 'AWS::IAM::Role'));
  expect(roles.length).toBeGreaterThan(5);
  for (const { Properties } of roles) expect(Properties.PermissionsBoundary).toBe('arn:aws:iam::123456789012:policy/boundary');
});

test('the CDK\'s feature flags change none of it', () => {
  const flags = ['@aws-cdk/aws-iam:minimizePolicies', '@aws-cdk/core:checkSecretUsage', '@aws-cdk/aws-iam:importedRoleStackSafeDefaultPolicyName',
    '@aws-cdk/aws-stepfunctions:useDistributedMapResultWriterV2', '@aws-cdk/aws-s3:createDefaultLoggingPolicy', '@aws-cdk/core:enablePartitionLiterals'];
  const app = new App({ context: Object.fromEntries(flags.map((flag) => [flag, true])) });
  const stack = new Stack(app, 'Stack');
  newPipeline(stack);
  expect(sorted(permissions(Template.fromStack(stack)))).toEqual(sorted(TABLE));
});

describe('genomes of the user\'s buckets', () => {
  test('may be read by the retrieval jobs alone, with their key', () => {
    const stack = newStack();
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:123456789012:key/1');
    newPipeline(stack, { genomeBuckets: [s3.Bucket.fromBucketAttributes(stack, 'Genomes', { bucketName: 'genomes', encryptionKey })] });
    const table = sorted(TABLE);
    expect(sorted(permissions(Template.fromStack(stack)))).toEqual({
      ...table,
      PaviSequenceRetrievalJobRole: [...table.PaviSequenceRetrievalJobRole, 's3:GetObject on arn:<AWS::Partition>:s3:::genomes/*',
        'kms:Decrypt on arn:aws:kms:us-east-1:123456789012:key/1'].sort(),
    });
  });
});

describe('the caller\'s policy', () => {
  const EXECUTIONS = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<PaviStateMachine.Name>:*';

  test('has all that a program needs, and nothing else', () => {
    const stack = newStack();
    newPipeline(stack).createCallerPolicy('Caller', { managedPolicyName: 'pavi-callers' });
    const { Properties } = withoutHashes(resource(Template.fromStack(stack), 'AWS::IAM::ManagedPolicy'));
    expect(Properties).toMatchObject({ ManagedPolicyName: 'pavi-callers', Description: 'Starts runs of Stack/Pavi and reads their results' });
    expect(Properties.PolicyDocument.Statement.map(({ Effect, Action, Resource }: any) => [Effect, Action, Resource])).toEqual([
      ['Allow', ['states:StartExecution', 'states:ListExecutions'], '<PaviStateMachine>'],
      ['Allow', ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution', 'states:RedriveExecution'], EXECUTIONS],
      ['Allow', 's3:GetObject', `${BUCKET}/results/*`],
      ['Allow', 's3:PutObject', `${BUCKET}/inputs/*`],
    ]);
  });

  test('that is for people too has what the commands ask besides', () => {
    const stack = newStack();
    newPipeline(stack).createCallerPolicy('Operator', { operate: true });
    const { Properties } = withoutHashes(resource(Template.fromStack(stack), 'AWS::IAM::ManagedPolicy'));
    const statements = Properties.PolicyDocument.Statement.map(({ Effect, Action, Resource }: any) => [Effect, Action, Resource]);
    expect(statements.slice(4)).toEqual([
      ['Allow', 'cloudformation:DescribeStacks', 'arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/<AWS::StackName>/*'],
      ['Allow', 'states:DescribeMapRun', EXECUTIONS.replace(':execution:', ':mapRun:').replace(/:\*$/, '/*')],
      ['Allow', ['batch:DescribeJobs', 'batch:ListJobs'], '*'],
      ['Allow', 'logs:GetLogEvents', '<PaviLogsJobs.Arn>'],
      ['Allow', 's3:GetObject', `${BUCKET}/inputs/*`],
    ]);
  });

  test('has no name unless it is given one', () => {
    const stack = newStack();
    newPipeline(stack).createCallerPolicy('Caller');
    expect(resource(Template.fromStack(stack), 'AWS::IAM::ManagedPolicy').Properties.ManagedPolicyName).toBeUndefined();
  });

  test.each(['', 'a b', 'ä', 'x'.repeat(129)])('refuses the name "%s"', (managedPolicyName) => {
    expect(() => newPipeline(newStack()).createCallerPolicy('Caller', { managedPolicyName }))
      .toThrow(new Error(`managedPolicyName must be 1 to 128 letters, digits or +=,.@_-, got "${managedPolicyName}"; leave it out for one of CloudFormation's`));
  });
});

test('docs/permissions.md lists what the roles may do', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'permissions.md'), 'utf8');
  const section = (prop: string) => page.split(/^## /m).find((part) => part.split('\n')[0].includes(`\`${prop}\``))!;
  const props = {
    PaviSequenceRetrievalJobRole: 'sequenceRetrieval.jobRole',
    PaviAlignmentJobRole: 'alignment.jobRole',
    PaviSeqInfoCollectionJobRole: 'seqInfoCollection.jobRole',
    PaviExecutionRole: 'executionRole',
    PaviStateMachineRole: 'stateMachineRole',
  };
  for (const [role, prop] of Object.entries(props)) {
    const rows = [...section(prop).matchAll(/^\| `([a-z0-9]+:[A-Za-z]+)` \| (.*) \|$/gm)].map(([, action, where]) => `${action} ${where}`);
    const told = (line: string): string => {
      const [action, where] = line.split(/ on (.*)/);
      if (!where.startsWith(BUCKET)) return action;
      const key = where.replace(BUCKET, '').replace(/ if .*/, '');
      return `${action} ${key === '' ? '`BUCKET`, for prefixes like `PREFIXwork/*`' : `\`BUCKET/PREFIX${key.slice(1)}\``}`;
    };
    const expected = [...new Set(TABLE[role].filter((line) => !line.startsWith('taken by')).map(told))].sort();
    const actions = [...new Set(rows.map((row) => (row.includes('BUCKET') ? row : row.split(' ')[0])))].sort();
    expect([role, actions]).toEqual([role, expected]);
    expect(section(prop)).toContain(/"Service":"([a-z.-]+)"/.exec(TABLE[role].find((line) => line.startsWith('taken by'))!)![1]);
  }
});

test('docs/permissions.md lists every type of resource that a deployment creates', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'permissions.md'), 'utf8');
  const told = [...new Set(page.slice(page.indexOf('## Deployment')).match(/(?:AWS|Custom)::\w+(?:::\w+)?/g))];
  const withTopic = newStack();
  newPipeline(withTopic, { monitoring: { alarmTopic: new sns.Topic(withTopic, 'Topic') } });
  const created = [minimalStack(), allOptionsStack(), withTopic].flatMap((stack) => Object.values<any>(Template.fromStack(stack).toJSON().Resources))
    .map(({ Type }) => Type);
  // Of the tests' stacks, not of the pipeline.
  const brought = ['AWS::KMS::Key', 'AWS::SNS::Topic'];
  expect(told.sort()).toEqual([...new Set(created)].filter((type) => !brought.includes(type)).sort());
});
