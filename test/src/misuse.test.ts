import { Duration, RemovalPolicy, Size, Stack, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { fargate, importedQueue, importedVpc, newPipeline, newStack, QUEUE_ARN } from './support/pipeline-stack';
import { ComputePlatform, Ec2ComputeOptions, JobsTable, PaviAlignmentPipelineProps, PipelineCompute, ShareIdentifier } from '../../src';

// Every message says what was received, what is allowed, and how to mend it.

type Props = Partial<PaviAlignmentPipelineProps>;

const ON_EC2: [string, (stack: Stack) => Props, string][] = [
  ['no concurrency', () => ({ maxConcurrency: 0 }), 'maxConcurrency must be a whole number from 1 to 1000, got 0; leave it out for 40'],
  ['half a job at once', () => ({ maxConcurrency: 2.5 }), 'maxConcurrency must be a whole number from 1 to 1000, got 2.5; leave it out for 40'],
  ['not a number for the concurrency', () => ({ maxConcurrency: NaN }), 'maxConcurrency must be a whole number from 1 to 1000, got NaN; leave it out for 40'],
  ['more jobs at once than a run has', () => ({ maxConcurrency: 1001 }), 'maxConcurrency must be a whole number from 1 to 1000, got 1001; leave it out for 40'],
  ['a Distributed Map in an Express workflow', () => ({ workflowType: StateMachineType.EXPRESS, maxConcurrency: 41 }),
    'maxConcurrency must be a whole number from 1 to 40, got 41; an EXPRESS workflow has no Distributed Map; leave it out for 40'],
  ['an Express run of ten minutes', () => ({ workflowType: StateMachineType.EXPRESS, runTimeout: Duration.minutes(10) }),
    'runTimeout must be from 1 minute to 5 minutes, got 10 minutes; an EXPRESS workflow ends after 5 minutes; shorten it, or take '
    + 'sfn.StateMachineType.STANDARD'],
  ['an attempt longer than an Express run', () => ({ workflowType: StateMachineType.EXPRESS, alignment: { timeout: Duration.minutes(6) } }),
    'alignment.timeout must be from 1 minute to 5 minutes, got 6 minutes; shorten it or lengthen runTimeout'],
  ['a priority without a share', () => ({ schedulingPriority: 5 }), 'schedulingPriority needs a shareIdentifier, got the priority 5 alone; add one, or leave '
    + 'the priority out: a queue without a fair-share policy is first in, first out'],
  ['a priority above Batch\'s', () => ({ shareIdentifier: ShareIdentifier.fixed('pavi'), schedulingPriority: 10_000 }),
    'schedulingPriority must be a whole number from 0 to 9999, got 10000; leave it out for 0'],
  ['a compute environment in place of a queue', (stack) => ({
    compute: PipelineCompute.fromJobQueue(
      batch.JobQueue.fromJobQueueArn(stack, 'Environment', 'arn:aws:batch:us-east-1:123456789012:compute-environment/pavi'), { platform: ComputePlatform.EC2 }),
  }), 'the job queue\'s ARN must be arn:PARTITION:batch:REGION:ACCOUNT:job-queue/NAME, got "arn:aws:batch:us-east-1:123456789012:compute-environment/pavi"; '
    + 'that is a compute environment: give the queue that is over it'],
  ['no regions a job', () => ({ regionsPerJob: 0 }), 'regionsPerJob must be a whole number from 1 to 10000, got 0; leave it out for 10'],
  ['too many regions a job', () => ({ regionsPerJob: 10_001 }), 'regionsPerJob must be a whole number from 1 to 10000, got 10001; leave it out for 10'],
  ['a run of a minute', () => ({ runTimeout: Duration.minutes(1) }), 'runTimeout must be from 5 minutes to 365 days, got 1 minute; leave it out for 1 hour'],
  ['a run of two years', () => ({ runTimeout: Duration.days(730) }), 'runTimeout must be from 5 minutes to 365 days, got 730 days; leave it out for 1 hour'],
  ['work kept for no time', () => ({ workExpiration: Duration.days(0) }), 'workExpiration must be whole days from 1, got 0 days; leave it out for 30 days'],
  ['work kept for hours', () => ({ workExpiration: Duration.hours(36) }),
    'workExpiration must be whole days from 1, got 1 day 12 hours; leave it out for 30 days'],
  ['results kept for half a day', () => ({ resultsExpiration: Duration.hours(12) }),
    'resultsExpiration must be whole days from 1, got 12 hours; leave it out to keep results'],
  ['an expiration of an imported bucket', (stack) => ({ workBucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'my-bucket'), workExpiration: Duration.days(2) }),
    'workExpiration cannot be set on an imported workBucket, got 2 days; leave it out and set the lifecycle where the bucket is made'],
  ['an expiration of results of an imported bucket', (stack) => ({
    workBucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'my-bucket'), resultsExpiration: Duration.days(2), removalPolicy: RemovalPolicy.RETAIN,
  }), 'resultsExpiration cannot be set on an imported workBucket, got 2 days; leave it out and set the lifecycle where the bucket is made'],
  ['a key of an imported bucket', (stack) => ({
    workBucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'my-bucket'), encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:1:key/1'),
  }), 'encryptionKey cannot be set on an imported workBucket, got Stack/Key; leave it out and import the bucket with its key '
    + '(Bucket.fromBucketAttributes, encryptionKey)'],
  ['access logs of an imported bucket', (stack) => ({
    workBucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'my-bucket'), serverAccessLogsBucket: s3.Bucket.fromBucketName(stack, 'Logs', 'my-logs'),
  }), 'serverAccessLogsBucket cannot be set on an imported workBucket, got Stack/Logs; leave it out and set the access logs where the bucket is made'],
  ['a prefix of access logs without their bucket', () => ({ serverAccessLogsPrefix: 'x/' }),
    'serverAccessLogsPrefix needs a serverAccessLogsBucket, got the prefix "x/" alone; add the bucket, or leave the prefix out'],
  ...['pavi', '/pavi/', 'a//', '../', 'a*/', '${x}/', 'ä/', `${'a'.repeat(256)}/`].map((keyPrefix): (typeof ON_EC2)[number] => [
    `the key prefix ${keyPrefix.slice(0, 10)}`, () => ({ keyPrefix }),
    'keyPrefix must be up to 256 letters, digits, ".", "_" and "-" in folders that each end with "/", '
      + `got "${keyPrefix}"; for example "pavi/dev/"`,
  ]),
  ...([
    ['stateMachineName', 'a b', '1 to 80 letters, digits, "-" and "_"'],
    ['alignmentJobDefinitionName', 'a:1', '1 to 128 letters, digits, "-" and "_"'],
    ['workBucketName', 'Pavi', '3 to 63 lower case letters, digits, "." and "-", with a letter or digit at each end of its parts'],
    ['workBucketName', 'a..b', '3 to 63 lower case letters, digits, "." and "-", with a letter or digit at each end of its parts'],
    ['jobLogGroupName', 'a*', '1 to 512 letters, digits and "_-/.#"'],
    ['jobsTableName', 'ab', '3 to 255 letters, digits and "_-."'],
    ['dashboardName', '', '1 to 255 letters, digits, "-" and "_"'],
  ] as const).map(([key, name, allowed]): (typeof ON_EC2)[number] => [`the ${key} "${name}"`, () => ({ names: { [key]: name } }),
    `names.${key} must be ${allowed}, got "${name}"; leave it out for one of CloudFormation's`]),
  ['a name for a bucket that is there', (stack) => ({ workBucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'my-bucket'), names: { workBucketName: 'pavi' } }),
    'names.workBucketName cannot be set with a workBucket, which has its name already, got "pavi"; leave one of them out'],
  ['a name for a log group that is there', (stack) => ({
    jobLogGroup: logs.LogGroup.fromLogGroupName(stack, 'Logs', 'my-logs'), names: { jobLogGroupName: 'pavi' },
  }), 'names.jobLogGroupName cannot be set with a jobLogGroup, which has its name already, got "pavi"; leave one of them out'],
  ['a name for a table that is there', (stack) => ({
    jobsTable: JobsTable.fromTable(dynamodb.Table.fromTableName(stack, 'Table', 'my-table')), names: { jobsTableName: 'pavi' },
  }), 'names.jobsTableName cannot be set with JobsTable.fromTable, whose table has its name already, got "pavi"; leave one of them out'],
  ...[['aws:x', 'y'], ['', 'y'], ['x', '<y>'], ['x', 'y'.repeat(257)]].map(([key, value]): (typeof ON_EC2)[number] => [
    `the tag ${key}=${value.slice(0, 10)}`, () => ({ tags: { [key]: value } }),
    'tags must have keys of 1 to 128 and values of up to 256 letters, digits, spaces and "_.:/=+-@", and no key that begins with "aws:", '
      + `got "${key}" with "${value}"; change it`,
  ]),
  ['a list of genome sources that only the deployment knows', () => ({ genomeSources: Token.asList({ Ref: 'Sources' }) }),
    'genomeSources must be a list whose length is known at synthesis, got a token for the whole list; write the list, whose texts may be tokens'],
  ['more genome sources than a job can be told', () => ({ genomeSources: Array.from({ length: 130 }, (_, n) => `https://genomes-${n + 100}.example.org/`) }),
    'genomeSources, genomeBuckets and variantApiUrl must fit 5500 characters of a job\'s command line, got 6891; '
      + 'name fewer or shorter ones, such as a folder that several share'],
  ['a snapshot of what has none', () => ({ removalPolicy: RemovalPolicy.SNAPSHOT }),
    'removalPolicy must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY, got snapshot; leave it out for RETAIN'],
  ['no genome sources', () => ({ genomeSources: [] }),
    'genomeSources must name at least one source, got an empty list; leave it out for any public https host'],
  ...['https://genomes.org', 'http://genomes.org/', 'file:///genomes/', 'genomes.org/', 'https://user@genomes.org/', 'https://a b/', 'https://a/{% 1 %}', '']
    .map((source): (typeof ON_EC2)[number] => [`the genome source ${source}`, () => ({ genomeSources: ['https://ok.org/', source] }),
      'genomeSources[1] must be the beginning of a URL, https://HOST/… or s3://BUCKET/…, with the slash after the host, '
        + `got "${source}"; for example "https://s3.amazonaws.com/agrjbrowse/fasta/"`]),
  ...['http://a.org/', 'a.org', 'https://a.org/?x=1', 'https://a.org/ b', 'https://', 's3://bucket/key']
    .map((url): (typeof ON_EC2)[number] => [`variants at ${url}`, () => ({ variantApiUrl: url }),
      `variantApiUrl must be https://HOST/…, without a query, got "${url}"; leave it out for the Alliance of Genome Resources' API`]),
  ['no attempts', () => ({ alignment: { attempts: 0 } }), 'alignment.attempts must be a whole number from 1 to 10, got 0; leave it out for 3'],
  ['eleven attempts', () => ({ sequenceRetrieval: { attempts: 11 } }), 'sequenceRetrieval.attempts must be a whole number from 1 to 10, got 11; leave it out for 3'],
  ['an attempt of seconds', () => ({ alignment: { timeout: Duration.seconds(59) } }),
    'alignment.timeout must be from 1 minute to 1 hour, got 59 seconds; shorten it or lengthen runTimeout'],
  ['an attempt longer than the run', () => ({ alignment: { timeout: Duration.hours(2) } }),
    'alignment.timeout must be from 1 minute to 1 hour, got 2 hours; shorten it or lengthen runTimeout'],
  ['a quarter of a vCPU on EC2', () => ({ seqInfoCollection: { vcpus: 0.25 } }),
    'seqInfoCollection.vcpus must be a whole number from 1 to 192, got 0.25; EC2 jobs take whole vCPUs; only Fargate has fractions'],
  ['too little memory', () => ({ alignment: { memory: Size.mebibytes(64) } }),
    'alignment.memory must be at least 128 MiB, got 64 MiB; leave it out for the step\'s default'],
  ['less memory at most than at first', () => ({ alignment: { memory: Size.gibibytes(4), maxMemory: Size.gibibytes(2) } }),
    'alignment.maxMemory must not be less than its memory of 4096 MiB, got 2048 MiB; raise it, or lower memory'],
  ['less memory at most than the default', () => ({ alignment: { maxMemory: Size.gibibytes(1) } }),
    'alignment.maxMemory must not be less than its memory of 2048 MiB, got 1024 MiB; raise it, or lower memory'],
  ['kibibytes of memory', () => ({ alignment: { memory: Size.kibibytes(1024 * 1024 + 1) } }),
    'alignment.memory must be whole MiB, got 1048577 KiB; round it up'],
  ['kibibytes at most', () => ({ alignment: { maxMemory: Size.kibibytes(4 * 1024 * 1024 + 1) } }),
    'alignment.maxMemory must be whole MiB, got 4194305 KiB; round it up'],
];

const ON_FARGATE: [string, Props, string][] = [
  ['vCPUs that Fargate does not have', { alignment: { vcpus: 3 } },
    'alignment.vcpus must be one of 0.25, 0.5, 1, 2, 4, 8, 16 on Fargate, got 3; leave it out for the step\'s default'],
  ['more memory than Fargate has', { alignment: { memory: Size.gibibytes(121) } },
    'alignment.memory must be at most 122880 MiB on Fargate, got 123904 MiB; take less, or compute on EC2'],
];

test.each(ON_EC2)('%s', (_what, props, message) => {
  const stack = newStack();
  expect(() => newPipeline(stack, props(stack))).toThrow(new Error(message));
});

test.each(ON_FARGATE)('%s', (_what, props, message) => {
  const stack = newStack();
  expect(() => newPipeline(stack, { compute: importedQueue(stack, ComputePlatform.FARGATE), ...props })).toThrow(new Error(message));
});

describe('what is elsewhere, where the state machine cannot use it:', () => {
  const there = (stack: Stack) => new Stack(stack.node.root, 'There', { env: { account: '123456789012', region: 'eu-west-1' } });
  const queue = (stack: Stack, arn: string) => ({
    compute: PipelineCompute.fromJobQueue(batch.JobQueue.fromJobQueueArn(stack, 'Queue', arn), { platform: ComputePlatform.EC2 }),
  });
  const table = (of: Stack, arn: string) => ({ jobsTable: JobsTable.fromTable(dynamodb.Table.fromTableArn(of, 'Table', arn)) });
  const message = (what: string, kind: string, here: string, got: string) => `${what} must be in the ${kind} of the pipeline's stack, ${here}, got ${got}; `
    + 'bring one of there, or put the stack there';

  test.each<[string, (stack: Stack) => Props, string]>([
    ['a queue of another region', (stack) => queue(stack, 'arn:aws:batch:eu-west-1:123456789012:job-queue/pavi'),
      message('the job queue', 'region', 'us-east-1', 'eu-west-1')],
    ['a queue of another account', (stack) => queue(stack, 'arn:aws:batch:us-east-1:210987654321:job-queue/pavi'),
      message('the job queue', 'account', '123456789012', '210987654321')],
    ['a jobs table of another region', (stack) => table(stack, 'arn:aws:dynamodb:eu-west-1:123456789012:table/jobs'),
      message('the jobs table', 'region', 'us-east-1', 'eu-west-1')],
    ['a work bucket of another region', (stack) => ({ workBucket: s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'my-bucket', region: 'eu-west-1' }) }),
      message('the work bucket', 'region', 'us-east-1', 'eu-west-1')],
    ['a work bucket of another region\'s stack', (stack) => ({ workBucket: new s3.Bucket(there(stack), 'Bucket', { bucketName: 'my-bucket' }) }),
      message('the work bucket', 'region', 'us-east-1', 'eu-west-1')],
    ['a key of another region', (stack) => ({ encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/1') }),
      message('encryptionKey', 'region', 'us-east-1', 'eu-west-1')],
    ['a log group of another region', (stack) => ({
      jobLogGroup: logs.LogGroup.fromLogGroupArn(stack, 'Logs', 'arn:aws:logs:eu-west-1:123456789012:log-group:pavi'),
    }), message('jobLogGroup', 'region', 'us-east-1', 'eu-west-1')],
    ['a log group of another account', (stack) => ({
      executionLogGroup: logs.LogGroup.fromLogGroupArn(stack, 'Logs', 'arn:aws:logs:us-east-1:210987654321:log-group:pavi'),
    }), message('executionLogGroup', 'account', '123456789012', '210987654321')],
    ['a topic of another region', (stack) => ({ monitoring: { alarmTopic: sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:123456789012:pavi') } }),
      message('monitoring.alarmTopic', 'region', 'us-east-1', 'eu-west-1')],
    ['a role of another account', (stack) => ({ alignment: { jobRole: iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::210987654321:role/pavi') } }),
      message('alignment.jobRole', 'account', '123456789012', '210987654321')],
  ])('%s', (_what, props, expected) => {
    const stack = newStack({ env: { account: '123456789012', region: 'us-east-1' } });
    expect(() => newPipeline(stack, props(stack))).toThrow(new Error(expected));
  });

  test('not what only the deployment knows', () => {
    const stack = newStack({ env: { account: '123456789012', region: 'us-east-1' } });
    expect(() => newPipeline(stack, queue(stack, Token.asString({ Ref: 'QueueArn' })))).not.toThrow();
    const anywhere = newStack();
    expect(() => newPipeline(anywhere, table(anywhere, 'arn:aws:dynamodb:eu-west-1:123456789012:table/jobs'))).not.toThrow();
  });
});

test.each([0, -1, 1.5])('%d vCPUs at most', (maxvCpus) => {
  expect(() => fargate(newStack(), { maxvCpus })).toThrow(new Error(`maxvCpus must be a whole number from 1, got ${maxvCpus}; leave it out for 64`));
});

describe('compute on EC2', () => {
  const compute = (options: Partial<Ec2ComputeOptions>) => () => PipelineCompute.ec2({ vpc: importedVpc(newStack()), ...options });

  test.each<[string, Partial<Ec2ComputeOptions>, string]>([
    ['with no vCPUs', { maxvCpus: 0 }, 'maxvCpus must be a whole number from 1, got 0; leave it out for 64'],
    ['with fewer vCPUs than none', { minvCpus: -1 }, 'minvCpus must be a whole number from 0 to 64, got -1; leave it out for 0, or raise maxvCpus'],
    ['with more vCPUs kept than allowed', { minvCpus: 8, maxvCpus: 4 },
      'minvCpus must be a whole number from 0 to 4, got 8; leave it out for 0, or raise maxvCpus'],
    ['with no instance types', { instanceTypes: [] },
      'instanceTypes must name at least one instance type, got an empty list; leave it out for Batch\'s default families'],
    ['with instances of another architecture', { instanceTypes: [new ec2.InstanceType('m7g.large')] },
      'instanceTypes must be of the architecture x86_64, got m7g.large (arm64); take other instance types, or set cpuArchitecture'],
    ['with instances of another architecture than arm64', { instanceTypes: [new ec2.InstanceType('m7i.large')], cpuArchitecture: ecs.CpuArchitecture.ARM64 },
      'instanceTypes must be of the architecture arm64, got m7i.large (x86_64); take other instance types, or set cpuArchitecture'],
  ])('%s', (_what, options, message) => {
    expect(compute(options)).toThrow(new Error(message));
  });

  test('with a public IP address for its jobs', () => {
    const stack = newStack();
    const queue = batch.JobQueue.fromJobQueueArn(stack, 'Queue', QUEUE_ARN);
    expect(() => PipelineCompute.fromJobQueue(queue, { platform: ComputePlatform.EC2, assignPublicIp: true }))
      .toThrow(new Error('assignPublicIp: true is for Fargate jobs, got platform EC2; leave it out (the instances\' subnets decide)'));
  });
});

describe('stack outputs', () => {
  test.each(['Pavi-', 'a b', 'ä'])('with the prefix %s', (prefix) => {
    expect(() => newPipeline(newStack()).exportOutputs({ prefix }))
      .toThrow(new Error(`prefix must have only letters and digits, got "${prefix}"; CloudFormation allows no others in an output's key`));
  });

  test('of two pipelines under one key', () => {
    const stack = newStack();
    const compute = importedQueue(stack);
    newPipeline(stack, { compute }, 'One').exportOutputs();
    const two = newPipeline(stack, { compute }, 'Two');
    expect(() => two.exportOutputs()).toThrow(new Error('the stack has an output StateMachineArn already; give exportOutputs a prefix of this pipeline\'s own'));
    two.exportOutputs({ prefix: 'Two' });
  });
});
