import { Answer, ConformanceCase, EVALUATION, expressionCause, Source, UNDEFINED, within } from '../support/conformance-case';
import { jsonata, machine, pass, single, task } from '../support/run-definition';

const WAIT = Source.GUIDE('Wait workflow state');
const CHOICE = Source.GUIDE('Choice workflow state');
const type = (field: string, text: string, expected: string, found: string, value: string, state = 'S') =>
  expressionCause(text, field, `returned an unexpected result type. Expected '${expected}', but was '${found}' for value: ${value}`, state);

export const passAndEnds: readonly ConformanceCase[] = [
  {
    name: 'a Pass gives its input',
    source: Source.SPEC('Pass State'),
    definition: single(pass()),
    input: { a: [1, 'é'] },
    output: { a: [1, 'é'] },
    events: ['PassStateEntered', 'PassStateExited'],
  },
  { name: 'an input that is no object', source: Source.SPEC('Data'), definition: single(pass()), input: 'text', output: 'text' },
  {
    name: 'each state gets the output of the one before',
    source: Source.SPEC('Transitions'),
    definition: machine({ A: pass({ Output: { a: '{% $states.input.x %}' } }), B: pass({ Output: { b: '{% $states.input.a %}' } }), C: { Type: 'Succeed' } }),
    input: { x: 1 },
    output: { b: 1 },
    events: ['PassStateEntered', 'PassStateExited', 'PassStateEntered', 'PassStateExited', 'SucceedStateEntered', 'SucceedStateExited'],
  },
  {
    name: 'a Succeed has an Output',
    source: Source.GUIDE('Succeed workflow state'),
    definition: single({ Type: 'Succeed', Output: '{% $states.input.a %}' }),
    input: { a: 2 },
    output: 2,
  },
  {
    name: 'a Fail with error and cause',
    source: Source.GUIDE('Fail workflow state'),
    definition: single({ Type: 'Fail', Error: 'Mine', Cause: 'it was so' }),
    error: 'Mine',
    cause: 'it was so',
    events: ['FailStateEntered'],
  },
  { name: 'a Fail without error and cause: no such keys', source: Source.OBSERVED, definition: single({ Type: 'Fail' }), status: 'FAILED' },
  { name: 'a Fail with an error alone', source: Source.OBSERVED, definition: single({ Type: 'Fail', Error: 'E' }), error: 'E' },
  { name: 'a Fail with a cause alone', source: Source.OBSERVED, definition: single({ Type: 'Fail', Cause: 'C' }), status: 'FAILED', cause: 'C' },
  {
    name: 'a Fail with expressions',
    source: Source.GUIDE('Fail workflow state'),
    definition: single({ Type: 'Fail', Error: jsonata('$states.input.e'), Cause: jsonata('"of " & $string($states.input.n)') }),
    input: { e: 'X.Y', n: 3 },
    error: 'X.Y',
    cause: 'of 3',
  },
  {
    name: 'a Fail whose error is no text',
    source: Source.OBSERVED,
    definition: single({ Type: 'Fail', Error: jsonata('$states.input.n') }),
    input: { n: 3 },
    error: EVALUATION,
    cause: type('Error', '$states.input.n', 'string', 'number', '3'),
    events: ['FailStateEntered', 'EvaluationFailed'],
  },
];

const choice = (rules: readonly any[], more: any = {}) => machine({
  S: { Type: 'Choice', Choices: rules, ...more }, A: pass({ End: true, Output: 'A' }), B: pass({ End: true, Output: '{% $states.input %}' }), C: pass(),
});
const to = (Condition: unknown, Next: string, more: any = {}) => ({ Condition, Next, ...more });
const targets = (text: string) => [to(text, 'A'), to('{% false %}', 'B'), to('{% false %}', 'C')];

export const choices: readonly ConformanceCase[] = [
  {
    name: 'the first rule that is true is taken',
    source: CHOICE,
    definition: choice([to('{% $states.input.n > 2 %}', 'A'), to('{% $states.input.n > 1 %}', 'B'), to('{% $states.input.no %}', 'C')]),
    input: { n: 2 },
    output: { n: 2 },
    events: ['ChoiceStateEntered', 'ChoiceStateExited', 'PassStateEntered', 'PassStateExited'],
  },
  {
    name: 'else the default',
    source: CHOICE,
    definition: choice([to('{% false %}', 'A'), to('{% false %}', 'C')], { Default: 'B', Output: { o: 1 } }),
    output: { o: 1 },
  },
  {
    name: 'a rule has an Output and an Assign of its own',
    source: CHOICE,
    definition: machine({
      S: { Type: 'Choice', Choices: [to('{% true %}', 'B', { Output: { o: '{% $states.input.n %}' }, Assign: { v: 5 } })], Default: 'B', Assign: { v: 6 } },
      B: pass({ Output: [jsonata('$v'), jsonata('$states.input.o')] }),
    }),
    input: { n: 7 },
    output: [5, 7],
  },
  {
    name: 'the state\'s Assign is for the default',
    source: CHOICE,
    definition: machine({
      S: { Type: 'Choice', Choices: [to('{% false %}', 'B', { Assign: { v: 5 } })], Default: 'B', Assign: { v: 6 } }, B: pass({ Output: '{% $v %}' }),
    }),
    output: 6,
  },
  {
    name: 'no rule and no default',
    source: Source.MEASURED('floci-io/floci, its documentation of causes'),
    definition: choice([...targets('{% false %}')]),
    error: 'States.Runtime',
    cause: `${within('S', 2)}Failed to transition out of the state. The state does not point to a next state.`,
    events: ['ChoiceStateEntered'],
  },
  {
    name: 'a condition that is no boolean',
    source: Source.OBSERVED,
    definition: choice(targets('{% $states.input.n %}')),
    input: { n: 'yes' },
    error: EVALUATION,
    cause: type('Choices[0]/Condition', '$states.input.n', 'boolean', 'string', '"yes"'),
  },
  {
    name: 'a condition that gives nothing',
    source: Source.MEASURED('floci-io/floci issue 2665'),
    definition: choice([to('{% false %}', 'B'), to('{% $states.input.no %}', 'A'), to('{% false %}', 'C')]),
    error: EVALUATION,
    cause: expressionCause('$states.input.no', 'Choices[1]/Condition', UNDEFINED),
  },
  {
    name: 'a rule\'s Output is told with its number',
    source: Source.MEASURED('floci-io/floci pull request 2689'),
    definition: machine({ S: { Type: 'Choice', Choices: [to('{% true %}', 'B', { Output: { v: '{% $states.input.no %}' } })] }, B: pass() }),
    error: EVALUATION,
    cause: expressionCause('$states.input.no', 'Choices[0]/Output/v', UNDEFINED),
  },
];

const waiting = (more: any, input: unknown, expected: Partial<ConformanceCase>): ConformanceCase =>
  ({ name: `waits ${JSON.stringify(more)} ${JSON.stringify(input)}`, source: WAIT, definition: single({ Type: 'Wait', ...more }), input, ...expected });
const badTimestamp = (value: string): ConformanceCase => waiting({ Timestamp: '{% $states.input.t %}' }, { t: value }, {
  source: Source.OBSERVED,
  error: EVALUATION,
  cause: `${within('S', 2)}The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${value}`,
  events: ['WaitStateEntered', 'EvaluationFailed'],
});

export const waits: readonly ConformanceCase[] = [
  waiting({ Seconds: 0 }, 1, { output: 1, seconds: 0, events: ['WaitStateEntered', 'WaitStateExited'] }),
  waiting({ Seconds: 90 }, { a: 1 }, { output: { a: 1 }, seconds: 90 }),
  waiting({ Seconds: '{% $states.input.s * 60 %}' }, { s: 2 }, { output: { s: 2 }, seconds: 120 }),
  waiting({ Seconds: 31536000 }, {}, { output: {}, seconds: 31536000 }),
  waiting({ Timestamp: '2016-03-14T01:59:00Z' }, {}, { output: {}, seconds: 0 }),
  waiting({ Timestamp: '{% $fromMillis($millis() + 3600000) %}', Output: 'later' }, {}, { output: 'later', seconds: 3600 }),
  ...['2016-03-14T01:59:00Z', '2024-12-05T21:29:29.243167252Z', '2023-11-24T08:38:00.000Z', '2024-03-22T20:26:00+00:00', '2024-02-29T00:00:00-08:00', '2024-01-01T10:00Z']
    .map((t) => waiting({ Timestamp: '{% $states.input.t %}' }, { t }, { output: { t }, seconds: 0 })),
  ...['2016-03-14', '2016-03-14 01:59:00Z', '2016-03-14T01:59:00', '2016-02-30T01:59:00Z', '2016-13-14T01:59:00Z', '2016-03-14T25:59:00Z', '', 'tomorrow']
    .map(badTimestamp),
  waiting({ Timestamp: '{% $states.input.t %}' }, { t: 5 }, { error: EVALUATION, cause: type('Timestamp', '$states.input.t', 'string', 'number', '5') }),
  waiting({ Seconds: '{% $states.input.s %}' }, { s: 'x' }, { error: EVALUATION, cause: type('Seconds', '$states.input.s', 'number', 'string', '"x"') }),
  waiting({ Seconds: '{% $states.input.s %}' }, { s: -1 }, { error: EVALUATION }),
];

const tried = (answers: readonly Answer[], more: any, expected: Partial<ConformanceCase>): ConformanceCase =>
  ({ name: '', source: '', definition: single(task(more)), tasks: { S: answers }, ...expected });
const fails = (error: string, cause?: string): Answer => ({ error, cause });
const retry = (errors: readonly string[], more: any = {}) => ({ ErrorEquals: errors, ...more });
const ERRORS = Source.GUIDE('Handling errors in Step Functions workflows');
const STARTED = ['TaskScheduled', 'TaskStarted'];

export const tasks: readonly ConformanceCase[] = [
  {
    ...tried([{ gives: { Payload: 7, StatusCode: 200 } }], { Output: '{% $states.result.Payload %}', Assign: { status: '{% $states.result.StatusCode %}' } }, {}),
    name: 'a result goes through Output and Assign',
    source: Source.GUIDE('Task workflow state'),
    output: 7,
    events: ['TaskStateEntered', ...STARTED, 'TaskSucceeded', 'TaskStateExited'],
  },
  { ...tried([{ gives: { a: 1 } }], {}, { output: { a: 1 } }), name: 'a result is the output', source: Source.GUIDE('Task workflow state') },
  { ...tried([{ gives: null }], {}, { output: null }), name: 'a result of null', source: Source.GUIDE('Task workflow state') },
  {
    ...tried([fails('Lambda.X', 'why')], {}, { error: 'Lambda.X', cause: 'why' }),
    name: 'a failure that nothing catches',
    source: ERRORS,
    events: ['TaskStateEntered', ...STARTED, 'TaskFailed'],
  },
  {
    ...tried([fails('X'), fails('X'), { gives: 1 }], { Retry: [retry(['X'])] }, { output: 1, seconds: 3 }),
    name: 'a retrier\'s defaults: after 1 second, twice as long each time',
    source: ERRORS,
    events: ['TaskStateEntered', ...STARTED, 'TaskFailed', ...STARTED, 'TaskFailed', ...STARTED, 'TaskSucceeded', 'TaskStateExited'],
  },
  {
    ...tried([fails('X'), fails('X'), fails('X'), fails('X', 'last')], { Retry: [retry(['X'])] }, { error: 'X', cause: 'last', seconds: 7 }),
    name: 'three retries where MaxAttempts is not given',
    source: ERRORS,
  },
  {
    ...tried([fails('X')], { Retry: [retry(['X'], { MaxAttempts: 0 }), retry(['States.ALL'])] }, { error: 'X', seconds: 0 }),
    name: 'MaxAttempts 0: no retry, also not by a later retrier',
    source: ERRORS,
  },
  {
    ...tried([fails('X'), fails('X'), fails('X'), { gives: 1 }], {
      Retry: [retry(['X'], { IntervalSeconds: 2, BackoffRate: 10, MaxDelaySeconds: 30, MaxAttempts: 5 })],
    }, { output: 1, seconds: 2 + 20 + 30 }),
    name: 'MaxDelaySeconds limits what the rate makes',
    source: ERRORS,
  },
  {
    ...tried([fails('A'), fails('B'), fails('A'), fails('B'), { gives: 1 }], {
      Retry: [retry(['A'], { MaxAttempts: 2, BackoffRate: 1, IntervalSeconds: 5 }), retry(['B'], { MaxAttempts: 2, BackoffRate: 3 })],
    }, { output: 1, seconds: 5 + 1 + 5 + 3 }),
    name: 'each retrier counts for itself',
    source: Source.SPEC('Complex retry scenarios'),
  },
  {
    ...tried([fails('A'), { gives: 1 }], { Retry: [retry(['States.TaskFailed'])] }, { output: 1 }),
    name: 'States.TaskFailed stands for a service\'s errors',
    source: ERRORS,
  },
  {
    ...tried([fails('States.Timeout')], { Retry: [retry(['States.TaskFailed'])] }, { error: 'States.Timeout', seconds: 0 }),
    name: 'States.TaskFailed does not stand for States.Timeout',
    source: ERRORS,
  },
  {
    ...tried([fails('States.Runtime', 'x')], {
      Retry: [retry(['States.ALL'])], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S' }],
    }, { error: 'States.Runtime', cause: 'x', seconds: 0 }),
    name: 'States.ALL does not stand for States.Runtime',
    source: Source.OBSERVED,
  },
  {
    name: 'RetryCount tells the tries',
    source: Source.GUIDE('Accessing execution data from the Context object in Step Functions'),
    definition: single(task({ Retry: [retry(['X'])], Output: '{% $states.context.State.RetryCount %}' })),
    tasks: { S: [fails('X'), fails('X'), { gives: 1 }] },
    output: 2,
  },
  {
    name: 'a catcher\'s Next gets the error output',
    source: ERRORS,
    definition: machine({ S: task({ Catch: [{ ErrorEquals: ['X'], Next: 'C' }], Next: 'C' }), C: pass() }),
    tasks: { S: [fails('X', 'why')] },
    output: { Error: 'X', Cause: 'why' },
    events: ['TaskStateEntered', ...STARTED, 'TaskFailed', 'TaskStateExited', 'PassStateEntered', 'PassStateExited'],
  },
  {
    name: 'a catcher has an Output and an Assign of its own',
    source: ERRORS,
    definition: machine({
      S: task({
        Output: 'not this',
        Catch: [
          { ErrorEquals: ['Y'], Next: 'C' },
          { ErrorEquals: ['States.ALL'], Next: 'C', Output: { e: '{% $states.errorOutput.Error %}', i: '{% $states.input %}' }, Assign: { w: '{% $states.errorOutput.Cause %}' } },
        ],
        Next: 'C',
      }),
      C: pass({ Output: ['{% $states.input %}', '{% $w %}'] }),
    }),
    input: 4,
    tasks: { S: [fails('X', 'why')] },
    output: [{ e: 'X', i: 4 }, 'why'],
  },
  {
    name: 'a retry comes before a catch',
    source: ERRORS,
    definition: machine({ S: task({ Retry: [retry(['X'], { MaxAttempts: 1 })], Catch: [{ ErrorEquals: ['X'], Next: 'C' }], Next: 'C' }), C: pass() }),
    tasks: { S: [fails('X', '1'), fails('X', '2')] },
    output: { Error: 'X', Cause: '2' },
  },
  {
    name: 'a catcher\'s Output that gives nothing is told with its number',
    source: Source.MEASURED('floci-io/floci pull request 2689'),
    definition: machine({ S: task({ Catch: [{ ErrorEquals: ['X'], Next: 'C', Output: { v: '{% $states.input.no %}' } }], Next: 'C' }), C: pass() }),
    tasks: { S: [fails('X')] },
    error: EVALUATION,
    cause: expressionCause('$states.input.no', 'Catch[0]/Output/v', UNDEFINED),
  },
  {
    name: 'an evaluation\'s failure can be caught',
    source: Source.MEASURED('floci-io/floci issue 2737'),
    definition: machine({
      S: task({ Arguments: '{% $states.input.no %}', Catch: [{ ErrorEquals: [EVALUATION], Next: 'C', Output: '{% $states.errorOutput.Error %}' }], Next: 'C' }), C: pass(),
    }),
    tasks: { S: [] },
    output: EVALUATION,
    events: ['TaskStateEntered', 'EvaluationFailed', 'TaskStateExited', 'PassStateEntered', 'PassStateExited'],
  },
  {
    ...tried([{ hangs: true }], { TimeoutSeconds: 20 }, { error: 'States.Timeout', seconds: 20 }),
    name: 'a timeout has no cause',
    source: Source.MEASURED('floci-io/floci issue 2733'),
    events: ['TaskStateEntered', ...STARTED, 'TaskTimedOut'],
  },
  {
    name: 'a caught timeout\'s cause is empty',
    source: Source.OBSERVED,
    definition: machine({ S: task({ TimeoutSeconds: '{% $states.input.t %}', Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'C' }], Next: 'C' }), C: pass() }),
    input: { t: 3 },
    tasks: { S: [{ hangs: true }] },
    output: { Error: 'States.Timeout', Cause: '' },
    seconds: 3,
  },
  {
    ...tried([{ hangs: true }, { hangs: true }, { gives: 1 }], { TimeoutSeconds: 10, Retry: [retry(['States.Timeout'], { BackoffRate: 1 })] }, { output: 1, seconds: 22 }),
    name: 'each try has its time',
    source: ERRORS,
  },
  {
    name: 'a heartbeat that does not come is known by both names',
    source: ERRORS,
    definition: machine({
      S: task({ TimeoutSeconds: 20, HeartbeatSeconds: 5, Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'C' }], Next: 'C' }), C: pass(),
    }),
    tasks: { S: [{ hangs: true }] },
    output: { Error: 'States.Timeout', Cause: '' },
    seconds: 5,
  },
  ...(['States.Timeout', 'States.HeartbeatTimeout'] as const).map((caught): ConformanceCase => ({
    name: `a service's heartbeat timeout is caught by ${caught}, and no task failure`,
    source: ERRORS,
    definition: machine({
      S: task({ Retry: [retry(['States.TaskFailed'])], Catch: [{ ErrorEquals: [caught], Next: 'C' }], Next: 'C' }), C: pass(),
    }),
    tasks: { S: [fails('States.HeartbeatTimeout')] },
    output: { Error: 'States.HeartbeatTimeout', Cause: '' },
    events: ['TaskStateEntered', ...STARTED, 'TaskTimedOut', 'TaskStateExited', 'PassStateEntered', 'PassStateExited'],
  })),
  {
    name: 'a result of more than 256 KiB, caught by States.ALL',
    source: Source.OBSERVED,
    definition: machine({
      S: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }], Next: 'C' }), C: pass(),
    }),
    tasks: { S: [{ gives: 'x'.repeat(262_143) }] },
    output: {
      Error: 'States.DataLimitExceeded', Cause: "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    },
  },
  { ...tried([{ gives: 'x'.repeat(262_142) }], { Output: 1 }, { output: 1 }), name: 'a result of 256 KiB', source: Source.GUIDE('Service quotas') },
  {
    name: 'an output of more than 256 KiB',
    source: Source.GUIDE('Service quotas'),
    definition: single(pass({ Output: '{% $pad("", 262143, "é") %}' })),
    error: 'States.DataLimitExceeded',
    cause: "The state/task 'S' returned a result with a size exceeding the maximum number of bytes service limit.",
  },
  ...[40, 39].map((count): ConformanceCase => ({
    name: `variables of ${count} times 256 KiB in all`,
    source: Source.GUIDE('Passing data between states with variables'),
    definition: machine(Object.fromEntries([...Array.from({ length: count }, (_, index) =>
      [`S${index}`, pass({ Assign: { [`v${index}`]: '{% $pad("", 262132, "x") %}' } })]), ['Last', pass({ Assign: { last: '{% $pad("", 30000, "x") %}' }, Output: 1 })]])),
    ...count === 39 ? { output: 1 } : {
      error: 'States.DataLimitExceeded',
      cause: "The state/task 'Last' returned a result with a size exceeding the maximum number of bytes service limit.",
    },
  })),
  {
    name: 'a Lambda function by its ARN has events of its own',
    source: Source.API('HistoryEvent'),
    definition: single({ Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:000000000000:function:f' }),
    tasks: { S: [{ gives: 2 }] },
    output: 2,
    events: ['TaskStateEntered', 'LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionSucceeded', 'TaskStateExited'],
  },
  {
    name: 'a task without an integration fails by its name',
    source: 'this engine: nothing is half done',
    definition: single(task()),
    error: 'States.Runtime',
    cause: `${within('S', 2)}arn:aws:states:::lambda:invoke is not supported by the local engine`,
  },
  {
    name: 'Arguments are evaluated before it is asked who takes them',
    source: Source.RECORDED('Arguments of a variable that there is not'),
    definition: single(task({ Arguments: '{% $nowhere %}' })),
    error: EVALUATION,
    cause: expressionCause('$nowhere', 'Arguments', UNDEFINED),
    events: ['TaskStateEntered < 0', 'EvaluationFailed < 0'],
  },
];
