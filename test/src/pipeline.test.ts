import { App, CfnOutput, CfnResource, Duration, Size, Stack, TagManager, Tags, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { allStates, definitionOf, definitionWith } from './support/expressions';
import { ALL_NAMES } from './support/names';
import { fargate, importedQueue, newPipeline, newStack, resource, resourcesOf, statementsOf, templateWith } from './support/pipeline-stack';
import { plain, withoutHashes } from './support/plain-text';
import { allOptionsStack } from './support/whole-stacks';
import { JobsTable, PaviAlignmentPipeline } from '../../src';

const STATEFUL = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::Logs::LogGroup', 'AWS::StepFunctions::StateMachine', 'AWS::Batch::JobQueue',
  'AWS::Batch::ComputeEnvironment', 'AWS::Batch::JobDefinition'];

test('the logical ids of what holds data, or is known by its ARN, stay as they are', () => {
  const stack = newStack();
  newPipeline(stack, { compute: fargate(stack, { spot: true }), jobsTable: JobsTable.create() });
  const template = Template.fromStack(stack);
  expect(Object.fromEntries(STATEFUL.map((type) => [type, Object.keys(resourcesOf(template, type))]))).toEqual({
    'AWS::S3::Bucket': ['PaviWorkBucketAE80DE8C'],
    'AWS::DynamoDB::Table': ['PaviJobsTable312B727B'],
    'AWS::Logs::LogGroup': ['PaviLogsJobs50A87AAF', 'PaviLogsExecutions4940F127'],
    'AWS::StepFunctions::StateMachine': ['PaviStateMachine6776B98A'],
    'AWS::Batch::JobQueue': ['PaviJobQueue6CE3D1FD'],
    'AWS::Batch::ComputeEnvironment': ['PaviSpotEnvironment1C75C034', 'PaviOnDemandEnvironment319481EA'],
    'AWS::Batch::JobDefinition': [
      'PaviSequenceRetrievalJobDefinition9F97B4E6', 'PaviAlignmentJobDefinition19A5E6B5', 'PaviSeqInfoCollectionJobDefinition13B0DA1B',
    ],
  });
});

test('two pipelines live in one stack, each with its own bucket, roles and machine', () => {
  const stack = newStack();
  const compute = importedQueue(stack);
  newPipeline(stack, { compute }, 'One');
  newPipeline(stack, { compute, regionsPerJob: 1 }, 'Two');
  const template = Template.fromStack(stack);
  const one = templateWith();
  for (const type of ['AWS::S3::Bucket', 'AWS::IAM::Role', 'AWS::Batch::JobDefinition', 'AWS::StepFunctions::StateMachine', 'AWS::Logs::LogGroup']) {
    template.resourceCountIs(type, 2 * Object.keys(resourcesOf(one, type)).length);
  }
  const machines = Object.entries(resourcesOf(template, 'AWS::StepFunctions::StateMachine'));
  for (const [id, machine] of machines) {
    const own = id.startsWith('One') ? 'One' : 'Two';
    expect(new Set(plain(machine.Properties.DefinitionString).match(/<(One|Two)/g))).toEqual(new Set([`<${own}`]));
  }
});

test('nothing has a physical name by default', () => {
  const physical = ['BucketName', 'RoleName', 'JobDefinitionName', 'JobQueueName', 'StateMachineName', 'LogGroupName', 'TableName', 'AlarmName',
    'DashboardName', 'Name'];
  const names = Object.entries<any>(templateWith({ jobsTable: JobsTable.create() }).toJSON().Resources).flatMap(([id, { Properties }]) => Object
    .entries(Properties ?? {}).filter(([name, value]) => physical.includes(name) && typeof value === 'string').map(([name]) => `${id}.${name}`));
  // CloudWatch wants a name for a saved query; any number of them may have the same.
  expect(names.filter((name) => !name.startsWith('PaviMonitoringQueries'))).toEqual([]);
  expect(names).toHaveLength(5);
});

test('given names are those of the resources, and nothing else of the pipeline changes', () => {
  const named = templateWith({ jobsTable: JobsTable.create(), names: ALL_NAMES }).toJSON();
  const unnamed = templateWith({ jobsTable: JobsTable.create() }).toJSON();
  const found = Object.entries<any>(named.Resources).flatMap(([id, { Properties }]) => Object.entries(Properties ?? {})
    .filter(([key, value]) => typeof value === 'string' && typeof unnamed.Resources[id].Properties[key] !== 'string').map(([, value]) => value));
  expect(found.sort()).toEqual(Object.values(ALL_NAMES).sort());
  expect(Object.keys(named.Resources)).toEqual(Object.keys(unnamed.Resources));
});

test('given tags are added, and stand instead of the default ones', () => {
  const definition = resource(templateWith({ tags: { Product: 'Other', Team: 'curation' } }), 'AWS::Batch::JobDefinition', /Alignment/);
  expect(definition.Properties.Tags).toEqual({ Product: 'Other', CreatedBy: 'PAVI', AppComponent: 'pipeline', Team: 'curation' });
});

test('the app\'s own tags stand instead of the default ones, and not of the given ones', () => {
  const stack = newStack();
  Tags.of(stack).add('Product', 'Other');
  Tags.of(stack).add('Team', 'platform');
  expect(resource(templateWith({ tags: { Team: 'curation' } }, stack), 'AWS::Batch::JobDefinition', /Alignment/).Properties.Tags)
    .toEqual({ Product: 'Other', CreatedBy: 'PAVI', AppComponent: 'pipeline', Team: 'curation' });
});

test('more tags than a job can have with the run\'s are refused, since Batch would fail every job', () => {
  const withTags = (count: number) => templateWith({ tags: Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'value'])) });
  expect(() => withTags(46)).not.toThrow();
  expect(() => withTags(47)).toThrow('a job definition must have up to 49 tags, since Batch takes 50 of a job and the pipeline adds the run\'s, got 50 on '
    + 'Stack/Pavi/SequenceRetrieval/JobDefinition/Resource; remove some, for example by Tags.of(pipeline).remove(KEY)');
});

describe('tags of keys that differ in case alone, with which IAM creates no role:', () => {
  const message = (one: string, other: string) => `[Stack/Pavi] tags must differ in more than case, since IAM refuses roles otherwise, got "${one}" and "${other}"; `
    + `change one of them, or remove it: Tags.of(pipeline).remove("${one}")`;

  test('given ones stand instead of the default ones', () => {
    const { Tags: given } = resource(templateWith({ tags: { product: 'other' } }), 'AWS::Batch::JobDefinition', /Alignment/).Properties;
    expect(given).toEqual({ product: 'other', CreatedBy: 'PAVI', AppComponent: 'pipeline' });
  });

  test.each<[string, (stack: Stack) => void]>([
    ['a construct around', (stack) => Tags.of(stack).add('product', 'x')],
    ['the stack', (stack) => stack.tags.setTag('product', 'x')],
  ])('one of %s is refused', (_what, tag) => {
    const stack = newStack();
    tag(stack);
    expect(() => templateWith({}, stack)).toThrow(message('Product', 'product'));
  });

  test('two given ones are refused', () => {
    expect(() => templateWith({ tags: { TEAM: 'a', team: 'b' } })).toThrow(message('TEAM', 'team'));
  });

  test('the default one can be removed', () => {
    const stack = newStack();
    Tags.of(stack).add('product', 'x');
    Tags.of(newPipeline(stack)).remove('Product');
    expect(resource(Template.fromStack(stack), 'AWS::Batch::JobDefinition', /Alignment/).Properties.Tags).toMatchObject({ product: 'x' });
  });
});

test('everything that can carry tags has them', () => {
  const stack = allOptionsStack();
  const pipeline = stack.node.findChild('Pavi');
  const taggable = pipeline.node.findAll().filter((construct): construct is CfnResource => CfnResource.isCfnResource(construct))
    .filter((resourceOf) => TagManager.isTaggable(resourceOf) || TagManager.isTaggableV2(resourceOf));
  const { Resources } = Template.fromStack(stack).toJSON();
  const untagged = taggable.map((resourceOf) => [resourceOf.cfnResourceType, stack.resolve(resourceOf.logicalId)])
    .filter(([, id]) => !/"PAVI-test".*"pipeline"|"pipeline".*"PAVI-test"/.test(JSON.stringify(Resources[id].Properties.Tags ?? '')));
  expect(new Set(taggable.map(({ cfnResourceType }) => cfnResourceType)).size).toBeGreaterThan(8);
  expect(untagged).toEqual([]);
});

test('the outputs have PAVI\'s keys', () => {
  const stack = newStack();
  newPipeline(stack).exportOutputs();
  const outputs = Template.fromStack(stack).toJSON().Outputs;
  expect(withoutHashes(Object.fromEntries(Object.entries<any>(outputs).map(([key, { Value }]) => [key, Value])))).toEqual({
    StateMachineArn: '<PaviStateMachine>',
    WorkBucketName: '<PaviWorkBucket>',
    InputsUri: 's3://<PaviWorkBucket>/inputs/',
    ResultsUri: 's3://<PaviWorkBucket>/results/',
    JobLogGroupName: '<PaviLogsJobs>',
    JobQueueArn: 'arn:aws:batch:us-east-1:123456789012:job-queue/pavi',
    SeqRetrievalJobDefArn: '<PaviSequenceRetrievalJobDefinition>',
    AlignmentJobDefArn: '<PaviAlignmentJobDefinition>',
  });
});

test('the outputs say where inputs and results lie below a key prefix', () => {
  const stack = newStack();
  newPipeline(stack, { keyPrefix: 'pavi/dev/' }).exportOutputs();
  const { InputsUri, ResultsUri } = Template.fromStack(stack).toJSON().Outputs;
  expect(withoutHashes([InputsUri.Value, ResultsUri.Value])).toEqual(['s3://<PaviWorkBucket>/pavi/dev/inputs/', 's3://<PaviWorkBucket>/pavi/dev/results/']);
});

test('another stack can use what the pipeline is made of', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const other = new Stack(app, 'Other');
  const pipeline = newPipeline(stack);
  new CfnOutput(other, 'Bucket', { value: pipeline.workBucket.bucketArn });
  new CfnOutput(other, 'Machine', { value: pipeline.stateMachine.stateMachineArn });
  const outputs = Template.fromStack(other).toJSON().Outputs;
  expect(JSON.stringify(outputs)).toContain('Fn::ImportValue');
});

test('a bucket of another stack is the work bucket, and one of another region\'s may have genomes', () => {
  const app = new App();
  const env = { account: '123456789012', region: 'us-east-1' };
  const there = new Stack(app, 'There', { env: { ...env, region: 'eu-west-1' }, crossRegionReferences: true });
  const stack = new Stack(app, 'Stack', { env, crossRegionReferences: true });
  newPipeline(stack, { workBucket: new s3.Bucket(new Stack(app, 'Buckets', { env }), 'Bucket'), genomeBuckets: [new s3.Bucket(there, 'Genomes')] });
  const template = Template.fromStack(stack);
  expect(JSON.stringify(resource(template, 'AWS::StepFunctions::StateMachine').Properties.DefinitionString)).toMatch(/"Fn::ImportValue":"Buckets:/);
  expect(JSON.stringify(statementsOf(template, /SequenceRetrievalJobRole/))).toMatch(/ExportsReader.*Genomes/);
});

describe('a value that only the deployment knows is let through', () => {
  const token = Token.asNumber({ Ref: 'Parameter' });

  test('for the numbers of the run', () => {
    const machine = resource(templateWith({ maxConcurrency: token, regionsPerJob: token }), 'AWS::StepFunctions::StateMachine');
    expect(plain(machine.Properties.DefinitionString)).toMatch(/"MaxConcurrency":<Parameter>[,}]/);
    expect(plain(machine.Properties.DefinitionString)).toContain('$max([<Parameter>, ');
  });

  test('for times and attempts', () => {
    // The definition is no JSON where it has an unquoted reference, so it is read as text.
    const template = templateWith({ runTimeout: Duration.seconds(token), alignment: { timeout: Duration.seconds(token), attempts: token } });
    const { Properties } = resource(template, 'AWS::Batch::JobDefinition', /Alignment/);
    expect(plain(Properties.Timeout.AttemptDurationSeconds)).toBe('<Parameter>');
    expect(plain(Properties.RetryStrategy.Attempts)).toBe('<Parameter>');
    expect(JSON.stringify(template.toJSON())).not.toMatch(/-1\.8881545\d*e\+289/);
  });

  test('for attempts alone, and then the state waits as long as the run may', () => {
    const { AlignSequences } = allStates(definitionWith({ alignment: { attempts: token } }));
    expect(AlignSequences.TimeoutSeconds).toBe(3240);
  });

  test('for the key prefix and the access logs\' prefix', () => {
    const template = templateWith({
      keyPrefix: Token.asString({ Ref: 'Prefix' }),
      serverAccessLogsBucket: s3.Bucket.fromBucketName(new Stack(), 'Logs', 'my-logs'),
      serverAccessLogsPrefix: Token.asString({ Ref: 'LogsPrefix' }),
    });
    const { LifecycleConfiguration, LoggingConfiguration } = plain(resource(template, 'AWS::S3::Bucket').Properties);
    expect(LifecycleConfiguration.Rules[1].Prefix).toBe('<Prefix>work/');
    expect(LoggingConfiguration.LogFilePrefix).toBe('<LogsPrefix>');
    expect(allStates(definitionOf(template)).StoreInput.Arguments.Key).toBe('{% "<Prefix>work/" & $states.context.Execution.Name & "/seq_regions.json" %}');
  });

  test('for sizes', () => {
    const memory = Size.mebibytes(token);
    const template = templateWith({ alignment: { memory, vcpus: token }, seqInfoCollection: { maxMemory: memory } });
    expect(JSON.stringify(template.toJSON())).not.toMatch(/-1\.8881545\d*e\+289/);
  });
});

test('a stack with a pipeline is synthesized in under five seconds', () => {
  const start = process.cpuUsage();
  const stack = newStack();
  newPipeline(stack);
  Template.fromStack(stack);
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1e6).toBeLessThan(5);
});

test('a pipeline under an id of any script has roles that IAM takes', () => {
  const stack = newStack();
  newPipeline(stack, {}, 'Größe 日本');
  const descriptions = Object.values(resourcesOf(Template.fromStack(stack), 'AWS::IAM::Role')).flatMap(({ Properties }) => Properties.Description ?? []);
  expect(descriptions).toHaveLength(4);
  for (const description of descriptions) expect(description).toMatch(/^[\x20-\x7e\xa1-\xff]*Stack\/Größe \?\?[\x20-\x7e\xa1-\xff]*$/);
});

test('the pipeline is a construct under its own id', () => {
  const stack = newStack();
  const pipeline = newPipeline(stack, {}, 'Mine');
  expect(pipeline).toBeInstanceOf(PaviAlignmentPipeline);
  expect(pipeline.node.path).toBe('Stack/Mine');
});
