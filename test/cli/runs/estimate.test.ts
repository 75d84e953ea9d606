import { EarlierRun, estimate, estimateText } from '../../../cli/runs/estimate';
import type { RunStep } from '../../../cli/runs/run-steps';

const SECOND = 1000;

function step(name: string, start: number, end?: number, total = 1, done = 0): RunStep {
  return {
    name,
    status: end === undefined ? 'RUNNING' : 'DONE',
    startedAt: start * SECOND,
    ...end === undefined ? {} : { endedAt: end * SECOND },
    jobs: { total, done: end === undefined ? done : total, failed: 0 },
  };
}

/** 20 s for four jobs, 30 s for the alignment, 5 s for the collection. */
const EARLIER: EarlierRun = { name: 'before', steps: [step('Retrieve', 0, 20, 4), step('Align', 20, 50), step('Collect', 50, 55)] };

test('of a step with several jobs, those that have ended say how long the others take', () => {
  // 2 of 10 in 6 s: 8 more take 24 s; the steps after it took 35 s.
  const running = [step('Retrieve', 100, undefined, 10, 2)];
  expect(estimate(running, EARLIER, 106 * SECOND, false)).toEqual({
    seconds: 59, basis: 'from the 2 jobs of this step that ended, and what its later steps took in run before',
  });
  expect(estimate(running, undefined, 106 * SECOND, false)).toEqual({
    seconds: 24, basis: 'from the 2 jobs of this step that ended, and the steps after this one not counted, as no earlier run is known that succeeded',
  });
});

test('before one has ended, an earlier run does, longer where there are more jobs than it had, and not shorter where there are fewer', () => {
  const after = (total: number) => estimate([step('Retrieve', 100, undefined, total)], EARLIER, 105 * SECOND, false);
  expect(after(8)).toEqual({ seconds: 35 + 35, basis: 'from what its steps took in run before' });
  expect(after(4).seconds).toBe(15 + 35);
  expect(after(1).seconds).toBe(15 + 35);
});

test('a step that takes longer than the earlier one did is about to end', () => {
  const steps = [step('Retrieve', 0, 10, 4), step('Align', 10)];
  expect(estimate(steps, EARLIER, 100 * SECOND, false).seconds).toBe(5);
});

test('of a redriven run the jobs that ended before it do not count: the time between would count as theirs', () => {
  expect(estimate([step('Retrieve', 0, undefined, 10, 2)], EARLIER, 10_000 * SECOND, true)).toEqual({
    seconds: 35, basis: 'from what its steps took in run before',
  });
});

test('without either, nothing is said of the time', () => {
  const nothing = estimate([step('Retrieve', 0, undefined, 10)], undefined, 5 * SECOND, false);
  expect(nothing.seconds).toBeUndefined();
  expect(estimateText(nothing)).toBe('time left not known (no job of this run has ended yet, and no earlier run is known that succeeded)');
  expect(estimateText({ seconds: 185, basis: 'from x' })).toMatch(/^about 3 min 0?5 s left \(from x\)$/);
});
