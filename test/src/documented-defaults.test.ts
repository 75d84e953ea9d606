import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { documentedProps } from './support/documented-props';
import { allStates, definitionOf } from './support/expressions';
import { ALL_NAMES } from './support/names';
import { fargate, importedQueue, importedVpc, newPipeline, newStack, resource, resourcesOf, templateWith } from './support/pipeline-stack';
import { plain, withoutAssetHashes } from './support/plain-text';
import {
  CallerPolicyOptions, ComputePlatform, Ec2ComputeOptions, FargateComputeOptions, JobsTable, PipelineCompute, PipelineImages,
  PipelineStepProps, ShareIdentifier,
} from '../../src';
import { DEFAULT_VARIANT_API_URL } from '../../src/contract/worker-command-line';

const PROPS = documentedProps();
const documented = (name: string) => PROPS.find((prop) => prop.name === name)!.default!;

test('every property says what it is, and every optional one what it is by default', () => {
  expect(PROPS.length).toBeGreaterThan(60);
  expect(PROPS.filter(({ summary }) => summary.length < 10).map(({ name }) => name)).toEqual([]);
  expect(PROPS.filter((prop) => prop.isOptional !== (prop.default !== undefined)).map(({ name }) => name)).toEqual([]);
});

/** The value of a default that is written as code. */
function valueOf(code: string): any {
  const scope = { Duration, RemovalPolicy, Size, ecs, logs, sfn, PipelineImages };
  return new Function(...Object.keys(scope), `return (${code});`)(...Object.values(scope));
}

const withFargate = (options: Partial<FargateComputeOptions>) => {
  const stack = newStack();
  newPipeline(stack, { compute: fargate(stack, options) });
  return Template.fromStack(stack);
};
const withEc2 = (options: Partial<Ec2ComputeOptions>) => {
  const stack = newStack();
  newPipeline(stack, { compute: PipelineCompute.ec2({ vpc: importedVpc(stack), ...options }) });
  return Template.fromStack(stack);
};
const withQueue = (options: { readonly [name: string]: unknown }) => {
  const stack = newStack();
  const queue = importedQueue(stack).bind(stack).jobQueue;
  newPipeline(stack, { compute: PipelineCompute.fromJobQueue(queue, { platform: ComputePlatform.FARGATE, ...options }) });
  return Template.fromStack(stack);
};
const withCallerPolicy = (options: CallerPolicyOptions) => {
  const stack = newStack();
  newPipeline(stack).createCallerPolicy('Caller', options);
  return Template.fromStack(stack);
};
const withStep = (step: PipelineStepProps) => templateWith({ sequenceRetrieval: step, alignment: step, seqInfoCollection: step });

/** By property: how to set it, and another value than its default. */
const AS_CODE: { readonly [name: string]: [(options: { [name: string]: any }) => Template, unknown] } = {
  'PaviAlignmentPipelineProps.images': [templateWith, PipelineImages.fromImages({ worker: ecs.ContainerImage.fromRegistry('other') })],
  'PaviAlignmentPipelineProps.workflowType': [templateWith, sfn.StateMachineType.EXPRESS],
  'PaviAlignmentPipelineProps.maxConcurrency': [templateWith, 39],
  'PaviAlignmentPipelineProps.regionsPerJob': [templateWith, 11],
  'PaviAlignmentPipelineProps.workExpiration': [templateWith, Duration.days(31)],
  'PaviAlignmentPipelineProps.removalPolicy': [templateWith, RemovalPolicy.DESTROY],
  'PaviAlignmentPipelineProps.logRetention': [templateWith, logs.RetentionDays.ONE_DAY],
  'PaviAlignmentPipelineProps.tracing': [templateWith, false],
  'JobQueueComputeOptions.cpuArchitecture': [withQueue, ecs.CpuArchitecture.ARM64],
  'JobQueueComputeOptions.assignPublicIp': [withQueue, true],
  'CallerPolicyOptions.operate': [withCallerPolicy, true],
  'FargateComputeOptions.spot': [withFargate, true],
  'FargateComputeOptions.cpuArchitecture': [withFargate, ecs.CpuArchitecture.ARM64],
  'FargateComputeOptions.maxvCpus': [withFargate, 65],
  'FargateComputeOptions.assignPublicIp': [withFargate, true],
  'Ec2ComputeOptions.spot': [withEc2, true],
  'Ec2ComputeOptions.cpuArchitecture': [withEc2, ecs.CpuArchitecture.ARM64],
  'Ec2ComputeOptions.minvCpus': [withEc2, 1],
  'Ec2ComputeOptions.maxvCpus': [withEc2, 65],
  'PipelineStepProps.attempts': [withStep, 4],
  'PipelineMonitoringProps.dashboard': [(monitoring) => templateWith({ monitoring }), false],
  'PipelineMonitoringProps.savedQueries': [(monitoring) => templateWith({ monitoring }), false],
};

test.each(Object.entries(AS_CODE))('%s is by default what it says', (name, [make, other]) => {
  const templateOf = (options: { [name: string]: unknown }) => withoutAssetHashes(make(options));
  const prop = name.split('.')[1];
  const expected = templateOf({});
  expect(templateOf({ [prop]: valueOf(documented(name)) })).toEqual(expected);
  expect(templateOf({ [prop]: other })).not.toEqual(expected);
});

const byDefault = templateWith();
const onFargate = withFargate({});
const onEc2 = withEc2({});
const count = (template: Template, type: string) => Object.keys(resourcesOf(template, type)).length;
const jobDefinition = (template: Template, step: string) => resource(template, 'AWS::Batch::JobDefinition', new RegExp(`^Pavi${step}`)).Properties;
const requirement = (template: Template, step: string, type: string) =>
  Number(jobDefinition(template, step).ContainerProperties.ResourceRequirements.find(({ Type }: any) => Type === type).Value);
const minutes = (step: string) => jobDefinition(byDefault, step).Timeout.AttemptDurationSeconds / 60;
const memory = (step: string) => {
  const mebibytes = requirement(byDefault, step, 'MEMORY');
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`;
};
const WORDS = ['none', 'one', 'two', 'three', 'four', 'five'];
const factor = (state: string, step: string) => {
  const [{ Value }] = allStates(definitionOf(byDefault))[state].Arguments.ContainerOverrides.ResourceRequirements;
  const sizes = JSON.parse(/\[[^\]]*]/.exec(Value)![0]);
  return WORDS[Number(sizes[sizes.length - 1]) / requirement(byDefault, step, 'MEMORY')];
};
const stepText = (step: string, state: string) => `- ${memory(step)}, up to ${factor(state, step)} times where it runs out; ${minutes(step)} minutes; `
  + `${jobDefinition(byDefault, step).RetryStrategy.Attempts} attempts`;
const submitted = (template: Template) => allStates(definitionOf(template)).AlignSequences.Arguments;
const timeoutOf = (template: Template) => definitionOf(template).TimeoutSeconds;
const bucket = resource(byDefault, 'AWS::S3::Bucket').Properties;
const command: string[] = allStates(definitionOf(byDefault)).RunRetrievalJob.Arguments.ContainerOverrides.Command;
const environment = (template: Template) => resource(template, 'AWS::Batch::ComputeEnvironment').Properties.ComputeResources;
const ownGroup = (template: Template) => {
  const { SecurityGroupEgress, SecurityGroupIngress } = resource(template, 'AWS::EC2::SecurityGroup').Properties;
  return SecurityGroupEgress[0].CidrIp === '0.0.0.0/0' && SecurityGroupIngress === undefined;
};
const PRIVATE = ['subnet-0000000000000000a', 'subnet-0000000000000000b'];
const PUBLIC = ['subnet-0000000000000000c', 'subnet-0000000000000000d'];
const hasOwnRole = (id: string) => count(byDefault, 'AWS::IAM::Role') === 5
  && Object.keys(resourcesOf(byDefault, 'AWS::IAM::Role')).some((found) => found.startsWith(id));
/** Whether nothing has a name of its own; a saved query and an inline policy must have one. */
const unnamed = (template: Template) => Object.values<any>(template.toJSON().Resources)
  .filter(({ Type }) => !['AWS::Logs::QueryDefinition', 'AWS::IAM::Policy'].includes(Type))
  .every(({ Properties }) => Object.keys(Properties).every((key) => !/^((Bucket|LogGroup|StateMachine|JobDefinition|JobQueue|Table|Dashboard|Role)Name)$/.test(key)
    || typeof Properties[key] !== 'string'));
const iff = (holds: boolean, said: string) => (holds ? said : 'something else');

/** By property: what its default says, made of what the code does. */
const AS_TEXT: { readonly [name: string]: () => string } = {
  'PaviAlignmentPipelineProps.sequenceRetrieval': () => stepText('SequenceRetrieval', 'RunRetrievalJob'),
  'PaviAlignmentPipelineProps.alignment': () => stepText('Alignment', 'AlignSequences'),
  'PaviAlignmentPipelineProps.seqInfoCollection': () => stepText('SeqInfoCollection', 'CollectSeqInfo'),
  'PaviAlignmentPipelineProps.genomeSources': () => iff(!command.includes('--genome-source'),
    '- any https URL of a public host, and the genome buckets'),
  'PaviAlignmentPipelineProps.genomeBuckets': () => iff(!JSON.stringify(byDefault.toJSON()).includes('genomes'), '- none'),
  // Left to the worker, whose own default is this.
  'PaviAlignmentPipelineProps.variantApiUrl': () => iff(!command.includes('--variant-api-url'), `'${DEFAULT_VARIANT_API_URL}'`),
  'PaviAlignmentPipelineProps.workBucket': () => iff(count(byDefault, 'AWS::S3::Bucket') === 1 && count(byDefault, 'AWS::S3::BucketPolicy') === 1
    && bucket.PublicAccessBlockConfiguration.BlockPublicPolicy && bucket.BucketEncryption !== undefined
    && bucket.LifecycleConfiguration !== undefined,
  '- a bucket of its own: TLS only, not public, encrypted, with a lifecycle'),
  'PaviAlignmentPipelineProps.keyPrefix': () => iff(bucket.LifecycleConfiguration.Rules[1].Prefix === 'work/', '- nothing'),
  'PaviAlignmentPipelineProps.encryptionKey': () => iff(JSON.stringify(bucket.BucketEncryption).includes('AES256'), '- keys that S3 manages'),
  'PaviAlignmentPipelineProps.serverAccessLogsBucket': () => iff(bucket.LoggingConfiguration === undefined, '- no access logs'),
  'PaviAlignmentPipelineProps.serverAccessLogsPrefix': () => iff(bucket.LoggingConfiguration === undefined, '- nothing'),
  'PaviAlignmentPipelineProps.resultsExpiration': () => iff(!JSON.stringify(bucket.LifecycleConfiguration).includes('results/'), '- forever'),
  'PaviAlignmentPipelineProps.jobsTable': () => iff(count(byDefault, 'AWS::DynamoDB::Table') === 0, '- none'),
  'PaviAlignmentPipelineProps.jobLogGroup': () => iff(count(byDefault, 'AWS::Logs::LogGroup') === 2, '- a log group of its own'),
  'PaviAlignmentPipelineProps.executionLogGroup': () => iff(count(byDefault, 'AWS::Logs::LogGroup') === 2, '- a log group of its own'),
  'PaviAlignmentPipelineProps.monitoring': () => iff(count(byDefault, 'AWS::CloudWatch::Alarm') === 0
    && count(byDefault, 'AWS::CloudWatch::Dashboard') === 1 && count(byDefault, 'AWS::Logs::QueryDefinition') > 0 && count(byDefault, 'AWS::Events::Rule') === 0,
  '- a dashboard and saved queries; alarms once there is a topic or an action for them'),
  'PaviAlignmentPipelineProps.executionRole': () => iff(hasOwnRole('PaviExecutionRole'), '- one of its own'),
  'PaviAlignmentPipelineProps.stateMachineRole': () => iff(hasOwnRole('PaviStateMachineRole'), '- one of its own'),
  'PaviAlignmentPipelineProps.runTimeout': () => `- ${timeoutOf(byDefault) / 3600} hour; `
    + `${timeoutOf(templateWith({ workflowType: sfn.StateMachineType.EXPRESS })) / 60} minutes for EXPRESS`,
  'PaviAlignmentPipelineProps.names': () => iff(unnamed(onFargate), '- none: CloudFormation makes them'),
  'PaviAlignmentPipelineProps.tags': () =>
    `- ${Object.entries(jobDefinition(byDefault, 'Alignment').Tags).map(([key, value]) => `${key}=${value}`).join(', ')}`,
  ...Object.fromEntries(Object.entries(ALL_NAMES).map(([key, name]) => [`PipelineNames.${key}`,
    () => iff(unnamed(onFargate) && !unnamed(templateWith({ jobsTable: JobsTable.create(), names: { [key]: name } })), '- made by CloudFormation')])),
  'PipelineNames.executionLogGroupName': () => iff(plain(resource(byDefault, 'AWS::Logs::LogGroup', /Executions/).Properties.LogGroupName)
    .startsWith('/aws/vendedlogs/states/'), '- made of the pipeline\'s path and the stack\'s id, under `/aws/vendedlogs/states/`'),
  'PaviAlignmentPipelineProps.shareIdentifier': () => iff(submitted(byDefault).ShareIdentifier === undefined, '- none'),
  'PaviAlignmentPipelineProps.schedulingPriority': () => iff(submitted(byDefault).SchedulingPriorityOverride === undefined,
    `- ${submitted(templateWith({ shareIdentifier: ShareIdentifier.fixed('pavi') })).SchedulingPriorityOverride} with \`shareIdentifier\`; otherwise none`),
  ...Object.fromEntries(([['Fargate', () => onFargate], ['Ec2', () => onEc2]] as const).map(([kind, made]) => [`${kind}ComputeOptions.schedulingPolicy`,
    () => iff(resource(made(), 'AWS::Batch::JobQueue').Properties.SchedulingPolicyArn === undefined, '- none: first in, first out')])),
  'JobsTableBindOptions.tableName': () => iff(unnamed(templateWith({ jobsTable: JobsTable.create() })), '- made by CloudFormation'),
  'FargateComputeOptions.jobQueueName': () => iff(unnamed(onFargate) && !unnamed(withFargate({ jobQueueName: 'pavi' })), '- made by CloudFormation'),
  'Ec2ComputeOptions.jobQueueName': () => iff(unnamed(onEc2) && !unnamed(withEc2({ jobQueueName: 'pavi' })), '- made by CloudFormation'),
  'ExportOutputsOptions.prefix': () => {
    const stack = newStack();
    newPipeline(stack).exportOutputs();
    return iff('StateMachineArn' in Template.fromStack(stack).toJSON().Outputs, '- nothing');
  },
  'CallerPolicyOptions.managedPolicyName': () => {
    const stack = newStack();
    newPipeline(stack).createCallerPolicy('Policy');
    return iff(resource(Template.fromStack(stack), 'AWS::IAM::ManagedPolicy').Properties.ManagedPolicyName === undefined, '- made by CloudFormation');
  },
  'PipelineComputeConfig.assignPublicIp': () => {
    const { AssignPublicIp } = jobDefinition(onFargate, 'Alignment').ContainerProperties.NetworkConfiguration;
    return `${AssignPublicIp !== 'DISABLED'}`;
  },
  'FargateComputeOptions.subnets': () => iff(`${environment(onFargate).Subnets}` === `${PRIVATE}`
    && `${environment(withFargate({ assignPublicIp: true })).Subnets}` === `${PUBLIC}`,
  '- the VPC\'s private subnets; its public ones where `assignPublicIp` is true'),
  'FargateComputeOptions.securityGroups': () => iff(ownGroup(onFargate), '- one of its own, that lets everything out and nothing in'),
  'Ec2ComputeOptions.instanceTypes': () => iff(`${environment(onEc2).InstanceTypes}` === 'default_x86_64', '- Batch\'s default families of the architecture'),
  'Ec2ComputeOptions.subnets': () => iff(`${environment(onEc2).Subnets}` === `${PRIVATE}`, '- the VPC\'s private subnets'),
  'Ec2ComputeOptions.securityGroups': () => iff(ownGroup(onEc2), '- one of each environment\'s own, that lets everything out and nothing in'),
  'Ec2ComputeOptions.instanceRole': () => iff(JSON.stringify(resource(onEc2, 'AWS::IAM::Role', /Environment/).Properties.ManagedPolicyArns)
    .includes('AmazonEC2ContainerServiceforEC2Role'), '- a role of its own with that policy'),
  'PipelineMonitoringProps.alarmTopic': () => iff(!JSON.stringify(byDefault.toJSON()).includes('AlarmActions'), '- no messages'),
  'PipelineMonitoringProps.alarms': () => {
    const alarms = (id: 'alarmTopic' | 'alarmActions') => {
      const stack = newStack();
      const topic = sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:123456789012:pavi');
      newPipeline(stack, { monitoring: { [id]: id === 'alarmTopic' ? topic : [new SnsAction(topic)] } });
      return count(Template.fromStack(stack), 'AWS::CloudWatch::Alarm');
    };
    return iff(count(byDefault, 'AWS::CloudWatch::Alarm') === 0 && alarms('alarmTopic') > 0 && alarms('alarmActions') > 0,
      '- true with `alarmTopic` or `alarmActions`, otherwise false');
  },
  'PipelineMonitoringProps.alarmActions': () => iff(!JSON.stringify(byDefault.toJSON()).includes('AlarmActions'), '- nothing'),
  'PipelineStepProps.memory': () => iff(memory('SequenceRetrieval') === memory('SeqInfoCollection'),
    `- ${memory('SequenceRetrieval')} for sequence retrieval and seq info collection, ${memory('Alignment')} for the alignment`),
  'PipelineStepProps.maxMemory': () => `- ${factor('AlignSequences', 'Alignment')} times \`memory\``,
  'PipelineStepProps.vcpus': () => iff(requirement(onFargate, 'SequenceRetrieval', 'VCPU') === requirement(onFargate, 'SeqInfoCollection', 'VCPU')
    && requirement(onFargate, 'Alignment', 'VCPU') === requirement(byDefault, 'Alignment', 'VCPU'),
  `- ${requirement(byDefault, 'Alignment', 'VCPU')}; on Fargate ${requirement(onFargate, 'SequenceRetrieval', 'VCPU')} for sequence retrieval and `
    + 'seq info collection'),
  'PipelineStepProps.timeout': () => `- ${minutes('SequenceRetrieval')} minutes for sequence retrieval, ${minutes('Alignment')} for the alignment, `
    + `${minutes('SeqInfoCollection')} for seq info collection`,
  'PipelineStepProps.jobRole': () => iff(hasOwnRole('PaviAlignmentJobRole'), '- one of the step\'s own, that may do nothing else'),
};

test.each(Object.entries(AS_TEXT))('%s is by default what it says', (name, said) => {
  expect(documented(name)).toBe(said());
});

test('every default is compared with the code', () => {
  const optional = PROPS.filter(({ isOptional }) => isOptional).map(({ name }) => name);
  expect([...Object.keys(AS_CODE), ...Object.keys(AS_TEXT)].sort()).toEqual(optional.sort());
});
