import { readFileSync } from 'node:fs';
import { SmallAccount } from './support/small-account';
import { runJob, TOPIC_ARN } from './support/small-assembly';
import { eventPattern, PatternError } from '../../../engine/events/event-pattern';
import { loadRules } from '../../../engine/events/rules';

describe('event patterns', () => {
  const EVENT = { source: 'aws.states', detail: { status: 'FAILED', name: 'Run-1', count: 5, list: ['a', 'b'], nothing: null } };
  // Amazon EventBridge user guide, "Comparison operators for use in event patterns".
  test.each<[object, boolean]>([
    [{ source: ['aws.states'] }, true],
    [{ source: ['aws.batch', 'aws.states'] }, true],
    [{ source: ['aws.batch'] }, false],
    [{ source: ['aws.states'], detail: { status: ['FAILED'] } }, true],
    [{ source: ['aws.states'], detail: { status: ['SUCCEEDED'] } }, false],
    [{ detail: { list: ['b'] } }, true],
    [{ detail: { nothing: [null] } }, true],
    [{ detail: { absent: [null] } }, false],
    [{ detail: { absent: { deeper: ['x'] } } }, false],
    [{ detail: { name: [{ prefix: 'Run-' }] } }, true],
    [{ detail: { name: [{ prefix: 'run-' }] } }, false],
    [{ detail: { name: [{ prefix: { 'equals-ignore-case': 'run-' } }] } }, true],
    [{ detail: { name: [{ suffix: '-1' }] } }, true],
    [{ detail: { name: [{ 'equals-ignore-case': 'RUN-1' }] } }, true],
    [{ detail: { name: [{ wildcard: 'R*-1' }] } }, true],
    [{ detail: { name: [{ wildcard: 'R\\*-1' }] } }, false],
    [{ detail: { name: [{ wildcard: 'R.n-1' }] } }, false],
    [{ detail: { status: [{ 'anything-but': 'SUCCEEDED' }] } }, true],
    [{ detail: { status: [{ 'anything-but': ['SUCCEEDED', 'FAILED'] }] } }, false],
    [{ detail: { name: [{ 'anything-but': { prefix: 'Run' } }] } }, false],
    [{ detail: { absent: [{ 'anything-but': 'x' }] } }, false],
    [{ detail: { absent: [{ exists: false }] } }, true],
    [{ detail: { name: [{ exists: true }] } }, true],
    [{ detail: { count: [{ numeric: ['>', 0, '<=', 5] }] } }, true],
    [{ detail: { count: [{ numeric: ['=', 6] }] } }, false],
    [{ $or: [{ source: ['aws.batch'] }, { detail: { count: [5] } }] }, true],
    [{ source: ['aws.states'], $or: [{ detail: { count: [6] } }, { detail: { count: [7] } }] }, false],
  ])('%j: %s', (pattern, matches) => {
    expect(eventPattern(pattern as never)(EVENT)).toBe(matches);
  });

  test.each<[object, RegExp]>([
    [{ detail: { address: [{ cidr: '10.0.0.0/8' }] } }, /detail\.address: the operator cidr of an event pattern is not supported/],
    [{ source: 'aws.states' }, /source must be a list or an object/],
    [{ detail: { n: [{ numeric: ['~', 1] }] } }, /numeric \["~",1\] is not supported/],
  ])('%j is refused by name', (pattern, told) => {
    expect(() => eventPattern(pattern as never)).toThrow(PatternError);
    expect(() => eventPattern(pattern as never)).toThrow(told);
  });
});

describe('rules', () => {
  const rule = (properties: object) => [{ logicalId: 'Rule', type: 'AWS::Events::Rule', ref: 'Rule', arn: 'arn:aws:events:us-east-1:1:rule/Rule', properties }];
  const event = {
    'version': '0', 'id': '1', 'detail-type': 'T', 'source': 's', 'account': '1', 'time': '2026-01-01T00:00:00Z', 'region': 'r', 'resources': ['x'], 'detail': { name: 'a "b"', n: 1, o: { p: 2 } },
  } as const;
  const messageOf = (target: object) => loadRules(rule({ EventPattern: { source: ['s'] }, Targets: [{ Arn: TOPIC_ARN, ...target }] })).rules[0].targets[0].message(event);

  test('what a target makes of the event', () => {
    expect(JSON.parse(messageOf({}))).toEqual(event);
    expect(messageOf({ Input: '"always"' })).toBe('"always"');
    expect(messageOf({ InputPath: '$.detail.o' })).toBe('{"p":2}');
    const InputPathsMap = { name: '$.detail.name', n: '$.detail.n', first: '$.resources[0]', none: '$.detail.none' };
    expect(messageOf({ InputTransformer: { InputPathsMap, InputTemplate: '"<name> is <n> of <first><none>"' } })).toBe('a "b" is 1 of x');
    expect(JSON.parse(messageOf({ InputTransformer: { InputPathsMap, InputTemplate: '{"n": <n>, "event": <aws.events.event.json>}' } }))).toEqual({ n: 1, event });
  });

  test.each<[string, object, RegExp]>([
    ['a schedule', { ScheduleExpression: 'rate(1 hour)', Targets: [{ Arn: TOPIC_ARN }] }, /^Rule: a rule with a schedule is not supported/],
    ['a path', { EventPattern: {}, Targets: [{ Arn: TOPIC_ARN, InputPath: '$..x' }] }, /^Rule: the path \$\.\.x is not supported/],
    ['a variable', { EventPattern: {}, Targets: [{ Arn: TOPIC_ARN, InputTransformer: { InputTemplate: '<aws.events.rule-arn>' } }] }, /aws\.events\.rule-arn/],
  ])('%s is refused by name', (_what, properties, told) => {
    expect(loadRules(rule(properties)).problems).toEqual([expect.stringMatching(told)]);
  });

  test('a rule for others than topics, or one that is disabled, has no part', () => {
    expect(loadRules(rule({ ScheduleExpression: 'rate(1 hour)', Targets: [{ Arn: 'arn:aws:lambda:us-east-1:1:function:f' }] }))).toEqual({ rules: [], problems: [] });
    expect(loadRules(rule({ State: 'DISABLED', EventPattern: {}, Targets: [{ Arn: TOPIC_ARN }] }))).toEqual({ rules: [], problems: [] });
  });
});

test('what happens to executions and jobs is written to a file, as the topic would get it', async () => {
  const toTopic = (EventPattern: object, more: object = {}) => ({ Type: 'AWS::Events::Rule', Properties: { EventPattern, Targets: [{ Id: 'T', Arn: { Ref: 'Topic' }, ...more }] } });
  const aws = await SmallAccount.start({ Runs: { definition: { StartAt: 'Run', States: { Run: runJob(['fail', 'now']) } } } }, {
    OnFailed: toTopic({ 'source': ['aws.states'], 'detail-type': ['Step Functions Execution Status Change'], 'detail': { status: ['FAILED', 'TIMED_OUT'] } }),
    OnJobStatus: toTopic({ source: ['aws.batch'] }, { InputPath: '$.detail.status' }),
    OnJob: toTopic({ source: ['aws.batch'], detail: { status: ['FAILED'] } }, {
      InputTransformer: { InputPathsMap: { job: '$.detail.jobName', code: '$.detail.container.exitCode' }, InputTemplate: '"<job> ended with <code>"' },
    }),
    OnSuccess: toTopic({ source: ['aws.states'], detail: { status: ['SUCCEEDED'] } }),
  });
  try {
    const executionArn = await aws.start('Runs', 'told', { a: 1 });
    const { cause } = await aws.ended(executionArn);
    const all = readFileSync(aws.notifications, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
    const lines = all.filter(({ ruleArn }) => !ruleArn.endsWith('OnJobStatus'));
    expect(all.filter((line) => !lines.includes(line)).map(({ message }) => message)).toEqual(['"SUBMITTED"', '"RUNNABLE"', '"STARTING"', '"RUNNING"', '"FAILED"']);
    expect(lines.map(({ ruleArn, topicArn }) => [ruleArn.split('/').at(-1), topicArn])).toEqual([['Small-OnJob', TOPIC_ARN], ['Small-OnFailed', TOPIC_ARN]]);
    expect(lines[0].message).toBe('job-told ended with 3');
    expect(JSON.parse(lines[1].message)).toMatchObject({
      'source': 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      'resources': [executionArn],
      'detail': { executionArn, name: 'told', status: 'FAILED', input: '{"a":1}', output: null, error: 'States.TaskFailed', cause, stopDate: expect.any(Number) },
    });
  } finally {
    await aws.stop();
  }
}, 600_000);
