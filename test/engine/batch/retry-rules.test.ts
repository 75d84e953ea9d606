import { AttemptEnd, retryStrategy, shouldRetry } from '../../../engine/batch/definition/retry-rules';

const failed: AttemptEnd = { statusReason: 'Essential container in task exited', exitCode: 1 };
const hostLost: AttemptEnd = { statusReason: 'Host EC2 (instance i-0123456789abcdef0) terminated.' };
const outOfMemory: AttemptEnd = { ...failed, exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' };
const notPulled: AttemptEnd = { statusReason: 'Task failed to start', reason: 'CannotPullContainerError: pull access denied' };
/** The idiom of the AWS Batch user guide, page "Automated job retries". */
const IDIOM = [
  { Action: 'retry', OnStatusReason: 'Host EC2*' },
  { Action: 'RETRY', OnReason: 'CannotPullContainerError*' },
  { Action: 'RETRY', OnExitCode: '69' },
  { Action: 'EXIT', OnReason: '*' },
];

test.each<[string, object[], AttemptEnd, boolean]>([
  ['no rules: again', [], failed, true],
  ['none matches: again', [{ Action: 'EXIT', OnExitCode: '2' }], failed, true],
  ['an exit code', [{ Action: 'EXIT', OnExitCode: '1' }], failed, false],
  ['an exit code is no beginning of one', [{ Action: 'EXIT', OnExitCode: '1' }], outOfMemory, true],
  ['the beginning of an exit code', [{ Action: 'EXIT', OnExitCode: '1*' }], outOfMemory, false],
  ['any exit code', [{ Action: 'EXIT', OnExitCode: '*' }], failed, false],
  ['the whole status reason', [{ Action: 'EXIT', OnStatusReason: 'Essential container in task exited' }], failed, false],
  ['not a part of it', [{ Action: 'EXIT', OnStatusReason: 'Essential container' }], failed, true],
  ['its beginning', [{ Action: 'EXIT', OnStatusReason: 'Essential*' }], failed, false],
  ['another case', [{ Action: 'EXIT', OnStatusReason: 'essential*' }], failed, true],
  ['the reason', [{ Action: 'EXIT', OnReason: 'OutOfMemoryError*' }], outOfMemory, false],
  ['a reason where there is none', [{ Action: 'EXIT', OnReason: 'OutOfMemoryError*' }], failed, true],
  ['any exit code, also none, where that ends the job', [{ Action: 'EXIT', OnExitCode: '*' }], hostLost, false],
  ['any exit code, but not none, where that would help', [{ Action: 'RETRY', OnExitCode: '*' }, { Action: 'EXIT', OnStatusReason: 'Host*' }], hostLost, false],
  ['the beginning of an exit code where there is none', [{ Action: 'EXIT', OnExitCode: '1*' }], hostLost, true],
  ['any reason, also none', [{ Action: 'EXIT', OnReason: '*' }], failed, false],
  ['both, and both match', [{ Action: 'EXIT', OnReason: 'Out*', OnExitCode: '137' }], outOfMemory, false],
  ['both, and one does not', [{ Action: 'EXIT', OnReason: 'Out*', OnExitCode: '1' }], outOfMemory, true],
  ['the first that matches decides', [{ Action: 'RETRY', OnExitCode: '1' }, { Action: 'EXIT', OnReason: '*' }], failed, true],
  ['the idiom, host lost', IDIOM, hostLost, true],
  ['the idiom, not pulled', IDIOM, notPulled, true],
  ['the idiom, exit code 69', IDIOM, { ...failed, exitCode: 69 }, true],
  ['the idiom, exit code 1', IDIOM, failed, false],
  ['the idiom, out of memory', IDIOM, outOfMemory, false],
])('%s', (_name, EvaluateOnExit, end, again) => {
  const { strategy, problems } = retryStrategy({ Attempts: 3, EvaluateOnExit });
  expect(problems).toEqual([]);
  expect(shouldRetry(strategy.rules, end)).toBe(again);
});

test.each<[string, object, RegExp]>([
  ['no attempts', { Attempts: 0 }, /Attempts must be 1 to 10, got 0/],
  ['eleven attempts', { Attempts: 11 }, /Attempts must be 1 to 10, got 11/],
  ['rules without attempts', { EvaluateOnExit: [{ Action: 'EXIT', OnReason: '*' }] }, /wants Attempts beside it/],
  ['six rules', { Attempts: 2, EvaluateOnExit: Array(6).fill({ Action: 'EXIT', OnReason: '*' }) }, /up to 5 entries, got 6/],
  ['an unknown action', { Attempts: 2, EvaluateOnExit: [{ Action: 'STOP', OnReason: '*' }] }, /RETRY or EXIT, got STOP/],
  ['a rule of nothing', { Attempts: 2, EvaluateOnExit: [{ Action: 'EXIT' }] }, /wants one of OnStatusReason, OnReason, OnExitCode/],
  ['a star in the middle', { Attempts: 2, EvaluateOnExit: [{ Action: 'EXIT', OnReason: 'Out*Memory' }] }, /a \* at its end alone/],
  ['an exit code of letters', { Attempts: 2, EvaluateOnExit: [{ Action: 'EXIT', OnExitCode: '1x' }] }, /OnExitCode has digits alone/],
  ['a pattern of 513 characters', { Attempts: 2, EvaluateOnExit: [{ Action: 'EXIT', OnReason: 'x'.repeat(513) }] }, /up to 512 characters, got 513/],
])('%s is refused', (_name, given, words) => {
  expect(retryStrategy(given as Record<string, unknown>).problems.join('\n')).toMatch(words);
});

test('no strategy is one attempt', () => {
  expect(retryStrategy(undefined)).toEqual({ strategy: { attempts: 1, rules: [] }, problems: [] });
});
