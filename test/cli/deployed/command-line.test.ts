import { isOperateCommand, OperateCommand, operateArguments } from '../../../cli/deployed/options';
import { OperateError } from '../../../cli/runs/aws/operate-error';
import { runId } from '../../../cli/runs/runs';

const PIPELINE = { stack: 'Stack', stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:Pavi' };

test.each<[OperateCommand, string[], string]>([
  ['status', [], '--stack is missing'],
  ['status', ['--stack='], '--stack is missing'],
  ['watch', ['--stack', 'S'], 'one RUN is to be given, got none'],
  ['stop', ['--stack', 'S', 'a', 'b'], 'one RUN is to be given, got "a", "b"'],
  ['status', ['--stack', 'S', 'a', 'b'], 'at most one RUN is to be given, got "a", "b"'],
  ['submit', ['--stack', 'S', 'a'], 'no RUN is to be given (--name names it), got "a"'],
  ['logs', ['--stack', 'S', 'a', '--limit', '3'], 'Unknown option \'--limit\''],
  ['status', ['--stack', 'S', '--endpoint-url', 'here'], '--endpoint-url must be an http:// or https:// address, got "here"'],
  ['status', ['--stack', 'S', '--endpoint-url', 'file:///etc/passwd'], '--endpoint-url must be an http:// or https:// address'],
  ['watch', ['--stack', 'S', 'a', '--patience', '-1'], '--patience'],
  ['watch', ['--stack', 'S', 'a', '--patience', '1e3'], '--patience must be a whole number from 0 to 604800, got "1e3"'],
])('%s %j is refused', (command, args, message) => {
  expect(() => operateArguments(command, args)).toThrow(OperateError);
  expect(() => operateArguments(command, args)).toThrow(message);
});

test('an endpoint of the environment that is none is told by its name', () => {
  process.env.AWS_ENDPOINT_URL = '127.0.0.1:4566';
  try {
    expect(() => operateArguments('status', ['--stack', 'S'])).toThrow('AWS_ENDPOINT_URL must be an http:// or https:// address, got "127.0.0.1:4566"');
    expect(operateArguments('status', ['--stack', 'S', '--endpoint-url', 'http://h:1']).endpointUrl).toBe('http://h:1');
  } finally {
    delete process.env.AWS_ENDPOINT_URL;
  }
});

test('what is given is found', () => {
  const given = operateArguments('status', ['--stack', 'S', 'run', '--region', 'eu-west-1', '--profile', 'me', '--endpoint-url', 'http://h:1', '--patience', '5', '--json']);
  expect(given).toMatchObject({ stack: 'S', run: 'run', region: 'eu-west-1', profile: 'me', endpointUrl: 'http://h:1', patience: 5000, json: true });
  expect([isOperateCommand('logs'), isOperateCommand('run'), isOperateCommand('constructor'), isOperateCommand(undefined)]).toEqual([true, false, false, false]);
});

test('a run is its name, or its execution\'s ARN', () => {
  const arn = 'arn:aws:states:us-east-1:000000000000:execution:Pavi:one';
  expect(runId(PIPELINE, 'one')).toEqual({ name: 'one', arn });
  expect(runId(PIPELINE, arn)).toEqual({ name: 'one', arn });
  const express = 'arn:aws:states:us-east-1:000000000000:express:Pavi:one:00000000-0000-0000-0000-000000000000';
  expect(runId(PIPELINE, express)).toEqual({ name: 'one', arn: express });
});

test.each([
  'a b', 'a\nb', '\u001b[31mred', 'a/../b', '*', 'x'.repeat(81), '', 'arn:aws:states:us-east-1:000000000000:execution:Other:one', 'arn:aws:iam::1:role/x',
  'arn:aws:states:us-east-1:000000000000:execution:Pavi:', 'arn:aws:states:us-east-1:000000000000:execution:Pavi:a b',
])('a run is not looked for by %j, and the message writes nothing but text', (text) => {
  let message = '';
  try {
    runId(PIPELINE, text);
  } catch (error) {
    ({ message } = error as Error);
  }
  // eslint-disable-next-line no-control-regex
  expect(message).toMatch(/^[^\u0000-\u001f\u007f]+$/);
});
