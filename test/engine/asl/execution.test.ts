import { branch, EXECUTION_ARN, LAMBDA, machine, pass, runDefinition, single, task, TaskClock } from './support/run-definition';
import { apiEvent } from '../../../engine/asl/record/history';
import { SimulatedClock } from '../../../engine/asl/simulated-clock';
import { Retries } from '../../../engine/asl/visit/errors';
import { StatesError, TaskContext } from '../../../engine/asl/visit/task-integration';

/** AWS Step Functions API reference, "HistoryEvent". */
describe('the history', () => {
  test('is that of GetExecutionHistory', async () => {
    const { events } = await runDefinition(machine({ S: task({ TimeoutSeconds: 9, Assign: { v: [1] } }), T: pass({ Output: 'ü' }) }), {
      input: { a: 1 }, tasks: { S: async () => ({ b: 2 }) },
    });
    const untruncated = { truncated: false };
    const names = { resource: 'invoke', resourceType: 'lambda' };
    expect(events.map(apiEvent).map(({ timestamp, ...event }) => event)).toEqual([
      {
        id: 1,
        previousEventId: 0,
        type: 'ExecutionStarted',
        executionStartedEventDetails: { input: '{"a":1}', inputDetails: untruncated, roleArn: 'arn:aws:iam::000000000000:role/machine' },
      },
      { id: 2, previousEventId: 0, type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'S', input: '{"a":1}', inputDetails: untruncated } },
      {
        id: 3,
        previousEventId: 2,
        type: 'TaskScheduled',
        taskScheduledEventDetails: { ...names, region: 'us-east-1', parameters: '{"a":1}', timeoutInSeconds: 9 },
      },
      { id: 4, previousEventId: 3, type: 'TaskStarted', taskStartedEventDetails: names },
      { id: 5, previousEventId: 4, type: 'TaskSucceeded', taskSucceededEventDetails: { ...names, output: '{"b":2}', outputDetails: untruncated } },
      {
        id: 6,
        previousEventId: 5,
        type: 'TaskStateExited',
        stateExitedEventDetails: {
          name: 'S', output: '{"b":2}', outputDetails: untruncated, assignedVariables: { v: '[1]' }, assignedVariablesDetails: untruncated,
        },
      },
      { id: 7, previousEventId: 6, type: 'PassStateEntered', stateEnteredEventDetails: { name: 'T', input: '{"b":2}', inputDetails: untruncated } },
      { id: 8, previousEventId: 7, type: 'PassStateExited', stateExitedEventDetails: { name: 'T', output: '"ü"', outputDetails: untruncated } },
      { id: 9, previousEventId: 8, type: 'ExecutionSucceeded', executionSucceededEventDetails: { output: '"ü"', outputDetails: untruncated } },
    ]);
  });

  test('tells where an evaluation failed', async () => {
    const { events } = await runDefinition(single(pass({ Output: { v: '{% $states.input.no %}' } })));
    const cause = expect.stringContaining("for the field 'Output/v'");
    expect(events.slice(2).map(apiEvent)).toMatchObject([
      { type: 'EvaluationFailed', previousEventId: 0, evaluationFailedEventDetails: { error: 'States.QueryEvaluationError', cause, location: 'Output/v', state: 'S' } },
      { type: 'ExecutionFailed', previousEventId: 3, executionFailedEventDetails: { error: 'States.QueryEvaluationError', cause } },
    ]);
  });

  test('has no details where there are none, but for an execution that failed', async () => {
    const { events } = await runDefinition(single({ Type: 'Parallel', Branches: [branch({ F: { Type: 'Fail' } })] }));
    expect(apiEvent(events[2])).toEqual({ id: 3, previousEventId: 2, timestamp: expect.any(String), type: 'ParallelStateStarted' });
    expect(apiEvent(events.at(-1)!)).toHaveProperty('executionFailedEventDetails', {});
  });

  test('an inline Map works on 40 items at one time', async () => {
    let [now, most] = [0, 0];
    const definition = single({ Type: 'Map', Items: '{% [1..60] %}', ItemProcessor: branch({ T: task() }), Output: 1 });
    const { status } = await runDefinition(definition, {
      tasks: {
        T: async () => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setImmediate(resolve));
          now -= 1;
          return null;
        },
      },
    });
    expect([status, most]).toEqual(['SUCCEEDED', 40]);
  });

  test('each branch and each iteration has its own line of events', async () => {
    const { events } = await runDefinition(machine({
      P: { Type: 'Parallel', Branches: [branch({ A: pass() }), branch({ B: { Type: 'Wait', Seconds: 5 }, C: pass() })] },
      M: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: branch({ I: pass() }) },
    }));
    const line = events.map(({ id, previousEventId, type, details }) => [id, previousEventId, `${type} ${String(details.name ?? '')}`.trim()]);
    expect(line).toEqual([
      [1, 0, 'ExecutionStarted'], [2, 0, 'ParallelStateEntered P'], [3, 2, 'ParallelStateStarted'],
      [4, 3, 'PassStateEntered A'], [5, 3, 'WaitStateEntered B'], [6, 4, 'PassStateExited A'],
      [7, 5, 'WaitStateExited B'], [8, 7, 'PassStateEntered C'], [9, 8, 'PassStateExited C'],
      [10, 9, 'ParallelStateSucceeded'], [11, 9, 'ParallelStateExited P'],
      [12, 11, 'MapStateEntered M'], [13, 12, 'MapStateStarted'],
      [14, 13, 'MapIterationStarted M'], [15, 14, 'PassStateEntered I'], [16, 15, 'PassStateExited I'], [17, 16, 'MapIterationSucceeded M'],
      [18, 16, 'MapIterationStarted M'], [19, 18, 'PassStateEntered I'], [20, 19, 'PassStateExited I'], [21, 20, 'MapIterationSucceeded M'],
      [22, 21, 'MapStateSucceeded'], [23, 21, 'MapStateExited M'], [24, 23, 'ExecutionSucceeded'],
    ]);
  });

  test.each([
    ['arn:aws:states:::aws-sdk:s3:getObject', { resource: 'getObject', resourceType: 'aws-sdk:s3' }],
    ['arn:aws:states:::batch:submitJob.sync', { resource: 'submitJob.sync', resourceType: 'batch' }],
    ['arn:aws:states:::states:startExecution.sync:2', { resource: 'startExecution.sync:2', resourceType: 'states' }],
  ])('names %s by its service and action', async (Resource, names) => {
    const { events } = await runDefinition(single(task({ Resource })), { tasks: { S: async () => 1 } });
    expect(events.find(({ type }) => type === 'TaskSucceeded')!.details).toEqual({ ...names, output: '1' });
  });
});

test('a failure without a name tells none', async () => {
  const { events } = await runDefinition(single(task()), { tasks: { S: async () => { throw new StatesError(''); } } });
  expect(apiEvent(events.find(({ type }) => type === 'TaskFailed')!)).toMatchObject({ taskFailedEventDetails: { resource: 'invoke', resourceType: 'lambda' } });
  expect(apiEvent(events.find(({ type }) => type === 'TaskFailed')!)).not.toHaveProperty('taskFailedEventDetails.error');
});

describe('limits', () => {
  const loop = (Next: string) => machine({ L: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.stop %}', Next: 'E' }], Default: Next }, E: pass() });

  // Measured in AWS: floci-io/floci issue 2734.
  test('the 25,000th event is the failure', async () => {
    const result = await runDefinition(loop('L'), { input: { stop: false } });
    expect(result).toMatchObject({
      status: 'FAILED', error: 'States.Runtime', cause: 'The execution reached the maximum number of history events (25000).',
    });
    expect(result.events).toHaveLength(25_000);
    expect(result.events.slice(-2)).toMatchObject([
      { id: 24_999, previousEventId: 24_998, type: 'ChoiceStateExited' }, { id: 25_000, previousEventId: 24_999, type: 'ExecutionFailed' },
    ]);
  });

  test('it ends an execution that is in a Map, whatever it catches', async () => {
    const { QueryLanguage: _language, ...ItemProcessor } = loop('L');
    const full = await runDefinition(machine({
      S: { Type: 'Map', Items: [{ stop: false }, { stop: false }], ItemProcessor, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }], Next: 'C' }, C: pass(),
    }), { maxEvents: 200 });
    expect(full).toMatchObject({ status: 'FAILED', error: 'States.Runtime', cause: 'The execution reached the maximum number of history events (200).' });
    expect(full.events).toHaveLength(200);
  });

  // Measured in AWS: floci-io/floci issue 2733.
  test('the state machine\'s TimeoutSeconds: the history alone has the error', async () => {
    const result = await runDefinition(single({ Type: 'Wait', Seconds: 25 }), {});
    expect(result.status).toBe('SUCCEEDED');
    const { events, ...timedOut } = await runDefinition({ ...single({ Type: 'Wait', Seconds: 25 }), TimeoutSeconds: 3 });
    expect(timedOut).toEqual({ status: 'TIMED_OUT' });
    expect(events.map(({ type }) => type)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionTimedOut']);
    expect(events.at(-1)).toMatchObject({ previousEventId: 0, details: { error: 'States.Timeout' } });
    expect(Date.parse(events.at(-1)!.timestamp) - Date.parse(events[0].timestamp)).toBeGreaterThanOrEqual(3000);
  });

  test.each([
    ['a Task', task({ Retry: [{ ErrorEquals: ['States.ALL'] }], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }], Next: 'C' })],
    ['a retry\'s wait', task({ Retry: [{ ErrorEquals: ['X'], IntervalSeconds: 900 }], Next: 'C' })],
    ['a Map', { Type: 'Map', Items: [1, 2], ItemProcessor: branch({ I: { Type: 'Wait', Seconds: 900 } }), Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }], Next: 'C' }],
  ])('it cuts off %s, which nothing catches', async (name, state) => {
    const failing = name === 'a Task' ? hang : async () => { throw new StatesError('X'); };
    const { status, events } = await runDefinition({ ...machine({ S: state, C: pass() }), TimeoutSeconds: 60 }, { tasks: { S: failing } });
    expect(status).toBe('TIMED_OUT');
    expect(events.filter(({ type }) => /Aborted|MapStateFailed|TimedOut/.test(type)).map(({ type }) => type)).toEqual(['ExecutionTimedOut']);
  });

  test('an Express execution lasts five minutes at most', async () => {
    const waiting = single({ Type: 'Wait', Seconds: 301 });
    expect((await runDefinition(waiting, { type: 'EXPRESS' })).status).toBe('TIMED_OUT');
    expect((await runDefinition(single({ Type: 'Wait', Seconds: 299 }), { type: 'EXPRESS' })).status).toBe('SUCCEEDED');
    expect((await runDefinition(waiting)).status).toBe('SUCCEEDED');
  });
});

function hang(_args: unknown, { signal }: TaskContext): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

describe('a stop', () => {
  test('stops what runs, and waits for its end', async () => {
    const stop = new AbortController();
    let ended = false;
    const { events, ...result } = await runDefinition(machine({ S: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }], Next: 'C' }), C: pass() }), {
      signal: stop.signal,
      tasks: {
        S: async (args, context) => {
          setImmediate(() => stop.abort(new Error('stopped')));
          await hang(args, context).catch(() => undefined);
          await new Promise((resolve) => setTimeout(resolve, 20));
          ended = true;
          throw new StatesError('TooLate');
        },
      },
    });
    expect(ended).toBe(true);
    expect(result).toEqual({ status: 'ABORTED' });
    expect(events.at(-1)).toMatchObject({ type: 'ExecutionAborted', previousEventId: 0 });
  });

  test('before the start: nothing starts', async () => {
    const { status, events } = await runDefinition(single(task()), { signal: AbortSignal.abort(), tasks: { S: async () => 1 } });
    expect(status).toBe('ABORTED');
    expect(events.map(({ type }) => type)).toEqual(['ExecutionStarted', 'ExecutionAborted']);
  });
});

describe('a Task\'s integration', () => {
  test('gets its evaluated arguments, and who calls', async () => {
    let seen: unknown;
    await runDefinition(single(task({ Arguments: { FunctionName: 'f', a: ['{% $states.input.x + 1 %}'] }, Retry: [{ ErrorEquals: ['X'] }] })), {
      input: { x: 1 },
      tasks: {
        S: async (args, { executionArn, executionName, stateName, retryCount }) => {
          seen = [args, executionArn, executionName, stateName, retryCount];
          if (retryCount === 0) throw new StatesError('X');
          return null;
        },
      },
    });
    expect(seen).toEqual([{ FunctionName: 'f', a: [2] }, EXECUTION_ARN, 'run-1', 'S', 1]);
  });

  test('has a new token for each try', async () => {
    const tokens: unknown[] = [];
    const resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
    const given = { QueueUrl: 'q', MessageBody: '{% $states.context.Task.Token %}' };
    const state = task({ Resource: resource, Arguments: given, Retry: [{ ErrorEquals: ['X'], MaxAttempts: 1 }] });
    await runDefinition(single(state), {
      tasks: {
        S: async ({ MessageBody }) => {
          tokens.push(MessageBody);
          throw new StatesError('X');
        },
      },
    });
    expect(new Set(tokens).size).toBe(2);
  });

  test('keeps its state alive by heartbeats until its time is up', async () => {
    const beating = (beats: number) => runDefinition(single(task({ TimeoutSeconds: 100, HeartbeatSeconds: 10 })), {
      tasks: {
        S: async (_args, { heartbeat, signal }) => {
          for (let beat = 0; beat < beats; beat++) {
            await clock.sleep(8000, signal);
            heartbeat();
          }
          return beats;
        },
      },
      clock,
    });
    const clock = new TaskClock();
    expect(await beating(5)).toMatchObject({ status: 'SUCCEEDED', output: 5 });
    expect(await beating(20)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  test('its defects are no failures of the execution', async () => {
    const broken = runDefinition(single(task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S' }] })), { tasks: { S: async () => { throw new TypeError('x is undefined'); } } });
    await expect(broken).rejects.toThrow('x is undefined');
  });

  test('its events stand between TaskStarted and the end', async () => {
    const { events } = await runDefinition(single(task({ Resource: 'arn:aws:states:::batch:submitJob.sync' })), {
      tasks: { S: async (_args, { record }) => record('TaskSubmitted', { output: '{}' }) },
    });
    expect(events.map(({ type }) => type).slice(2, -2)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
  });
});

describe('a retrier', () => {
  const clock = { ...new SimulatedClock(), random: () => 0.25 } as unknown as SimulatedClock;
  const delays = (retrier: object, count: number) => {
    const retries = new Retries([{ ErrorEquals: ['X'], ...retrier }], clock);
    return Array.from({ length: count }, () => retries.next(new StatesError('X')));
  };

  // AWS Step Functions developer guide, page "Handling errors in Step Functions workflows", section "Retrying after an error".
  test.each([
    [{}, [1000, 2000, 4000, undefined]],
    [{ IntervalSeconds: 3, BackoffRate: 2, MaxAttempts: 3 }, [3000, 6000, 12000, undefined]],
    [{ IntervalSeconds: 1, BackoffRate: 1.5, MaxAttempts: 4 }, [1000, 1500, 2250, 3375, undefined]],
    [{ IntervalSeconds: 2, BackoffRate: 10, MaxDelaySeconds: 30 }, [2000, 20000, 30000, undefined]],
    [{ MaxAttempts: 0 }, [undefined]],
    [{ JitterStrategy: 'FULL' }, [250, 500, 1000, undefined]],
    [{ JitterStrategy: 'NONE' }, [1000, 2000, 4000, undefined]],
  ])('%j waits %j ms', (retrier, expected) => {
    expect(delays(retrier, expected.length)).toEqual(expected);
  });

  test('is for its errors alone', () => {
    expect(new Retries([{ ErrorEquals: ['Y'] }], clock).next(new StatesError('X'))).toBeUndefined();
  });
});

describe('speed', () => {
  test('1,000 states that do nothing, one after the other', async () => {
    const definition = machine(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`S${index}`, pass()])));
    let best = Infinity;
    // The best of some, as other work may be going on; it takes some 30 ms where there is none.
    for (let attempt = 0; attempt < 5; attempt++) {
      const started = performance.now();
      const { status, events } = await runDefinition(definition, { input: { a: 1 } });
      best = Math.min(best, performance.now() - started);
      expect([status, events.length]).toEqual(['SUCCEEDED', 2002]);
    }
    expect(best).toBeLessThan(1000);
  });

  test('a Map of 1,000 items stays small', async () => {
    const before = process.memoryUsage().rss;
    let most = 0;
    const { status, output } = await runDefinition(single({
      Type: 'Map', Items: '{% [1..1000] %}', ItemProcessor: branch({ T: task({ Resource: LAMBDA, Output: '{% {"n": $states.input, "r": $states.result} %}' }), P: pass() }),
    }), {
      tasks: {
        T: async () => {
          most = Math.max(most, process.memoryUsage().rss);
          return 'x'.repeat(100);
        },
      },
    });
    expect([status, (output as unknown[]).length]).toEqual(['SUCCEEDED', 1000]);
    expect((most - before) / 2 ** 20).toBeLessThan(300);
  });
});
