import { answering } from './support/conformance-case';
import { KeptChildren } from './support/kept-children';
import { branch, machine, pass, runDefinition, RunRequest, single, task } from './support/run-definition';
import { StopReason } from '../../../engine/asl/execution';
import type { MapRun } from '../../../engine/asl/record/map-run';
import { Move, Place } from '../../../engine/asl/record/place';
import { StatesError } from '../../../engine/asl/visit/task-integration';

/** Runs a definition, and redrives it from what a journal would have kept. */
async function twice(definition: unknown, first: RunRequest, second: RunRequest) {
  const moves: Move[] = [];
  const place = new Place((move) => moves.push(JSON.parse(JSON.stringify(move))));
  const before = await runDefinition(definition, { ...first, place });
  const redrive = { count: 1, startTime: before.events[0].timestamp, events: before.events };
  const after = await runDefinition(definition, { ...second, place: Place.after(moves, () => undefined), redrive });
  return { before, after };
}

const failing = async () => { throw new StatesError('E'); };
const counting = () => {
  const calls: unknown[] = [];
  return { calls, task: async (args: unknown) => { calls.push(args); return args; } };
};

/** "RedriveExecution restarts unsuccessful executions ... from the unsuccessful step" (AWS Step Functions API reference). */
test('goes on at the state that failed, with its input and the variables', async () => {
  const a = counting();
  const definition = machine({
    A: task({ Assign: { x: 5 } }), B: task({ Arguments: '{% {"x": $x, "n": $states.context.Execution.RedriveCount} %}', Output: '{% $states.result %}' }), C: pass(),
  });
  const { before, after } = await twice(definition, { tasks: { A: a.task, B: failing } }, { tasks: { A: a.task, B: async (args) => args } });
  expect([before.status, a.calls.length]).toEqual(['FAILED', 1]);
  expect(after).toMatchObject({ status: 'SUCCEEDED', output: { x: 5, n: 1 } });
  expect(a.calls).toHaveLength(1);
});

test('its history goes on after the first attempt\'s', async () => {
  const { before, after } = await twice(single(task()), { tasks: { S: failing } }, { tasks: { S: async () => 1 } });
  expect(after.events.slice(0, before.events.length)).toEqual(before.events);
  expect(after.events.slice(before.events.length).map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
    [7, 6, 'ExecutionRedriven'], [8, 7, 'TaskScheduled'], [9, 8, 'TaskStarted'], [10, 9, 'TaskSucceeded'], [11, 10, 'TaskStateExited'], [12, 11, 'ExecutionSucceeded'],
  ]);
});

test.each([
  ['a Map', { Type: 'Map', Items: [1, 2, 3], MaxConcurrency: 1, ItemProcessor: branch({ A: task(), B: task() }) }],
  ['a Parallel', { Type: 'Parallel', Branches: [branch({ A: task(), B: task() }), branch({ A2: task(), B2: task() })] }],
])('of %s, only what has not succeeded is done again', async (_name, state) => {
  const done = counting();
  const once = async (args: unknown) => {
    if (args === 2) throw new StatesError('E');
    return done.task(args);
  };
  const input = [1, 2, 3];
  const { before, after } = await twice(single(state), { input, tasks: { A: done.task, B: once, A2: done.task, B2: failing } }, {
    input, tasks: { A: done.task, B: done.task, A2: done.task, B2: done.task },
  });
  expect([before.status, after.status]).toEqual(['FAILED', 'SUCCEEDED']);
  const expected = state.Type === 'Map' ? { output: [1, 2, 3], calls: [1, 1, 2, 2, 3, 3] } : { output: [input, input], calls: [input, input, input, input] };
  expect([after.output, done.calls]).toEqual([expected.output, expected.calls]);
});

/** "Child workflow execution redrive behavior" (developer guide, "Redriving Map Runs in Step Functions executions"). */
describe('of a distributed Map, the children that have not succeeded', () => {
  const definition = (ExecutionType: string) => machine({
    M: {
      Type: 'Map',
      Items: [1, 2, 3],
      MaxConcurrency: 1,
      ItemProcessor: {
        ...branch({ A: task(), B: task({ Output: '{% [$states.result, $states.context.Execution.RedriveCount] %}' }) }),
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType },
      },
    },
  });
  const redriven = async (type: string) => {
    const children = new KeptChildren();
    const [a, b] = [counting(), counting()];
    const runs: MapRun[] = [];
    const onMapRun = (run: MapRun) => runs.push(structuredClone(run));
    const first = { A: a.task, B: async (args: unknown) => (args === 2 ? failing() : b.task(args)) };
    const options = { children, onMapRun };
    const { before, after } = await twice(definition(type), { ...options, tasks: first }, { ...options, tasks: { A: a.task, B: b.task } });
    return { before, after, a: a.calls, b: b.calls, runs, children };
  };

  test('go on at the state that failed, if they are Standard ones', async () => {
    const { before, after, a, b, children } = await redriven('STANDARD');
    expect([before.error, after.output]).toEqual(['States.ExceedToleratedFailureThreshold', [[1, 0], [2, 1], [3, 0]]]);
    expect([a, b]).toEqual([[1, 2, 3], [1, 2, 3]]);
    const histories = [...children.trails.values()].map(({ events }) => events.map(({ type }) => type).filter((type) => !type.startsWith('Task')));
    expect(histories).toEqual([
      ['ExecutionStarted', 'ExecutionSucceeded'],
      ['ExecutionStarted', 'ExecutionFailed', 'ExecutionRedriven', 'ExecutionSucceeded'],
      ['ExecutionStarted', 'ExecutionSucceeded'],
    ]);
  });

  test('are started again under their ARNs, if they are Express ones', async () => {
    const { before, after, a, b, children } = await redriven('EXPRESS');
    expect([before.error, after.output]).toEqual(['States.ExceedToleratedFailureThreshold', [[1], [2], [3]]]);
    expect([a, b]).toEqual([[1, 2, 2, 3], [1, 2, 3]]);
    expect(children.trails.size).toBe(3);
  });

  test('belong to the same run, which is redriven', async () => {
    const { after, runs } = await redriven('STANDARD');
    expect(new Set(runs.map(({ mapRunArn }) => mapRunArn)).size).toBe(1);
    expect(runs.map(({ status, redriveCount, executionCounts: { succeeded, failed, pending, pendingRedrive } }) =>
      [status, redriveCount, { succeeded, failed, pending, pendingRedrive }])).toEqual([
      ['RUNNING', 0, { succeeded: 0, failed: 0, pending: 0, pendingRedrive: 0 }],
      ['RUNNING', 0, { succeeded: 0, failed: 0, pending: 3, pendingRedrive: 0 }],
      ['FAILED', 0, { succeeded: 1, failed: 1, pending: 1, pendingRedrive: 0 }],
      ['RUNNING', 1, { succeeded: 0, failed: 0, pending: 0, pendingRedrive: 0 }],
      ['RUNNING', 1, { succeeded: 1, failed: 0, pending: 1, pendingRedrive: 1 }],
      ['SUCCEEDED', 1, { succeeded: 3, failed: 0, pending: 0, pendingRedrive: 0 }],
    ]);
    expect(after.events.filter(({ type }) => type.startsWith('MapRun')).map(({ type, details }) => [type, details.redriveCount])).toEqual([
      ['MapRunStarted', undefined], ['MapRunFailed', undefined], ['MapRunRedriven', 1], ['MapRunSucceeded', undefined],
    ]);
  });

  test('are those of a new run, where the results were too large', async () => {
    const giving = (length: number) => ({ A: async () => 1, B: async () => 'x'.repeat(length) });
    const { before, after } = await twice(definition('STANDARD'), { tasks: giving(100_000) }, { tasks: giving(1) });
    expect(before.error).toBe('States.DataLimitExceeded');
    expect(after.events.filter(({ type }) => type === 'MapRunStarted')).toHaveLength(2);
    expect(after.output).toEqual([['x', 0], ['x', 0], ['x', 0]]);
  });
});

describe('a Fail state in a Parallel', () => {
  const count = '$states.context.Execution.RedriveCount';
  const definition = machine({
    V: pass({ Assign: { outer: '{% $states.input.v %}' } }),
    P: {
      Type: 'Parallel',
      Branches: [
        branch({ T: task() }),
        branch({ F: { Type: 'Fail', Error: `{% ${count} < 2 ? "First" & $string(${count}) : "Again" %}`, Cause: '{% $outer & "!" %}' } }),
      ],
      Catch: [{ ErrorEquals: ['Again'], Assign: { got: '{% $states.errorOutput %}' }, Next: 'B' }],
      Next: 'B',
    },
    B: pass({ Output: ['{% $outer %}', '{% $got %}', `{% ${count} %}`] }),
  });

  test('gives the Parallel its own error and cause, evaluated anew by each redrive, until its Catch knows it', async () => {
    const moves: Move[] = [];
    const keep = (move: Move) => moves.push(JSON.parse(JSON.stringify(move)));
    const request = (): RunRequest => ({ input: { v: 'kept' }, tasks: { T: answering([{ hangs: true }]) } });
    const results = [await runDefinition(definition, { ...request(), place: new Place(keep) })];
    for (const redriveCount of [1, 2]) {
      const redrive = { count: redriveCount, startTime: results[0].events[0].timestamp, events: results.at(-1)!.events };
      results.push(await runDefinition(definition, { ...request(), place: Place.after([...moves], keep), redrive }));
    }
    expect(results.map(({ status, error, cause, output }) => ({ status, error, cause, output }))).toEqual([
      { status: 'FAILED', error: 'First0', cause: 'kept!' },
      { status: 'FAILED', error: 'First1', cause: 'kept!' },
      { status: 'SUCCEEDED', output: ['kept', { Error: 'Again', Cause: 'kept!' }, 2] },
    ]);
  });

  /** "Reenters the Fail state and fails again" (developer guide, "Restarting state machine executions with redrive in Step Functions"). */
  test('is entered again', async () => {
    const { before, after } = await twice(single({ Type: 'Fail', Error: 'E' }), {}, {});
    expect(after.events.slice(before.events.length).map(({ type, previousEventId }) => [type, previousEventId])).toEqual([
      ['ExecutionRedriven', 3], ['FailStateEntered', 4], ['ExecutionFailed', 5],
    ]);
  });
});

/** The same page: "If the state failed because of a States.DataLimitExceeded error, the Parallel state is rerun", the good branches too. */
test('a Parallel whose results were too large is run again as a whole', async () => {
  const calls: unknown[] = [];
  const definition = single({ Type: 'Parallel', Branches: [branch({ A: task() }), branch({ B: task() })] });
  const giving = (length: number) => async () => {
    calls.push(length);
    return 'x'.repeat(length);
  };
  const { before, after } = await twice(definition, { tasks: { A: giving(200_000), B: giving(200_000) } }, { tasks: { A: giving(1), B: giving(2) } });
  expect([before.error, after.output, calls]).toEqual(['States.DataLimitExceeded', ['x', 'xx'], [200_000, 200_000, 1, 2]]);
});

test('an execution that was stopped can go on', async () => {
  const stop = new AbortController();
  const stopped = {
    signal: stop.signal,
    tasks: {
      S: () => {
        stop.abort(new StopReason('Stopped', 'by hand'));
        return Promise.reject(stop.signal.reason);
      },
    },
  };
  const { before, after } = await twice(machine({ P: pass({ Output: 3 }), S: task() }), stopped, { tasks: { S: async (args) => args } });
  expect(before).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by hand' });
  expect(after).toMatchObject({ status: 'SUCCEEDED', output: 3 });
});
