import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aslCommand } from '../../../cli/here/asl-command';
import { machine, pass, task } from '../../engine/asl/support/run-definition';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'asl-command-')); });
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function command(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => { written.out += String(text); return true; }),
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => { written.err += String(text); return true; }),
  ];
  try {
    return { code: await aslCommand(args), ...written };
  } finally {
    spies.forEach((spy) => spy.mockRestore());
  }
}

const MOCKS = {
  StateMachines: { Machine: { TestCases: { Good: { T: 'Good' }, Bad: { T: 'Bad' } } } },
  MockedResponses: { Good: { 0: { Return: { n: 1 } } }, Bad: { '0-3': { Throw: { Error: 'E', Cause: 'c' } } } },
};
const DEFINITION = machine({
  T: task({ Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 600 }], Output: '{% $states.result.n + $states.input.n %}' }), P: { Type: 'Wait', Seconds: 3600 },
});

describe('with --json', () => {
  const json = async (...args: string[]) => {
    const { code, out, err } = await command(...args, '--json');
    return { code, err, ...JSON.parse(out) };
  };

  test('a success: status, output and events', async () => {
    const result = await json(file('d.json', DEFINITION), '--input', file('i.json', { n: 5 }), '--mocks', `${file('m.json', MOCKS)}#Machine/Good`, '--fast-forward');
    expect(result).toEqual({ code: 0, err: '', status: 'SUCCEEDED', output: 6, events: expect.any(Array) });
    expect(result.events[1]).toEqual({
      id: 2,
      previousEventId: 0,
      type: 'TaskStateEntered',
      timestamp: expect.any(String),
      stateEnteredEventDetails: { name: 'T', input: '{"n":5}', inputDetails: { truncated: false } },
    });
  });

  test('a failure: status, error, cause and events', async () => {
    const result = await json(file('d.json', DEFINITION), '--mocks', `${file('m.json', MOCKS)}#Machine/Bad`, '--fast-forward');
    expect(result).toEqual({ code: 1, err: '', status: 'FAILED', error: 'E', cause: 'c', events: expect.any(Array) });
  });

  test('a failure without error and cause has no such keys', async () => {
    expect(Object.keys(await json(file('d.json', machine({ F: { Type: 'Fail' } }))))).toEqual(['code', 'err', 'status', 'events']);
  });

  test('what AWS would not create', async () => {
    const result = await json(file('d.json', machine({ A: pass({ Next: 'B' }), C: pass() })));
    expect(result).toEqual({
      code: 1,
      err: '',
      status: 'create_error',
      error: 'InvalidDefinition',
      cause: 'Invalid State Machine Definition: \'MISSING_TRANSITION_TARGET: Missing \'Next\' target: B at /States/A/Next, '
        + 'MISSING_TRANSITION_TARGET: State "C" is not reachable. at /States/C\'',
      events: [],
    });
  });

  test('what is no JSON cannot be created either', async () => {
    expect(await json(file('d.json', '{'))).toMatchObject({ status: 'create_error', cause: expect.stringContaining('INVALID_JSON_DESCRIPTION') });
  });

  test('a state that is there twice', async () => {
    const text = JSON.stringify(machine({ A: pass({ Next: 'B' }), B: pass() })).replace('"B":{', '"A":{"Type":"Fail"},"B":{');
    expect(await json(file('d.json', text))).toMatchObject({
      status: 'create_error', cause: "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: Syntax error: Duplicate field 'A''",
    });
  });

  test('what nests too deep', async () => {
    const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const definition = file('d.json', machine({ P: pass({ Output: '{% [$states.input] %}' }) }));
    expect(await json(definition, '--input', file('i.json', deep(1000)))).toMatchObject({ code: 0 });
    const { code, err } = await command(definition, '--input', file('i.json', deep(1001)), '--json');
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('is not JSON: it nests deeper than 1000') });
  });

  test('whole numbers are as exact as in AWS, in the definition, the input and the mocks', async () => {
    const definition = file('d.json', '{"QueryLanguage":"JSONata","StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",'
      + '"Arguments":{"FunctionName":"f"},"Output":[9007199254740993,"{% $states.input.n %}","{% $states.result.n %}"],"End":true}}}');
    const mocks = file('m.json', '{"StateMachines":{"M":{"TestCases":{"C":{"T":"R"}}}},"MockedResponses":{"R":{"0":{"Return":{"n":9007199254740997}}}}}');
    const { out } = await command(definition, '--input', file('i.json', '{"n":9007199254740995}'), '--mocks', `${mocks}#M/C`, '--json');
    expect(out).toMatch(/"output": \[\s*9007199254740993,\s*9007199254740995,\s*9007199254740997\s*\]/);
  });

  test('the workflow type', async () => {
    const express = file('d.json', machine({ P: pass({ Output: '{% $states.context.Execution.Id %}' }) }));
    expect((await json(express, '--workflow-type', 'EXPRESS')).output).toMatch(/^arn:aws:states:us-east-1:\d{12}:express:d:[0-9a-f-]{36}:[0-9a-f-]{36}$/);
    expect((await json(express)).output).toMatch(/^arn:aws:states:us-east-1:\d{12}:execution:d:[0-9a-f-]{36}$/);
    expect(await json(file('s.json', machine({ T: task({ Resource: 'arn:aws:states:::batch:submitJob.sync' }) })), '--workflow-type', 'EXPRESS')).toMatchObject({ status: 'create_error' });
  });
});

test('without --json it prints the events and the output', async () => {
  const { code, out } = await command(file('d.json', machine({ P: pass({ Output: { a: 1 } }) })));
  expect([code, out]).toEqual([0, 'ExecutionStarted\nPassStateEntered P\nPassStateExited P\nExecutionSucceeded\n{\n  "a": 1\n}\n']);
});

test('without --json a failure is told on the error stream', async () => {
  const { code, err } = await command(file('d.json', machine({ F: { Type: 'Fail', Error: 'E', Cause: 'because' } })));
  expect([code, err]).toEqual([1, 'FAILED: E\nbecause\n']);
});

test('a Task without a mock fails by its name', async () => {
  const { code, err } = await command(file('d.json', machine({ T: task() })));
  expect([code, err]).toEqual([1, expect.stringContaining('arn:aws:states:::lambda:invoke is not supported by the local engine')]);
});

test.each([
  [['--json'], 'one DEFINITION.json is to be given, got none'],
  [['a.json', 'b.json'], 'one DEFINITION.json is to be given, got a.json, b.json'],
  [['nowhere.json'], 'DEFINITION: nowhere.json cannot be read'],
  [['a.json', '--workflow-type', 'FAST'], '--workflow-type must be STANDARD or EXPRESS, got "FAST"'],
  [['a.json', '--mocks', 'm.json'], '--mocks must be FILE#StateMachine/TestCase, got "m.json"'],
  [['a.json', '--nothing'], "Unknown option '--nothing'"],
])('tells what is wrong with %j', async (args, message) => {
  const { code, err, out } = await command(...args);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(`error: ${message}`);
});

test('tells of a mock file and an input that cannot be used', async () => {
  const definition = file('d.json', DEFINITION);
  expect((await command(definition, '--mocks', `${file('m.json', MOCKS)}#Machine/Other`)).err).toContain('TestCases has no "Other"; it has: Good, Bad');
  expect((await command(definition, '--input', file('i.json', 'x'))).err).toContain('i.json is not JSON');
});
