import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { permissions } from './support/permissions';
import { fargate, newPipeline, newStack, QUEUE_ARN, templateWith } from './support/pipeline-stack';

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
const on = (actions: string[], resources: string[]) => actions.flatMap((action) => resources.map((where) => `${action} on ${where}`));

const TABLE: { [role: string]: string[] } = {
  PaviExecutionRole: [
    takenBy('ecs-tasks'),
    ...on(['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], [IMAGES]),
    // Cannot be limited to a repository.
    'ecr:GetAuthorizationToken on *',
    ...on(['logs:CreateLogStream', 'logs:PutLogEvents'], ['<PaviLogsJobs.Arn>']),
  ],
  PaviSequenceRetrievalJobRole: [
    takenBy('ecs-tasks'),
    ...on(['s3:GetObject'], [`${BUCKET}/inputs/*`, `${BUCKET}/work/*/seq_regions.json`]),
    ...on(['s3:PutObject'], [`${BUCKET}/work/*/errors/*`, `${BUCKET}/work/*/sequences/*`]),
  ],
  PaviAlignmentJobRole: [
    takenBy('ecs-tasks'),
    ...on(['s3:GetObject'], [`${BUCKET}/work/*/sequences/*`]),
    LIST_WORK,
    ...on(['s3:PutObject'], [`${BUCKET}/results/*/alignment-output.aln`, `${BUCKET}/work/*/errors/*`]),
  ],
  PaviSeqInfoCollectionJobRole: [
    takenBy('ecs-tasks'),
    ...on(['s3:GetObject'], [`${BUCKET}/results/*/alignment-output.aln`, `${BUCKET}/work/*/sequences/*`]),
    LIST_WORK,
    ...on(['s3:PutObject'], [`${BUCKET}/results/*/aligned_seq_info.json`, `${BUCKET}/work/*/errors/*`]),
  ],
  PaviStateMachineRole: [
    takenBy('states'),
    ...on(['batch:SubmitJob'], [...JOB_DEFINITIONS, QUEUE_ARN]),
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
