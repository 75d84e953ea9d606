import { mapItems } from '../../../engine/asl/map-run/map-items';

const never = new AbortController().signal;
const soon = () => new Promise((resolve) => setImmediate(resolve));

test.each([[0, 7], [1, 1], [3, 3], [10, 7]])('with a concurrency of %i there are %i at once', async (concurrency, expected) => {
  let now = 0;
  let most = 0;
  const results = await mapItems([1, 2, 3, 4, 5, 6, 7], concurrency, never, async (item, index) => {
    now += 1;
    most = Math.max(most, now);
    await soon();
    now -= 1;
    return [item, index];
  });
  expect(most).toBe(expected);
  expect(results).toEqual([1, 2, 3, 4, 5, 6, 7].map((item, index) => [item, index]));
});

test('the first failure stops the others, and is thrown when they have ended', async () => {
  const ended: number[] = [];
  const started: number[] = [];
  const all = mapItems([1, 2, 3, 4], 2, never, async (item, _index, signal) => {
    started.push(item);
    if (item === 2) throw new Error('second');
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await soon();
    ended.push(item);
    throw new Error('stopped');
  });
  await expect(all).rejects.toThrow('second');
  expect([started, ended]).toEqual([[1, 2], [1]]);
});

test('a stop from outside is told as such', async () => {
  const stop = new AbortController();
  const reason = new Error('stop');
  const all = mapItems([1, 2], 1, stop.signal, async () => stop.abort(reason));
  await expect(all).rejects.toBe(reason);
});
