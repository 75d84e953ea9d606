import { ConformanceCase, EVALUATION, expressionCause, Source, UNDEFINED, within } from '../support/conformance-case';
import { branch, machine, pass, single, task } from '../support/run-definition';

const FAIL = { Type: 'Fail', Error: 'Broken', Cause: 'by a stone' };
const inline = (states: any, more: any = {}) => ({ Type: 'Map', Items: [10, 20], MaxConcurrency: 1, ItemProcessor: branch(states), ...more });
const distributed = (more: any = {}) => ({
  Type: 'Map', Items: [1], ItemProcessor: { ...branch({ I: pass() }), ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } }, ...more,
});
const CAUGHT = { Error: 'Broken', Cause: 'by a stone' };
const caught = (state: any) => machine({ S: { ...state, Catch: [{ ErrorEquals: ['Broken'], Next: 'C' }], Next: 'C' }, C: pass() });
const retried = (state: any) => single({ ...state, Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }] });

/** Which event each event comes after. */
const lines: readonly ConformanceCase[] = [
  {
    name: 'an iteration comes after what the one before it did last; the Map\'s success and its exit after the last one\'s success',
    source: Source.RECORDED('Map, previousEventId'),
    definition: single(inline({ I: pass() })),
    output: [10, 20],
    events: [
      'MapStateEntered < 0', 'MapStateStarted < 2', 'MapIterationStarted < 3', 'PassStateEntered < 4', 'PassStateExited < 5', 'MapIterationSucceeded < 6',
      'MapIterationStarted < 6', 'PassStateEntered < 8', 'PassStateExited < 9', 'MapIterationSucceeded < 10', 'MapStateSucceeded < 11', 'MapStateExited < 11',
    ],
  },
  {
    name: 'a Map of nothing exits after its start',
    source: Source.RECORDED('Map of an empty array'),
    definition: single(inline({ I: pass() }, { Items: [] })),
    output: [],
    events: ['MapStateEntered < 0', 'MapStateStarted < 2', 'MapStateSucceeded < 3', 'MapStateExited < 3'],
  },
  {
    name: 'an outer iteration ends after the inner Map\'s exit',
    source: Source.RECORDED('Map in a Map'),
    definition: single(inline({ M: inline({ I: pass() }, { Items: [1] }) }, { Items: [1] })),
    output: [[1]],
    events: [
      'MapStateEntered < 0', 'MapStateStarted < 2', 'MapIterationStarted < 3', 'MapStateEntered < 4', 'MapStateStarted < 5', 'MapIterationStarted < 6',
      'PassStateEntered < 7', 'PassStateExited < 8', 'MapIterationSucceeded < 9', 'MapStateSucceeded < 10', 'MapStateExited < 10',
      'MapIterationSucceeded < 12', 'MapStateSucceeded < 13', 'MapStateExited < 13',
    ],
  },
  {
    name: 'a Parallel exits after what its branches did last',
    source: Source.RECORDED('Parallel, previousEventId'),
    definition: single({ Type: 'Parallel', Branches: [branch({ A: pass() })] }),
    output: [{}],
    events: [
      'ParallelStateEntered < 0', 'ParallelStateStarted < 2', 'PassStateEntered < 3', 'PassStateExited < 4', 'ParallelStateSucceeded < 5', 'ParallelStateExited < 5',
    ],
  },
  {
    name: 'a distributed Map exits after its run\'s start',
    source: Source.RECORDED('Map in distributed mode, previousEventId'),
    definition: single(distributed()),
    output: [1],
    events: [
      'MapStateEntered < 0', 'MapStateStarted < 2', 'MapRunStarted < 3', 'MapRunSucceeded < 4', 'MapStateSucceeded < 5', 'MapStateExited < 4',
    ],
  },
  {
    name: 'a task\'s retry comes after its failure',
    source: Source.RECORDED('Task with Retry and Catch'),
    definition: caught(task({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] })),
    tasks: { S: [{ error: 'Broken', cause: 'once' }, { error: 'Broken', cause: 'by a stone' }] },
    output: CAUGHT,
    events: [
      'TaskStateEntered < 0', 'TaskScheduled < 2', 'TaskStarted < 3', 'TaskFailed < 4', 'TaskScheduled < 5', 'TaskStarted < 6', 'TaskFailed < 7',
      'TaskStateExited < 8', 'PassStateEntered < 9', 'PassStateExited < 10',
    ],
  },
];

/** What a failure within a Map or a Parallel leaves. */
const failures: readonly ConformanceCase[] = [
  {
    name: 'a Map fails after what failed in it',
    source: Source.RECORDED('Map with an iteration that fails'),
    definition: single(inline({ F: FAIL })),
    error: 'Broken',
    cause: 'by a stone',
    events: ['MapStateEntered < 0', 'MapStateStarted < 2', 'MapIterationStarted < 3', 'FailStateEntered < 4', 'MapIterationFailed < 5', 'MapStateFailed < 5'],
  },
  {
    name: 'a Map that is tried again does not fail before, and starts after what failed in it',
    source: Source.RECORDED('Map with Retry'),
    definition: retried(inline({ F: FAIL }, { Items: [1] })),
    error: 'Broken',
    cause: 'by a stone',
    events: [
      'MapStateEntered < 0', 'MapStateStarted < 2', 'MapIterationStarted < 3', 'FailStateEntered < 4', 'MapIterationFailed < 5',
      'MapStateStarted < 5', 'MapIterationStarted < 7', 'FailStateEntered < 8', 'MapIterationFailed < 9', 'MapStateFailed < 9',
    ],
  },
  {
    name: 'a Map whose failure is caught exits after it',
    source: Source.RECORDED('Map with Catch'),
    definition: caught(inline({ F: FAIL })),
    output: CAUGHT,
    events: [
      'MapStateEntered < 0', 'MapStateStarted < 2', 'MapIterationStarted < 3', 'FailStateEntered < 4', 'MapIterationFailed < 5', 'MapStateFailed < 5',
      'MapStateExited < 7', 'PassStateEntered < 8', 'PassStateExited < 9',
    ],
  },
  {
    name: 'a Parallel that is tried again does not fail before',
    source: Source.RECORDED('Parallel with Retry'),
    definition: retried({ Type: 'Parallel', Branches: [branch({ F: FAIL })] }),
    error: 'Broken',
    cause: 'by a stone',
    events: [
      'ParallelStateEntered < 0', 'ParallelStateStarted < 2', 'FailStateEntered < 3', 'ParallelStateStarted < 4', 'FailStateEntered < 5', 'ParallelStateFailed < 6',
    ],
  },
  {
    name: 'a Parallel whose failure is caught exits after it',
    source: Source.RECORDED('Parallel with Catch'),
    definition: caught({ Type: 'Parallel', Branches: [branch({ F: FAIL })] }),
    output: CAUGHT,
    events: [
      'ParallelStateEntered < 0', 'ParallelStateStarted < 2', 'FailStateEntered < 3', 'ParallelStateFailed < 4', 'ParallelStateExited < 5',
      'PassStateEntered < 6', 'PassStateExited < 7',
    ],
  },
  {
    name: 'a task that fails in a branch is aborted as well, after its failure',
    source: Source.RECORDED('a task that fails in a Parallel'),
    definition: single({ Type: 'Parallel', Branches: [branch({ T: task() })] }),
    tasks: { T: [{ error: 'Broken', cause: 'by a stone' }] },
    error: 'Broken',
    cause: 'by a stone',
    events: [
      'ParallelStateEntered < 0', 'ParallelStateStarted < 2', 'TaskStateEntered < 3', 'TaskScheduled < 4', 'TaskStarted < 5', 'TaskFailed < 6',
      'TaskStateAborted < 7', 'ParallelStateFailed < 7',
    ],
  },
  {
    name: 'tasks side by side are entered and scheduled one by one, then started; what a failure stops is told after it: each iteration, then its state',
    source: Source.RECORDED('a time-out in a Map of several tasks'),
    definition: single(inline({ T: task({ TimeoutSeconds: '{% $states.input %}' }) }, { MaxConcurrency: 0 })),
    tasks: { T: [{ hangs: true }, { hangs: true }] },
    error: 'States.Timeout',
    seconds: 10,
    events: [
      'MapStateEntered < 0', 'MapStateStarted < 2', 'MapIterationStarted < 3', 'MapIterationStarted < 3', 'TaskStateEntered < 4', 'TaskScheduled < 6',
      'TaskStateEntered < 5', 'TaskScheduled < 8', 'TaskStarted < 7', 'TaskStarted < 9', 'TaskTimedOut < 10', 'MapIterationFailed < 12', 'TaskStateAborted < 12',
      'MapIterationAborted < 12', 'TaskStateAborted < 12', 'MapStateFailed < 12',
    ],
  },
];

/** What fails as a state is entered comes after what was before that state; what fails later comes after what was done in it. */
const evaluations: readonly ConformanceCase[] = [
  {
    name: 'in the first state',
    source: Source.RECORDED('an expression of a variable that there is not'),
    definition: single(pass({ Assign: { v: '{% $nowhere %}' } })),
    error: EVALUATION,
    cause: expressionCause('$nowhere', 'Assign/v', UNDEFINED),
    events: ['PassStateEntered < 0', 'EvaluationFailed < 0'],
  },
  {
    name: 'in a later state',
    source: Source.RECORDED('an expression of a variable that there is not, in the third state'),
    definition: machine({ A: pass(), S: pass({ Output: { v: '{% $nowhere %}' } }) }),
    error: EVALUATION,
    cause: expressionCause('$nowhere', 'Output/v', UNDEFINED, 'S', 4),
    events: ['PassStateEntered < 0', 'PassStateExited < 2', 'PassStateEntered < 3', 'EvaluationFailed < 3'],
  },
  {
    name: 'in a Map\'s Items, before it has started',
    source: Source.RECORDED('Map over what is no array'),
    definition: single(inline({ I: pass() }, { Items: '{% "ten" %}' })),
    error: EVALUATION,
    cause: expressionCause('"ten"', 'Items', "returned an unexpected result type. Expected 'array', but was 'string' for value: \"ten\""),
    events: ['MapStateEntered < 0', 'EvaluationFailed < 0', 'MapStateFailed < 3'],
  },
  {
    name: 'in an iteration',
    source: Source.RECORDED('Map with an iteration whose expression fails after a caught failure'),
    definition: single(inline({ A: pass(), B: pass({ Output: '{% $nowhere %}' }) })),
    error: EVALUATION,
    cause: expressionCause('$nowhere', 'Output', UNDEFINED, 'B', 7),
    events: [
      'MapStateEntered < 0', 'MapStateStarted < 2', 'MapIterationStarted < 3', 'PassStateEntered < 4', 'PassStateExited < 5', 'PassStateEntered < 6',
      'EvaluationFailed < 6', 'MapIterationFailed < 8', 'MapStateFailed < 8',
    ],
  },
  {
    name: 'of a time that is none, which the Wait has taken',
    source: Source.RECORDED('Wait for a Timestamp without T'),
    definition: single({ Type: 'Wait', Timestamp: '{% "2031-01-01 10:00:00Z" %}' }),
    error: EVALUATION,
    cause: `${within('S', 2)}The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: 2031-01-01 10:00:00Z`,
    events: ['WaitStateEntered < 0', 'EvaluationFailed < 2'],
  },
];

/** Values that end the execution at once. */
const runtimeErrors: readonly ConformanceCase[] = [
  {
    name: 'a Wait of more than 2,147,483,647 seconds',
    source: Source.RECORDED('Wait for a Timestamp of 24,856 days'),
    definition: single({ Type: 'Wait', Timestamp: '{% $fromMillis($millis() + 24856 * 86400000) %}' }),
    error: 'States.Runtime',
    cause: `${within('S', 2)}Wait state delay is too long.`,
    events: ['WaitStateEntered < 0'],
  },
  {
    name: 'a Wait of 24,855 days',
    source: Source.RECORDED('Wait for a Timestamp of 24,855 days'),
    definition: single({ Type: 'Wait', Timestamp: '{% $fromMillis($millis() + 24855 * 86400000) %}' }),
    output: {},
    seconds: 24855 * 86400,
  },
  ...([
    ['ToleratedFailureCount', 'Map with ToleratedFailureCountPath of no number'],
    ['ToleratedFailurePercentage', 'Map with ToleratedFailurePercentagePath of no number'],
  ] as const).map(([field, recording]): ConformanceCase => ({
    name: `a ${field} that is no number, of a Map that has started`,
    source: `${Source.RECORDED(recording)}: where it is looked at`,
    definition: single(distributed({ [field]: '{% "x" %}' })),
    error: EVALUATION,
    cause: expressionCause('"x"', field, "returned an unexpected result type. Expected 'number', but was 'string' for value: \"x\""),
    events: ['MapStateEntered < 0', 'MapStateStarted < 2', 'EvaluationFailed < 3', 'MapStateFailed < 4'],
  })),
  ...([
    [{ ToleratedFailurePercentage: '{% 100.1 %}' }, 'ToleratedFailurePercentage must be between 0 and 100.'],
    [{ ToleratedFailurePercentage: '{% -1 %}' }, 'ToleratedFailurePercentage must be between 0 and 100.'],
    [{ ToleratedFailureCount: '{% -1 %}' }, 'ToleratedFailureCount cannot be negative.'],
  ] as const).map(([more, cause]): ConformanceCase => ({
    name: `a distributed Map with ${JSON.stringify(more)}`,
    source: Source.RECORDED('tolerated failures out of range'),
    definition: machine({ S: { ...distributed(more), Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }], Next: 'C' }, C: pass() }),
    error: 'States.Runtime',
    cause: `${within('S', 2)}${cause}`,
    events: ['MapStateEntered < 0', 'MapStateStarted < 2'],
  })),
];

/** What AWS lets pass, and gives. */
const tolerated: readonly ConformanceCase[] = [
  ...[{ ToleratedFailureCount: '{% 1 %}' }, { ToleratedFailurePercentage: '{% $states.input.p %}' }].map((more): ConformanceCase => ({
    name: `an inline Map may have ${Object.keys(more)[0]}, which means nothing there`,
    source: Source.RECORDED('Map in inline mode with tolerated failures'),
    definition: single(inline({ F: FAIL }, more)),
    input: { p: 100 },
    error: 'Broken',
  })),
  {
    name: 'a field of one number may bind a variable',
    source: Source.RECORDED('expressions with := in TimeoutSeconds, HeartbeatSeconds and MaxConcurrency'),
    definition: single(task({ TimeoutSeconds: '{% $t := 9 %}', HeartbeatSeconds: '{% $h := 5 %}' })),
    tasks: { S: [{ gives: 1 }] },
    output: 1,
  },
  {
    name: 'a variable that is assigned later on is nothing until then',
    source: Source.RECORDED('a loop over a task whose Arguments ask whether a variable exists'),
    definition: machine({
      A: pass({ Assign: { seen: '{% $exists($seen) ? "again" : "first" %}' }, Next: 'B' }),
      B: { Type: 'Choice', Choices: [{ Condition: '{% $seen = "again" %}', Next: 'C' }], Default: 'A' },
      C: pass({ Output: '{% $seen %}' }),
    }),
    output: 'again',
  },
  {
    name: 'a branch may assign what the state around it assigns when it ends',
    source: Source.RECORDED('Parallel whose Catch assigns the name that its branch assigns'),
    definition: machine({
      S: {
        Type: 'Parallel',
        Branches: [branch({ T: task({ Assign: { got: '{% $states.result %}' } }) })],
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: { got: '{% $states.errorOutput.Error %}' }, Next: 'C' }],
        Next: 'C',
      },
      C: pass({ Output: '{% $got %}' }),
    }),
    tasks: { T: [{ error: 'Broken', cause: 'x' }] },
    output: 'Broken',
  },
  {
    name: 'a task that waits for a job has a token as well',
    source: Source.RECORDED('startExecution.sync with $$.Task.Token in its parameters'),
    definition: single({ Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob.sync', Arguments: { t: '{% $length($states.context.Task.Token) > 0 %}' } }),
    tasks: { S: [{ gives: 'done' }] },
    output: 'done',
  },
  {
    name: 'a failure that tells neither error nor cause is null for a catcher',
    source: Source.RECORDED('a task that fails without error and cause, caught by States.ALL'),
    definition: machine({
      S: { Type: 'Parallel', Branches: [branch({ F: { Type: 'Fail' } })], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }], Next: 'C' }, C: pass(),
    }),
    output: { Error: null, Cause: null },
  },
];

export const histories: readonly ConformanceCase[] = [...lines, ...failures, ...evaluations, ...runtimeErrors, ...tolerated];
