import { Duration, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as cloudwatchActions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { evaluate } from './support/expressions';
import { importedQueue, newPipeline, newStack, QUEUE_ARN, resource, resourcesOf, templateWith } from './support/pipeline-stack';
import { idWithoutHash, plain, withoutHashes } from './support/plain-text';
import { PaviAlignmentPipeline } from '../../src';
import { jobFailure } from '../../src/orchestration/job-failure';

const alarms = (template: Template): { [id: string]: any } => Object.fromEntries(Object.entries(resourcesOf(template, 'AWS::CloudWatch::Alarm'))
  .map(([id, { Properties }]) => [idWithoutHash(id).replace('PaviMonitoringAlarms', ''), withoutHashes(Properties)]));
const byDefault = templateWith();
const withAlarms = templateWith({ monitoring: { alarms: true } });

/** As the jobs are told it, and so as the worker's metrics have it. */
const pipelineName = (template: Template) => resource(template, 'AWS::Batch::JobDefinition', /Alignment/).Properties.ContainerProperties.Environment
  .find(({ Name }: any) => Name === 'PAVI_PIPELINE').Value;

describe('the alarms', () => {
  test('are not paid for if nobody would hear them', () => {
    expect(alarms(byDefault)).toEqual({});
  });

  test('are these, and without a topic or an action they only show', () => {
    expect(Object.keys(alarms(withAlarms))).toEqual(['RunsFailed', 'RunsTimedOut', 'RunsThrottled', 'RunsSlow', 'JobsStuck', 'InvalidInputs']);
    for (const alarm of Object.values(alarms(withAlarms))) {
      expect(alarm).toMatchObject({ TreatMissingData: 'notBreaching', EvaluationPeriods: 1 });
      expect(alarm).not.toHaveProperty('AlarmActions');
      expect(alarm).not.toHaveProperty('AlarmName');
    }
  });

  test('watch what they say', () => {
    const { RunsFailed, RunsTimedOut, RunsThrottled, RunsSlow, JobsStuck, InvalidInputs } = alarms(withAlarms);
    const dimensions = [{ Name: 'StateMachineArn', Value: '<PaviStateMachine>' }];
    expect(RunsTimedOut).toMatchObject({ Namespace: 'AWS/States', MetricName: 'ExecutionsTimedOut', Statistic: 'Sum', Threshold: 1, Dimensions: dimensions });
    expect(RunsThrottled).toMatchObject({ MetricName: 'ExecutionThrottled', Threshold: 1 });
    expect(RunsSlow).toMatchObject({ MetricName: 'ExecutionTime', Statistic: 'Maximum', Threshold: 2_880_000, Dimensions: dimensions });
    expect(JobsStuck).toMatchObject({ Namespace: expect.stringMatching(/^Pavi\/AlignmentPipeline\/./), MetricName: 'StuckJobs', Threshold: 1 });
    expect(RunsFailed.Metrics.map(({ Expression, MetricStat }: any) => Expression ?? MetricStat.Metric.MetricName))
      .toEqual(['FILL(failed, 0) - FILL(invalid, 0)', 'ExecutionsFailed', 'InvalidInputs']);
    expect(InvalidInputs).toMatchObject({ Threshold: 50, ComparisonOperator: 'GreaterThanThreshold' });
    expect(InvalidInputs.Metrics[0].Expression).toBe('IF(FILL(invalid, 0) >= 5, 100 * invalid / started, 0)');
    expect(InvalidInputs.Metrics.slice(1).map(({ MetricStat }: any) => MetricStat.Period)).toEqual([3600, 3600]);
  });

  test('send to a topic and do whatever else they are told to', () => {
    const stack = newStack();
    const alarmTopic = sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:123456789012:pavi');
    const more = sns.Topic.fromTopicArn(stack, 'More', 'arn:aws:sns:us-east-1:123456789012:more');
    const pipeline = newPipeline(stack, { monitoring: { alarmTopic, alarmActions: [new cloudwatchActions.SnsAction(more)] } });
    expect(pipeline.alarms).toHaveLength(6);
    for (const { AlarmActions } of Object.values(alarms(Template.fromStack(stack)))) {
      expect(AlarmActions).toEqual(['arn:aws:sns:us-east-1:123456789012:pavi', 'arn:aws:sns:us-east-1:123456789012:more']);
    }
  });

  test('may publish to a topic of the app, whose policy takes away what it allowed without one', () => {
    const publishers = (monitoring: { alarms: boolean }) => {
      const stack = newStack();
      newPipeline(stack, { monitoring: { ...monitoring, alarmTopic: new sns.Topic(stack, 'Topic') } });
      const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::SNS::TopicPolicy'));
      return withoutHashes(policy.Properties.PolicyDocument.Statement);
    };
    const rule = { Effect: 'Allow', Action: 'sns:Publish', Principal: { Service: 'events.amazonaws.com' }, Resource: '<Topic>' };
    expect(publishers({ alarms: false })).toEqual([expect.objectContaining(rule)]);
    expect(publishers({ alarms: true })).toEqual([
      {
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Resource: '<Topic>',
        Condition: {
          ArnLike: { 'aws:SourceArn': 'arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*' },
          StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
        },
        Sid: expect.any(String),
      },
      expect.objectContaining(rule),
    ]);
  });

  test('may use the key of an encrypted topic, as the rule of blocked queues may', () => {
    const stack = newStack();
    newPipeline(stack, { monitoring: { alarmTopic: new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'Key') }) } });
    const { KeyPolicy } = resource(Template.fromStack(stack), 'AWS::KMS::Key').Properties;
    expect(KeyPolicy.Statement.slice(1)).toEqual(['cloudwatch.amazonaws.com', 'events.amazonaws.com'].map((Service) => ({
      Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Principal: { Service }, Resource: '*',
    })));
  });

  test('do not say when a run is slow where its time is known only at deployment', () => {
    expect(Object.keys(alarms(templateWith({ monitoring: { alarms: true }, runTimeout: Duration.seconds(Token.asNumber({ Ref: 'Time' })) })))).not.toContain('RunsSlow');
  });

  test('give no warnings at synthesis', () => {
    const stack = newStack();
    newPipeline(stack);
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });
});

describe('the counts from the execution log', () => {
  const filters = Object.values(withoutHashes(resourcesOf(byDefault, 'AWS::Logs::MetricFilter'))).map(({ Properties }: any) => Properties);

  test('are of this pipeline\'s runs alone', () => {
    expect(filters).toHaveLength(2);
    for (const { FilterPattern, LogGroupName } of filters) {
      expect(LogGroupName).toBe('<PaviLogsExecutions>');
      expect(FilterPattern).toMatch(/^\{ \$\.type = "ExecutionFailed" && \$\.execution_arn = "\*:<PaviStateMachine\.Name>:\*" && /);
    }
  });

  test('go by what a run\'s end says', async () => {
    const [invalid, stuck] = filters.map(({ FilterPattern }) => FilterPattern.split(' && ')[2]);
    expect(invalid).toBe('$.details.error = "Pavi.InvalidInput" }');
    const [ownWords, reasons, setting] = [...stuck.matchAll(/"\*([^*]+)\*"/g)].map(([, text]) => text);
    const scope = (Error: string, Cause: string) => ({ states: { input: { size: 0 }, errorOutput: { Error, Cause } } });
    const timeout = await evaluate(jobFailure('alignment', '"x"', 2), scope('States.Timeout', ''));
    expect(timeout.failure.cause).toContain(ownWords);
    for (const [StatusReason, text] of [['MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', reasons], ['Canceled by JobStateTimeLimit action', setting]]) {
      const canceled = JSON.stringify({ JobId: 'j', StatusReason });
      expect((await evaluate(jobFailure('alignment', '"x"', 2), scope('States.TaskFailed', canceled))).failure.cause).toContain(text);
    }
  });

  test('of one app in two stacks are not mixed up, nor are its workers\' metrics', () => {
    const [one, two] = ['pavi-dev', 'pavi-prod'].map((stackName) => {
      const stack = newStack({ stackName });
      const { namespace } = newPipeline(stack).metricInvalidInputs();
      return [namespace, pipelineName(Template.fromStack(stack))];
    });
    expect([one[1], two[1]]).toEqual(['pavi-dev/Pavi', 'pavi-prod/Pavi']);
    expect(one[0]).not.toBe(two[0]);
  });

  test('of two pipelines are not mixed up', () => {
    const stack = newStack();
    const compute = importedQueue(stack);
    const spaces = ['One', 'Two'].map((id) => newPipeline(stack, { compute }, id).metricInvalidInputs().namespace);
    expect(new Set(spaces).size).toBe(2);
  });
});

describe('the dashboard', () => {
  const body = (template: Template) => JSON.parse(plain(resource(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody));

  test('shows runs, durations, jobs, memory against its limit, genomes and what is paid for', () => {
    const { widgets } = body(withAlarms);
    expect(widgets.map(({ properties }: any) => properties.title)).toEqual([
      'Alarms', 'Runs', 'Duration of runs (ms)', 'Jobs: how long they compute (s, p95)', 'Jobs: ended (count)',
      'Jobs: failures (sum)', 'Peak memory against its limit (MiB)', 'Genomes',
      'What is paid for: vCPU seconds of jobs, without their start', 'The last errors of jobs',
    ]);
    const memory = widgets.find(({ properties }: any) => /^Peak memory/.test(properties.title));
    expect(memory.properties.annotations.horizontal.map(({ value }: any) => value)).toEqual([500, 2048, 500]);
    expect(memory.properties.metrics.map((metric: any) => metric.slice(0, 6))).toEqual(
      ['retrieve', 'align', 'collect'].map((step) => ['Pavi/AlignmentPipeline', 'PeakMemory', 'Pipeline', pipelineName(withAlarms), 'Step', step]));
  });

  test('and everything else can be left out', () => {
    const stack = newStack();
    const pipeline = newPipeline(stack, { monitoring: { alarms: false, dashboard: false, savedQueries: false } });
    expect([pipeline.alarms, pipeline.dashboard]).toEqual([[], undefined]);
    const template = Template.fromStack(stack);
    for (const type of ['AWS::CloudWatch::Dashboard', 'AWS::CloudWatch::Alarm', 'AWS::Logs::QueryDefinition']) template.resourceCountIs(type, 0);
    expect(body(templateWith({ monitoring: { alarms: false } })).widgets[0].properties.title).toBe('Runs');
  });

  test('takes sizes that only the deployment knows, without a warning', () => {
    const stack = newStack();
    newPipeline(stack, { alignment: { vcpus: Token.asNumber({ Ref: 'Vcpus' }) } });
    expect(plain(resource(Template.fromStack(stack), 'AWS::CloudWatch::Dashboard').Properties.DashboardBody)).toContain('alignSeconds * <Vcpus>');
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });
});

test('the saved queries lie under the pipeline\'s path, and read its log groups', () => {
  const queries = Object.values(withoutHashes(resourcesOf(byDefault, 'AWS::Logs::QueryDefinition'))).map(({ Properties }: any) => Properties);
  expect(queries.map(({ Name, LogGroupNames }) => [Name, LogGroupNames])).toEqual([
    ['Stack/Pavi/failed jobs', ['<PaviLogsJobs>']],
    ['Stack/Pavi/what the jobs of a run wrote (put the name of its execution in)', ['<PaviLogsJobs>']],
    ['Stack/Pavi/slowest jobs', ['<PaviLogsJobs>']],
    ['Stack/Pavi/genome bytes of each run', ['<PaviLogsJobs>']],
    ['Stack/Pavi/failed runs and their causes', ['<PaviLogsExecutions>']],
  ]);
});

test('a saved query of a pipeline deep in an app has a name that CloudWatch takes: the end of the path', () => {
  const stack = newStack();
  new PaviAlignmentPipeline(new Construct(stack, 'x'.repeat(250)), 'Pavi', { compute: importedQueue(stack) });
  const names = Object.values(resourcesOf(Template.fromStack(stack), 'AWS::Logs::QueryDefinition')).map(({ Properties }) => Properties.Name);
  expect(names).toHaveLength(5);
  for (const name of names) {
    expect(name).toMatch(/^x+\/Pavi\/[a-z ()]+$/);
    expect(name.length).toBeLessThanOrEqual(255);
  }
});

describe('an EventBridge rule', () => {
  const rules = (stack: ReturnType<typeof newStack>): any[] => Object.values(withoutHashes(resourcesOf(Template.fromStack(stack), 'AWS::Events::Rule')))
    .map(({ Properties }: any) => Properties);

  test('is there for runs that failed, and that succeeded', () => {
    const stack = newStack();
    const pipeline = newPipeline(stack);
    const target = new targets.LambdaFunction(lambda.Function.fromFunctionArn(stack, 'Function', 'arn:aws:lambda:us-east-1:123456789012:function:f'));
    pipeline.onRunFailed('Failed', { target, description: 'mine' });
    pipeline.onRunSucceeded('Succeeded');
    const [failed, succeeded] = rules(stack);
    expect(failed).toMatchObject({
      Description: 'mine',
      EventPattern: {
        'source': ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        'detail': { stateMachineArn: ['<PaviStateMachine>'], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      Targets: [{ Arn: 'arn:aws:lambda:us-east-1:123456789012:function:f' }],
    });
    expect(succeeded.EventPattern.detail.status).toEqual(['SUCCEEDED']);
  });

  test('is there for the jobs of this pipeline alone, whatever their revision', () => {
    const stack = newStack();
    newPipeline(stack).onJobStateChange('Jobs', { eventPattern: { detail: { status: ['FAILED'] } } });
    const definition = (step: string) => ({ prefix: `arn:<AWS::Partition>:batch:<AWS::Region>:<AWS::AccountId>:<Pavi${step}JobDefinition>[5 by :]:` });
    expect(rules(stack)[0].EventPattern).toEqual({
      'source': ['aws.batch'],
      'detail-type': ['Batch Job State Change'],
      'detail': {
        jobQueue: [QUEUE_ARN],
        jobDefinition: [definition('SequenceRetrieval'), definition('Alignment'), definition('SeqInfoCollection')],
        status: ['FAILED'],
      },
    });
  });

  test('tells the alarm topic of a blocked queue', () => {
    const stack = newStack();
    newPipeline(stack, { monitoring: { alarmTopic: new sns.Topic(stack, 'Topic') } });
    const [blocked] = rules(stack);
    expect(blocked.EventPattern).toEqual({ 'source': ['aws.batch'], 'detail-type': ['Batch Job Queue Blocked'], 'detail': { jobQueue: [QUEUE_ARN] } });
    expect(blocked.Targets[0]).toMatchObject({
      Arn: '<Topic>',
      InputTransformer: { InputTemplate: expect.stringMatching(/docs\/operating\.md#jobs-stuck"$/) },
    });
  });

  test.each(['onRunFailed', 'onRunSucceeded'] as const)('is refused for an Express workflow: %s', (method) => {
    const pipeline = newPipeline(newStack(), { workflowType: StateMachineType.EXPRESS });
    expect(() => pipeline[method]('Rule')).toThrow(new Error('there can be no rule "Rule" for an EXPRESS workflow, got workflowType EXPRESS: '
      + 'Step Functions sends no events of its runs; take sfn.StateMachineType.STANDARD, or read the execution log'));
  });
});

test.each<[string, (pipeline: ReturnType<typeof newPipeline>, options?: cloudwatch.MetricOptions) => cloudwatch.Metric, string, string]>([
  ['metricRunsStarted', (pipeline, options) => pipeline.metricRunsStarted(options), 'ExecutionsStarted', 'Sum'],
  ['metricRunsSucceeded', (pipeline, options) => pipeline.metricRunsSucceeded(options), 'ExecutionsSucceeded', 'Sum'],
  ['metricRunsFailed', (pipeline, options) => pipeline.metricRunsFailed(options), 'ExecutionsFailed', 'Sum'],
  ['metricRunsTimedOut', (pipeline, options) => pipeline.metricRunsTimedOut(options), 'ExecutionsTimedOut', 'Sum'],
  ['metricRunsDuration', (pipeline, options) => pipeline.metricRunsDuration(options), 'ExecutionTime', 'Average'],
  ['metricInvalidInputs', (pipeline, options) => pipeline.metricInvalidInputs(options), 'InvalidInputs', 'Sum'],
])('%s is a metric over five minutes, or as its options say', (_name, metric, metricName, statistic) => {
  const pipeline = newPipeline(newStack());
  expect(metric(pipeline)).toMatchObject({ metricName, statistic, period: Duration.minutes(5) });
  expect(metric(pipeline, { statistic: 'p99', period: Duration.hours(1) })).toMatchObject({ metricName, statistic: 'p99', period: Duration.hours(1) });
});
