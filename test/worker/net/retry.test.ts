import { DEFAULT_RETRIES, RetryOptions, TransientError, withRetries } from '../../../worker/net/retry';

let waits: number[];

beforeEach(() => {
  waits = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    waits.push((JSON.parse(String(line)) as { waitMs: number }).waitMs);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

const QUICK: RetryOptions = { attempts: 5, baseMs: 2, capMs: 5 };

async function attemptsOf(options: RetryOptions, error: (tried: number) => Error): Promise<number> {
  let tried = 0;
  await withRetries('it', () => Promise.reject(error(tried += 1)), options).catch(() => undefined);
  return tried;
}

test('a transient error is tried again so often, others never', async () => {
  expect(await attemptsOf(QUICK, () => new TransientError('busy'))).toBe(5);
  expect(await attemptsOf(QUICK, () => new Error('wrong'))).toBe(1);
  expect(await attemptsOf(QUICK, (tried) => (tried < 3 ? new TransientError('busy') : new Error('wrong')))).toBe(3);
});

test('what comes after errors is the answer', async () => {
  let tried = 0;
  expect(await withRetries('it', async () => {
    if (tried++ < 2) throw new TransientError('busy');
    return 'done';
  }, QUICK)).toBe('done');
});

test('waits double up to a cap, with full jitter', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(1);
  await attemptsOf(QUICK, () => new TransientError('busy'));
  expect(waits).toEqual([2, 4, 5, 5]);
  waits = [];
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  await attemptsOf(QUICK, () => new TransientError('busy'));
  expect(waits).toEqual([1, 2, 3, 3]);
});

test('what the other side asks for is waited for, or it is given up', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(0);
  expect(await attemptsOf(QUICK, () => new TransientError('busy', 30))).toBe(5);
  expect(waits).toEqual([30, 30, 30, 30]);
  expect(await attemptsOf(QUICK, () => new TransientError('busy', 60_001))).toBe(1);
});

test('no attempt is started after the deadline', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(1);
  expect(await attemptsOf({ attempts: 50, baseMs: 40, capMs: 40, deadlineMs: 100 }, () => new TransientError('busy'))).toBeLessThanOrEqual(3);
  expect(DEFAULT_RETRIES.deadlineMs).toBeLessThanOrEqual(300_000);
});

test('a stop ends the wait', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20);
  const started = performance.now();
  expect(await attemptsOf({ attempts: 2, baseMs: 60_000, capMs: 60_000, signal: stop.signal }, () => new TransientError('busy', 50_000))).toBe(1);
  expect(performance.now() - started).toBeLessThan(10_000);
});
