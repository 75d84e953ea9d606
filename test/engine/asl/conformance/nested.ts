import { ConformanceCase, EVALUATION, expressionCause, Source, UNDEFINED, within } from '../support/conformance-case';
import { branch, machine, pass, single, task } from '../support/run-definition';

const VARIABLES = Source.GUIDE('Passing data between states with variables');
const MAP = Source.GUIDE('Using Map state in Inline mode in Step Functions workflows');
const CONTEXT = Source.GUIDE('Accessing execution data from the Context object in Step Functions');

export const variables: readonly ConformanceCase[] = [
  {
    name: 'a variable is read by later states',
    source: VARIABLES,
    definition: machine({ A: pass({ Assign: { x: '{% $states.input.a %}', y: { z: [1] } } }), B: pass(), C: pass({ Output: ['{% $x %}', '{% $y.z[0] %}'] }) }),
    input: { a: 'b' },
    output: ['b', 1],
  },
  {
    name: 'Assign and Output see the variables as they were before the state',
    source: Source.OBSERVED,
    definition: machine({
      A: pass({ Assign: { x: 1, y: 2 } }), B: pass({ Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% $x %}' }), C: pass({ Output: ['{% $states.input %}', '{% $x %}', '{% $y %}'] }),
    }),
    output: [1, 2, 1],
  },
  {
    name: 'a variable that the same state assigns is not there yet',
    source: Source.OBSERVED,
    definition: single(pass({ Assign: { x: 1, y: '{% $x %}' } })),
    error: EVALUATION,
    cause: expressionCause('$x', 'Assign/y', UNDEFINED),
  },
  {
    name: 'a variable of null is there',
    source: VARIABLES,
    definition: machine({ A: pass({ Assign: { x: null } }), B: pass({ Output: { v: '{% $x %}' } }) }),
    output: { v: null },
  },
  {
    name: 'a variable is counted up in a loop',
    source: VARIABLES,
    definition: machine({
      A: pass({ Assign: { n: 0 }, Next: 'B' }),
      B: pass({ Assign: { n: '{% $n + 1 %}' }, Next: 'C' }),
      C: { Type: 'Choice', Choices: [{ Condition: '{% $n < 5 %}', Next: 'B' }], Default: 'D' },
      D: pass({ Output: '{% $n %}' }),
    }),
    output: 5,
  },
  {
    name: 'inner scopes read outer variables, and keep their own',
    source: VARIABLES,
    definition: machine({
      A: pass({ Assign: { out: 10 } }),
      M: {
        Type: 'Map',
        Items: [1, 2, 3],
        ItemProcessor: branch({ I: pass({ Assign: { own: '{% $out + $states.input %}' } }), J: pass({ Output: '{% $own %}' }) }),
      },
    }),
    output: [11, 12, 13],
  },
  {
    name: 'an inner variable is not there outside',
    source: VARIABLES,
    definition: machine({
      M: { Type: 'Parallel', Branches: [branch({ I: pass({ Assign: { own: 1 } }) })] }, S: pass({ Output: '{% $own %}' }),
    }),
    error: EVALUATION,
    cause: expressionCause('$own', 'Output', UNDEFINED, 'S', 8),
  },
  {
    name: 'a Map\'s Assign has its result',
    source: VARIABLES,
    definition: machine({
      M: { Type: 'Map', Items: [1, 2], ItemProcessor: branch({ I: pass() }), Assign: { r: '{% $sum($states.result) %}' }, Output: 'o' },
      S: pass({ Output: ['{% $r %}', '{% $states.input %}'] }),
    }),
    output: [3, 'o'],
  },
];

export const contexts: readonly ConformanceCase[] = [
  {
    name: 'a Standard execution\'s context',
    source: Source.OBSERVED,
    definition: single(pass({ Output: '{% $merge([$states.context.Execution, {"StartTime": 0}]) %}' })),
    input: { a: 1 },
    output: {
      Id: 'arn:aws:states:us-east-1:000000000000:execution:machine:run-1',
      Input: { a: 1 },
      Name: 'run-1',
      RoleArn: 'arn:aws:iam::000000000000:role/machine',
      StartTime: 0,
      RedriveCount: 0,
    },
  },
  {
    name: 'an Express execution\'s has no RedriveCount',
    source: Source.OBSERVED,
    type: 'EXPRESS',
    definition: single(pass({ Output: '{% $keys($states.context.Execution) %}' })),
    output: ['Id', 'Input', 'Name', 'RoleArn', 'StartTime'],
  },
  {
    name: 'a Pass\' State has no RetryCount',
    source: Source.OBSERVED,
    definition: single(pass({ Output: ['{% $keys($states.context.State) %}', '{% $states.context.State.Name %}', '{% $states.context.StateMachine.Name %}'] })),
    output: [['Name', 'EnteredTime'], 'S', 'machine'],
  },
  {
    name: 'a Map\'s item is in the context of its states',
    source: CONTEXT,
    definition: single({
      Type: 'Map', Items: ['a', 'b'], ItemProcessor: branch({ I: pass({ Output: '{% $states.context.Map.Item %}' }) }),
    }),
    output: [{ Index: 0, Value: 'a' }, { Index: 1, Value: 'b' }],
  },
  {
    name: 'a Task that waits for its token has one',
    source: CONTEXT,
    definition: single({
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Arguments: { QueueUrl: 'q', MessageBody: '{% $states.context.Task.Token %}' },
      Output: '{% $states.result %}',
    }),
    tasks: { S: [{ gives: 1 }] },
    output: 1,
  },
];

const BRANCHES = [branch({ A: pass({ Output: 'a' }) }), branch({ B: pass({ Output: '{% $states.input %}' }) })];

export const parallels: readonly ConformanceCase[] = [
  {
    name: 'the branches\' outputs in their order',
    source: Source.GUIDE('Parallel workflow state'),
    definition: single({ Type: 'Parallel', Branches: [branch({ W: { Type: 'Wait', Seconds: 9 }, A: pass({ Output: 'a' }) }), BRANCHES[1]] }),
    input: 3,
    output: ['a', 3],
    seconds: 9,
  },
  {
    name: 'Arguments is each branch\'s input',
    source: Source.GUIDE('Parallel workflow state'),
    definition: single({ Type: 'Parallel', Branches: [...BRANCHES], Arguments: { x: '{% $states.input %}' }, Output: '{% $states.result[1].x %}' }),
    input: 4,
    output: 4,
  },
  {
    name: 'the events of one branch',
    source: Source.API('HistoryEvent'),
    definition: single({ Type: 'Parallel', Branches: [branch({ A: pass() })] }),
    output: [{}],
    events: ['ParallelStateEntered', 'ParallelStateStarted', 'PassStateEntered', 'PassStateExited', 'ParallelStateSucceeded', 'ParallelStateExited'],
  },
  {
    name: 'a branch\'s failure is the state\'s, and stops the others',
    source: Source.SPEC('Parallel State'),
    definition: single({ Type: 'Parallel', Branches: [branch({ W: { Type: 'Wait', Seconds: 900 } }), branch({ F: { Type: 'Fail', Error: 'E', Cause: 'c' } })] }),
    error: 'E',
    cause: 'c',
    seconds: 0,
    events: ['ParallelStateEntered', 'ParallelStateStarted', 'WaitStateEntered', 'FailStateEntered', 'WaitStateAborted', 'ParallelStateFailed'],
  },
  {
    name: 'a Task whose failure ends its branch is told as aborted',
    source: Source.MEASURED('floci-io/floci, its documentation of parallel branches'),
    definition: single({ Type: 'Parallel', Branches: [branch({ T: task() })] }),
    tasks: { T: [{ error: 'E', cause: 'c' }] },
    error: 'E',
    cause: 'c',
    events: ['ParallelStateEntered', 'ParallelStateStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskFailed', 'TaskStateAborted', 'ParallelStateFailed'],
  },
  {
    name: 'a Parallel can be retried and caught',
    source: Source.GUIDE('Handling errors in Step Functions workflows'),
    definition: machine({
      S: {
        Type: 'Parallel',
        Branches: [branch({ T: task() })],
        Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1, IntervalSeconds: 4 }],
        Catch: [{ ErrorEquals: ['E'], Next: 'C' }],
        Next: 'C',
      },
      C: pass(),
    }),
    tasks: { T: [{ error: 'E', cause: '1' }, { error: 'E', cause: '2' }] },
    output: { Error: 'E', Cause: '2' },
    seconds: 4,
  },
  {
    name: 'a Fail without error and cause in a branch, caught',
    source: Source.GUIDE('Handling errors in Step Functions workflows'),
    definition: machine({
      S: { Type: 'Parallel', Branches: [branch({ F: { Type: 'Fail' } })], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }], Next: 'C' }, C: pass({ Output: 'caught' }),
    }),
    output: 'caught',
  },
];

const map = (more: any, processor: any = branch({ I: pass() })) => ({ Type: 'Map', ItemProcessor: processor, ...more });
const ITEM = ['MapIterationStarted', 'PassStateEntered', 'PassStateExited', 'MapIterationSucceeded'];
const badItems = (value: unknown, found: string): ConformanceCase => ({
  name: `Items of type ${found}`,
  source: Source.OBSERVED,
  definition: single(map({ Items: '{% $states.input.v %}' })),
  input: { v: value },
  error: EVALUATION,
  cause: expressionCause('$states.input.v', 'Items', `returned an unexpected result type. Expected 'array', but was '${found}' for value: ${JSON.stringify(value)}`),
  events: ['MapStateEntered', 'EvaluationFailed', 'MapStateFailed'],
});

export const maps: readonly ConformanceCase[] = [
  { name: 'the input\'s items', source: MAP, definition: single(map({})), input: [1, 2], output: [1, 2] },
  {
    name: 'the items that Items gives, one after the other',
    source: MAP,
    definition: single(map({ Items: '{% $states.input.list %}', MaxConcurrency: 1 })),
    input: { list: ['a', 'b'] },
    output: ['a', 'b'],
    events: ['MapStateEntered', 'MapStateStarted', ...ITEM, ...ITEM, 'MapStateSucceeded', 'MapStateExited'],
  },
  { name: 'no items', source: MAP, definition: single(map({ Items: [] })), output: [], events: ['MapStateEntered', 'MapStateStarted', 'MapStateSucceeded', 'MapStateExited'] },
  {
    name: 'Items with expressions in it', source: MAP, definition: single(map({ Items: ['{% $states.input.a %}', { b: '{% 2 %}' }] })), input: { a: 1 }, output: [1, { b: 2 }],
  },
  {
    name: 'ItemSelector makes an iteration\'s input',
    source: MAP,
    definition: single(map({ Items: ['x'], ItemSelector: { i: '{% $states.context.Map.Item.Index %}', v: '{% $states.context.Map.Item.Value %}', of: '{% $states.input.n %}' } })),
    input: { n: 9 },
    output: [{ i: 0, v: 'x', of: 9 }],
  },
  {
    name: 'the results in the items\' order, whichever comes first',
    source: MAP,
    definition: single(map({ Items: [30, 20, 10] }, branch({ W: { Type: 'Wait', Seconds: '{% $states.input %}' } }))),
    output: [30, 20, 10],
    seconds: 30,
  },
  {
    name: 'MaxConcurrency limits how many there are at once',
    source: MAP,
    definition: single(map({ Items: [10, 10, 10, 10], MaxConcurrency: '{% 2 %}' }, branch({ W: { Type: 'Wait', Seconds: '{% $states.input %}' } }))),
    output: [10, 10, 10, 10],
    seconds: 20,
  },
  {
    name: 'an inline Map has 40 iterations at once at most',
    source: MAP,
    definition: single(map({ Items: '{% [1..41] %}', Output: 0 }, branch({ W: { Type: 'Wait', Seconds: 10 } }))),
    output: 0,
    seconds: 20,
  },
  {
    name: 'an input that is no array',
    source: Source.OBSERVED,
    definition: single(map({})),
    input: { foo: 'bar' },
    error: EVALUATION,
    cause: `${within('S', 2)}Map state input must be an array but was: {"foo":"bar"}`,
    events: ['MapStateEntered', 'EvaluationFailed', 'MapStateFailed'],
  },
  badItems({ a: 1 }, 'object'),
  badItems(null, 'null'),
  badItems(1, 'number'),
  badItems('x', 'string'),
  badItems(true, 'boolean'),
  {
    name: 'an iteration\'s failure is the Map\'s',
    source: Source.OBSERVED,
    definition: single(map({ Items: [1] }, branch({ F: { Type: 'Fail', Error: 'E', Cause: 'c' } }))),
    error: 'E',
    cause: 'c',
    events: ['MapStateEntered', 'MapStateStarted', 'MapIterationStarted', 'FailStateEntered', 'MapIterationFailed', 'MapStateFailed'],
  },
  {
    name: 'an iteration\'s evaluation failure is told by its state',
    source: Source.OBSERVED,
    definition: single(map({ Items: [1] }, branch({ I: pass({ Output: '{% $states.input.no %}' }) }))),
    error: EVALUATION,
    cause: expressionCause('$states.input.no', 'Output', UNDEFINED, 'I', 5),
    events: ['MapStateEntered', 'MapStateStarted', 'MapIterationStarted', 'PassStateEntered', 'EvaluationFailed', 'MapIterationFailed', 'MapStateFailed'],
  },
  {
    name: 'each retry of a Map begins anew',
    source: Source.OBSERVED,
    definition: single(map({ Items: [1], Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }] }, branch({ T: task() }))),
    tasks: { T: [{ error: 'E' }, { gives: 2 }] },
    output: [2],
    events: [
      'MapStateEntered', 'MapStateStarted', 'MapIterationStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskFailed',
      'MapIterationFailed', 'TaskStateAborted', 'MapStateStarted', 'MapIterationStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSucceeded',
      'TaskStateExited', 'MapIterationSucceeded', 'MapStateSucceeded', 'MapStateExited',
    ],
  },
  {
    name: 'the first failure stops the other iterations',
    source: Source.SPEC('Map State'),
    definition: single(map({ Items: [100, 2] }, branch({ W: { Type: 'Wait', Seconds: '{% $states.input %}' }, F: { Type: 'Fail', Error: 'E' } }))),
    error: 'E',
    seconds: 2,
    events: [
      'MapStateEntered', 'MapStateStarted', 'MapIterationStarted', 'MapIterationStarted', 'WaitStateEntered', 'WaitStateEntered', 'WaitStateExited',
      'FailStateEntered', 'MapIterationFailed', 'MapIterationAborted', 'WaitStateAborted', 'MapStateFailed',
    ],
  },
  {
    name: 'a Map in a Map',
    source: MAP,
    definition: single(map({}, branch({ M: map({}, branch({ I: pass({ Output: '{% $states.input * 2 %}' }) })) }))),
    input: [[1, 2], [3]],
    output: [[2, 4], [6]],
  },
  {
    name: 'a choice without a way out in a Map is not caught by States.ALL',
    source: Source.OBSERVED,
    definition: machine({
      S: map({ Items: [1], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }], Next: 'C' },
        branch({ H: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'I' }] }, I: pass() })),
      C: pass(),
    }),
    error: 'States.Runtime',
  },
];
