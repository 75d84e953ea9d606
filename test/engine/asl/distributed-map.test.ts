import { branch, machine, pass, runDefinition, single } from './support/run-definition';
import type { MapRun } from '../../../engine/asl/record/map-run';
import { FindIntegration, StatesError } from '../../../engine/asl/visit/task-integration';

const processor = (states: any, ExecutionType = 'STANDARD') => ({ ...branch(states), ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType } });
const map = (more: any, states: any = { I: pass() }) => single({ Type: 'Map', ItemProcessor: processor(states), ...more }, 'M');
const READER = { Resource: 'arn:aws:states:::s3:getObject', Arguments: { Bucket: 'b', Key: '{% $states.input.key %}' } };

/** The calls of S3 that a distributed Map makes, over a map of keys to contents. */
function bucket(objects: Map<string, string>): FindIntegration {
  return (resource) => async (args) => {
    if (resource.endsWith('aws-sdk:s3:putObject')) {
      objects.set(String(args.Key), String(args.Body));
      return {};
    }
    if (resource.endsWith('aws-sdk:s3:listObjectsV2')) return { Contents: [...objects.keys()].map((Key) => ({ Key })) };
    const Body = objects.get(String(args.Key));
    if (Body === undefined) throw new StatesError('S3.NoSuchKeyException', 'The specified key does not exist.');
    return { Body };
  };
}

const types = (events: readonly { readonly type: string }[]) => events.slice(1, -1).map(({ type }) => type);

test('each item is a child execution of its own, in the order of the items', async () => {
  const { status, output, events } = await runDefinition(map({ Items: [3, 1] }, {
    W: { Type: 'Wait', Seconds: '{% $states.input %}' }, I: pass({ Output: ['{% $states.input %}', '{% $states.context.Map.Item.Index %}', '{% $states.context.Execution.Id %}'] }),
  }));
  expect(status).toBe('SUCCEEDED');
  const id = expect.stringMatching(/^arn:aws:states:us-east-1:000000000000:execution:machine\/M:[0-9a-f-]{36}$/);
  expect(output).toEqual([[3, 0, id], [1, 1, id]]);
  expect(types(events)).toEqual(['MapStateEntered', 'MapStateStarted', 'MapRunStarted', 'MapRunSucceeded', 'MapStateSucceeded', 'MapStateExited']);
});

test('a child does not see the outer variables', async () => {
  const definition = machine({ A: pass({ Assign: { x: 1 } }), M: { Type: 'Map', Items: [1], ItemProcessor: processor({ I: pass({ Output: '{% $x %}' }) }) } });
  expect(await runDefinition(definition)).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
});

test('a failure beyond what is tolerated ends the run', async () => {
  const { events, ...result } = await runDefinition(map({ Items: [1] }, { F: { Type: 'Fail', Error: 'E' } }));
  expect(result).toEqual({
    status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold', cause: 'The specified tolerated failure threshold was exceeded',
  });
  expect(types(events)).toEqual(['MapStateEntered', 'MapStateStarted', 'MapRunStarted', 'MapRunFailed', 'MapStateFailed']);
});

describe.each([
  ['a count', { ToleratedFailureCount: 2 }, { ToleratedFailureCount: '{% 1 %}' }],
  ['a percentage', { ToleratedFailurePercentage: 50 }, { ToleratedFailurePercentage: '{% 49.9 %}' }],
])('failures tolerated by %s', (_name, enough, notEnough) => {
  const states = {
    C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input > 2 %}', Next: 'F' }], Default: 'I' }, F: { Type: 'Fail', Error: 'E' }, I: pass(),
  };

  test('leave no result', async () => {
    expect(await runDefinition(map({ Items: [1, 3, 2, 4], ...enough }, states))).toMatchObject({ status: 'SUCCEEDED', output: [1, 2] });
  });

  test('more of them fail the run', async () => {
    expect(await runDefinition(map({ Items: [1, 3, 2, 4], ...notEnough }, states))).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
  });
});

test.each([
  [{ ToleratedFailureCount: 1, ToleratedFailurePercentage: 100 }, 'FAILED'],
  [{ ToleratedFailureCount: 9, ToleratedFailurePercentage: 40 }, 'FAILED'],
  [{ ToleratedFailureCount: 2, ToleratedFailurePercentage: 50 }, 'SUCCEEDED'],
  [{ ToleratedFailureCount: 0 }, 'FAILED'],
])('two failures of four where %j is tolerated: %s', async (tolerated, expected) => {
  const states = { C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input > 2 %}', Next: 'F' }], Default: 'I' }, F: { Type: 'Fail', Error: 'E' }, I: pass() };
  expect((await runDefinition(map({ Items: [1, 2, 3, 4], ...tolerated }, states))).status).toBe(expected);
});

describe('batches', () => {
  const batches = async (ItemBatcher: any, items: unknown[], more: any = {}) =>
    (await runDefinition(map({ Items: items, ItemBatcher, ...more }), { input: { n: 7 } })).output;

  test('of so many items', async () => {
    expect(await batches({ MaxItemsPerBatch: 2 }, [1, 2, 3])).toEqual([{ Items: [1, 2] }, { Items: [3] }]);
  });

  test('of so many bytes', async () => {
    // {"Items":["aaaa","bbbb"]} has 25.
    expect(await batches({ MaxInputBytesPerBatch: 25 }, ['aaaa', 'bbbb', 'cccc'])).toEqual([{ Items: ['aaaa', 'bbbb'] }, { Items: ['cccc'] }]);
    expect(await batches({ MaxInputBytesPerBatch: 24 }, ['aaaa', 'bbbb'])).toEqual([{ Items: ['aaaa'] }, { Items: ['bbbb'] }]);
  });

  test('with an input of all', async () => {
    expect(await batches({ MaxItemsPerBatch: '{% 1 + 1 %}', BatchInput: { of: '{% $states.input.n %}' } }, [1, 2])).toEqual([{ BatchInput: { of: 7 }, Items: [1, 2] }]);
  });

  test('of what ItemSelector makes of each item', async () => {
    const ItemSelector = { v: '{% $states.context.Map.Item.Value %}', i: '{% $states.context.Map.Item.Index %}' };
    expect(await batches({ MaxItemsPerBatch: 5 }, ['a', 'b'], { ItemSelector })).toEqual([{ Items: [{ v: 'a', i: 0 }, { v: 'b', i: 1 }] }]);
  });
});

describe('an ItemReader', () => {
  const read = (content: string, more: any = {}) => runDefinition(map({ ItemReader: { ...READER, ReaderConfig: { InputType: 'JSON', ...more } } }), {
    input: { key: 'k' }, findIntegration: bucket(new Map([['k', content]])),
  });

  test.each([
    ['a JSON array', '[1,{"a":2}]', {}, [1, { a: 2 }]],
    ['JSON lines', '1\n{"a":2}\n\n', { InputType: 'JSONL' }, [1, { a: 2 }]],
    ['the first ones', '[1,2,3]', { MaxItems: 2 }, [1, 2]],
    ['all where MaxItems is 0', '[1,2,3]', { MaxItems: 0 }, [1, 2, 3]],
    ['as many as an expression says', '[1,2,3]', { MaxItems: '{% 1 %}' }, [1]],
  ])('reads %s', async (_name, content, more, expected) => {
    expect(await read(content, more)).toMatchObject({ status: 'SUCCEEDED', output: expected });
  });

  test.each([
    ['what is no array', '{"a":1}', {}, 'Attempting to map over non-iterable node.'],
    ['a MaxItems below 0', '[1]', { MaxItems: '{% -1 %}' }, 'field MaxItems must be positive'],
    ['what is no JSON', '[1', {}, expect.stringContaining('not valid JSON')],
  ])('fails for %s', async (_name, content, more, cause) => {
    const { events, ...result } = await read(content, more);
    expect(result).toEqual({ status: 'FAILED', error: 'States.ItemReaderFailed', cause });
    expect(types(events)).toEqual(['MapStateEntered', 'MapStateStarted', 'MapRunStarted', 'MapRunFailed', 'MapStateFailed']);
  });

  test('fails for an object that there is not, and can be caught', async () => {
    const definition = machine({
      M: { Type: 'Map', ItemProcessor: processor({ I: pass() }), ItemReader: READER, Catch: [{ ErrorEquals: ['States.ItemReaderFailed'], Next: 'C' }], Next: 'C' }, C: pass(),
    });
    const { output } = await runDefinition(definition, { input: { key: 'none' }, findIntegration: bucket(new Map()) });
    expect(output).toEqual({ Error: 'States.ItemReaderFailed', Cause: 'The specified key does not exist.' });
  });

  test('lists a bucket', async () => {
    const ItemReader = { Resource: 'arn:aws:states:::s3:listObjectsV2', Arguments: { Bucket: 'b' } };
    const { output } = await runDefinition(map({ ItemReader }, { I: pass({ Output: '{% $states.input.Key %}' }) }), {
      findIntegration: bucket(new Map([['a', ''], ['b/c', '']])),
    });
    expect(output).toEqual(['a', 'b/c']);
  });
});

describe('a ResultWriter', () => {
  const ResultWriter = { Resource: 'arn:aws:states:::s3:putObject', Arguments: { Bucket: 'b', Prefix: 'out' } };

  test('writes a manifest and the results', async () => {
    const objects = new Map<string, string>();
    const { output } = await runDefinition(map({ Items: [1, 2], ResultWriter, ToleratedFailureCount: 1 }, {
      C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 2 %}', Next: 'F' }], Default: 'I' }, F: { Type: 'Fail', Error: 'E', Cause: 'c' }, I: pass({ Output: 'one' }),
    }), { findIntegration: bucket(objects) });
    const { MapRunArn, ResultWriterDetails: { Bucket, Key } } = output as any;
    expect(MapRunArn).toMatch(/^arn:aws:states:us-east-1:000000000000:mapRun:machine\/M:[0-9a-f-]{36}$/);
    expect([Bucket, Key]).toEqual(['b', expect.stringMatching(/^out\/[0-9a-f-]{36}\/manifest\.json$/)]);
    const { DestinationBucket, ResultFiles } = JSON.parse(objects.get(Key)!);
    expect(DestinationBucket).toBe('b');
    expect(ResultFiles.PENDING).toEqual([]);
    const [good, bad] = ['SUCCEEDED', 'FAILED'].map((status) => JSON.parse(objects.get(ResultFiles[status][0].Key)!));
    expect(good).toMatchObject([{ Input: '1', Output: '"one"', Status: 'SUCCEEDED', RedriveCount: 0 }]);
    expect(bad).toMatchObject([{ Input: '2', Error: 'E', Cause: 'c', Status: 'FAILED' }]);
    expect(Buffer.byteLength(objects.get(ResultFiles.SUCCEEDED[0].Key)!)).toBe(ResultFiles.SUCCEEDED[0].Size);
  });

  test('may write the outputs alone, as JSON lines', async () => {
    const objects = new Map<string, string>();
    await runDefinition(map({ Items: [[1, 2], [3]], ResultWriter: { ...ResultWriter, WriterConfig: { Transformation: 'FLATTEN', OutputType: 'JSONL' } } }), {
      findIntegration: bucket(objects),
    });
    expect([...objects.entries()].find(([key]) => key.endsWith('SUCCEEDED_0.jsonl'))![1]).toBe('1\n2\n3\n');
  });

  test('may change the state\'s output without writing', async () => {
    expect((await runDefinition(map({ Items: [[1], [2, 3]], ResultWriter: { WriterConfig: { Transformation: 'FLATTEN', OutputType: 'JSON' } } }))).output).toEqual([1, 2, 3]);
  });
});

test('a run tells of its counts when it begins, knows its items, and ends', async () => {
  const seen: MapRun[] = [];
  await runDefinition(map({ Items: [1, 2, 3], MaxConcurrency: 2, ItemBatcher: { MaxItemsPerBatch: 2 } }), {
    onMapRun: (run) => seen.push(structuredClone(run)),
  });
  expect(seen).toMatchObject([
    { status: 'RUNNING', maxConcurrency: 2, itemCounts: { total: 0 } },
    { status: 'RUNNING', itemCounts: { total: 3, pending: 3 }, executionCounts: { total: 2, pending: 2, running: 0 } },
    { status: 'SUCCEEDED', itemCounts: { total: 3, succeeded: 3, failed: 0, pending: 0, running: 0 }, executionCounts: { total: 2, succeeded: 2 } },
  ]);
});

test('a child of Express type lasts five minutes at most', async () => {
  const wait = { W: { Type: 'Wait', Seconds: 301 } };
  const express = single({ Type: 'Map', Items: [1], ItemProcessor: processor(wait, 'EXPRESS') });
  expect((await runDefinition(express)).error).toBe('States.ExceedToleratedFailureThreshold');
  expect((await runDefinition(map({ Items: [1] }, wait))).status).toBe('SUCCEEDED');
});
