import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { definitionOf } from './support/expressions';
import { permissions } from './support/permissions';
import { newPipeline, newStack, resource, resourcesOf, templateWith } from './support/pipeline-stack';
import { plain, withoutHashes } from './support/plain-text';

const bucketOf = (template: Template) => resource(template, 'AWS::S3::Bucket', /WorkBucket/);
const rulesOf = (template: Template): any[] => bucketOf(template).Properties.LifecycleConfiguration.Rules;

describe('the work bucket', () => {
  const template = templateWith();

  test('is private, encrypted and its owner\'s', () => {
    expect(bucketOf(template).Properties).toMatchObject({
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    });
    expect(bucketOf(template).Properties).not.toHaveProperty('BucketName');
  });

  test('refuses requests without TLS, and allows nobody anything by its policy', () => {
    const statements = withoutHashes(resource(template, 'AWS::S3::BucketPolicy').Properties.PolicyDocument.Statement);
    expect(statements).toEqual([{
      Effect: 'Deny',
      Action: 's3:*',
      Principal: { AWS: '*' },
      Resource: ['<PaviWorkBucket.Arn>', '<PaviWorkBucket.Arn>/*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }]);
  });

  test('expires work and inputs after 30 days, keeps results, and cleans up unfinished uploads', () => {
    expect(rulesOf(template)).toEqual([
      { Id: 'AbortIncompleteUploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, Status: 'Enabled' },
      { Id: 'ExpireWork', Prefix: 'work/', ExpirationInDays: 30, Status: 'Enabled' },
      { Id: 'ExpireInputs', Prefix: 'inputs/', ExpirationInDays: 30, Status: 'Enabled' },
    ]);
  });

  test('takes other expirations; a prefix is always literal', () => {
    const rules = rulesOf(templateWith({ workExpiration: Duration.days(3), resultsExpiration: Duration.days(365) }));
    expect(rules.map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays]))
      .toEqual([[undefined, undefined], ['work/', 3], ['inputs/', 3], ['results/', 365]]);
    expect(JSON.stringify(rules)).not.toContain('*');
  });

  test('is kept when the stack goes, with the logs', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::Logs::LogGroup']) {
      for (const found of Object.values(resourcesOf(template, type))) {
        expect(found).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      }
    }
    template.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });

  test('goes with the stack, emptied first, where the user says so', () => {
    const gone = templateWith({ removalPolicy: RemovalPolicy.DESTROY });
    for (const type of ['AWS::S3::Bucket', 'AWS::Logs::LogGroup']) {
      for (const found of Object.values(resourcesOf(gone, type))) expect(found).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    }
    gone.resourceCountIs('Custom::S3AutoDeleteObjects', 1);
  });
});

describe('an imported work bucket', () => {
  test('is used as it is, with a warning of what is not set on it', () => {
    const stack = newStack();
    const workBucket = s3.Bucket.fromBucketName(stack, 'Mine', 'my-bucket');
    const pipeline = newPipeline(stack, { workBucket });
    expect(pipeline.workBucket).toBe(workBucket);
    Annotations.fromStack(stack).hasWarning('/Stack/Pavi', Match.stringLikeRegexp(
      'no lifecycle is set on the imported work bucket.*work/.*\\[ack: cdk-pavi-alignment-pipeline:imported-work-bucket]'));
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::S3::Bucket', 0);
    template.resourceCountIs('AWS::S3::BucketPolicy', 0);
  });

  test('can be acknowledged', () => {
    const stack = newStack();
    const pipeline = newPipeline(stack, { workBucket: s3.Bucket.fromBucketName(stack, 'Mine', 'my-bucket') });
    const { Annotations: annotations } = jest.requireActual<typeof import('aws-cdk-lib')>('aws-cdk-lib');
    annotations.of(pipeline).acknowledgeWarning('cdk-pavi-alignment-pipeline:imported-work-bucket', 'its lifecycle is set elsewhere');
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });
});

describe('a key prefix', () => {
  const stack = newStack();
  newPipeline(stack, { keyPrefix: 'pavi/dev/', resultsExpiration: Duration.days(9) });
  const template = Template.fromStack(stack);

  test('stands before every key of the lifecycle, the roles and the state machine', () => {
    expect(rulesOf(template).map(({ Prefix }) => Prefix)).toEqual([undefined, 'pavi/dev/work/', 'pavi/dev/inputs/', 'pavi/dev/results/']);
    const keys = Object.values(permissions(template)).flat().flatMap((line) => /<PaviWorkBucket.Arn>\/(\S+)/.exec(line)?.[1] ?? []);
    expect(keys.length).toBeGreaterThan(10);
    expect(keys.filter((key) => !key.startsWith('pavi/dev/'))).toEqual([]);
    const definition = JSON.stringify(definitionOf(template));
    expect(definition).not.toMatch(/[^/](work|inputs|results)\//);
    expect(definition).toContain('s3://<PaviWorkBucketAE80DE8C>/pavi/dev/work/');
  });

  test('stands before what a caller is granted', () => {
    const other = newStack();
    const role = new iam.Role(other, 'Caller', { assumedBy: new iam.AccountRootPrincipal() });
    const pipeline = newPipeline(other, { keyPrefix: 'a/' });
    pipeline.grantReadResults(role);
    pipeline.grantWriteInput(role);
    expect(permissions(Template.fromStack(other)).Caller.slice(1))
      .toEqual(['s3:GetObject on <PaviWorkBucket.Arn>/a/results/*', 's3:PutObject on <PaviWorkBucket.Arn>/a/inputs/*']);
  });
});

describe('a KMS key', () => {
  const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1';
  const DECRYPT = `kms:Decrypt on ${KEY}`;
  const GENERATE = `kms:GenerateDataKey on ${KEY}`;
  const keyLines = (template: Template) => Object.fromEntries(Object.entries(permissions(template))
    .map(([role, lines]) => [role, lines.filter((line) => line.startsWith('kms:'))]));

  test('encrypts the own bucket, and every role and caller may use it for what it reads and writes', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Caller', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const pipeline = newPipeline(stack, { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY) });
    pipeline.grantReadResults(role);
    const template = Template.fromStack(stack);
    expect(bucketOf(template).Properties.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
      { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY } },
    ]);
    expect(keyLines(template)).toEqual({
      Caller: [DECRYPT],
      PaviExecutionRole: [],
      PaviSequenceRetrievalJobRole: [DECRYPT, GENERATE],
      PaviAlignmentJobRole: [DECRYPT, GENERATE],
      PaviSeqInfoCollectionJobRole: [DECRYPT, GENERATE],
      PaviStateMachineRole: [DECRYPT, GENERATE],
    });
  });

  test('of an imported bucket is used as well', () => {
    const stack = newStack();
    const workBucket = s3.Bucket.fromBucketAttributes(stack, 'Mine', { bucketName: 'my-bucket', encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY) });
    newPipeline(stack, { workBucket });
    expect(keyLines(Template.fromStack(stack)).PaviSequenceRetrievalJobRole).toEqual([DECRYPT, GENERATE]);
  });
});

test('S3 writes access logs where it is told to', () => {
  const stack = newStack();
  const serverAccessLogsBucket = s3.Bucket.fromBucketName(stack, 'AccessLogs', 'access-logs');
  newPipeline(stack, { serverAccessLogsBucket, serverAccessLogsPrefix: 'pavi/' });
  expect(bucketOf(Template.fromStack(stack)).Properties.LoggingConfiguration).toEqual({ DestinationBucketName: 'access-logs', LogFilePrefix: 'pavi/' });
});

describe('the logs', () => {
  const logGroups = (stack = newStack()): { [id: string]: any } => Object.fromEntries(
    Object.entries(resourcesOf(templateWith({}, stack), 'AWS::Logs::LogGroup')).map(([id, { Properties }]) => [id.replace(/[0-9A-F]{8}$/, ''), Properties]));

  test('of jobs and of failed executions are kept for three months, in two groups', () => {
    expect(Object.values(logGroups()).map(({ RetentionInDays }) => RetentionInDays)).toEqual([90, 90]);
    expect(logGroups().PaviLogsJobs).not.toHaveProperty('LogGroupName');
  });

  // Names under this prefix take nothing of the account's resource policy; a name that a deleted stack left behind must not be taken again.
  test('of executions lie under the prefix of vended logs, in a group of this stack and pipeline', () => {
    expect(plain(logGroups().PaviLogsExecutions.LogGroupName)).toMatch(/^\/aws\/vendedlogs\/states\/Stack-Pavi-Logs-[0-9A-F]{8}-<AWS::StackId>\[2 by \/]$/);
  });

  test('take another retention', () => {
    const groups = Object.values(resourcesOf(templateWith({ logRetention: logs.RetentionDays.ONE_WEEK }), 'AWS::Logs::LogGroup'));
    expect(groups.map(({ Properties }) => Properties.RetentionInDays)).toEqual([7, 7]);
  });

  test('go to groups that are there already', () => {
    const stack = newStack();
    const jobLogGroup = logs.LogGroup.fromLogGroupName(stack, 'JobLogs', 'pavi/pipeline-batch-jobs');
    const executionLogGroup = logs.LogGroup.fromLogGroupName(stack, 'ExecutionLogs', '/aws/vendedlogs/states/pavi');
    const pipeline = newPipeline(stack, { jobLogGroup, executionLogGroup });
    expect([pipeline.jobLogGroup, pipeline.executionLogGroup]).toEqual([jobLogGroup, executionLogGroup]);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::Batch::JobDefinition'))) {
      expect(Properties.ContainerProperties.LogConfiguration.Options['awslogs-group']).toBe('pavi/pipeline-batch-jobs');
    }
    expect(withoutHashes(resource(template, 'AWS::StepFunctions::StateMachine').Properties.LoggingConfiguration.Destinations)).toEqual([
      { CloudWatchLogsLogGroup: { LogGroupArn: 'arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/vendedlogs/states/pavi:*' } },
    ]);
  });

  test('of executions hold failures with their data', () => {
    expect(resource(templateWith(), 'AWS::StepFunctions::StateMachine').Properties.LoggingConfiguration)
      .toMatchObject({ Level: 'ERROR', IncludeExecutionData: true });
  });
});

test('X-Ray traces the runs unless told not to', () => {
  const tracing = (template: Template) => resource(template, 'AWS::StepFunctions::StateMachine').Properties.TracingConfiguration;
  expect(tracing(templateWith())).toEqual({ Enabled: true });
  expect(tracing(templateWith({ tracing: false })) ?? { Enabled: false }).toEqual({ Enabled: false });
});
