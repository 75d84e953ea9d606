import { Capacity } from '../../../engine/batch/capacity';

const never = new AbortController().signal;
const amount = (vcpus: number, memoryMiB: number) => ({ vcpus, memoryMiB });

/** Lets all that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function taker(capacity: Capacity) {
  const started: string[] = [];
  const take = async (name: string, size: { vcpus: number; memoryMiB: number }, signal = never) => {
    const giveBack = await capacity.take(size, signal);
    started.push(name);
    return giveBack;
  };
  return { started, take };
}

test('jobs start as long as processors and memory last, the others wait in the order in which they came', async () => {
  const { started, take } = taker(new Capacity(amount(2, 1000)));
  const first = await take('first', amount(1, 600));
  void take('too much memory', amount(1, 600));
  void take('would fit, but waits its turn', amount(1, 100));
  await settle();
  expect(started).toEqual(['first']);
  first();
  await settle();
  expect(started).toEqual(['first', 'too much memory', 'would fit, but waits its turn']);
});

test('what is given back twice counts once', async () => {
  const { started, take } = taker(new Capacity(amount(1, 100)));
  const giveBack = await take('a', amount(1, 100));
  giveBack();
  giveBack();
  void take('b', amount(1, 100));
  void take('c', amount(1, 100));
  await settle();
  expect(started).toEqual(['a', 'b']);
});

test('one that no longer waits makes way', async () => {
  const { started, take } = taker(new Capacity(amount(2, 100)));
  await take('a', amount(1, 50));
  const leaving = new AbortController();
  const large = take('large', amount(2, 100), leaving.signal);
  void take('small', amount(1, 50));
  await settle();
  expect(started).toEqual(['a']);
  leaving.abort(new Error('no longer'));
  await expect(large).rejects.toThrow('no longer');
  await settle();
  expect(started).toEqual(['a', 'small']);
  await expect(take('late', amount(1, 1), AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
});

test('a process keeps a processor busy, however small its share', () => {
  expect(Capacity.needed(amount(0.25, 512))).toEqual(amount(1, 512));
  expect(Capacity.needed(amount(2, 512))).toEqual(amount(2, 512));
  expect(new Capacity(amount(2, 100)).couldEverHold(amount(2, 100))).toBe(true);
  expect(new Capacity(amount(2, 100)).couldEverHold(amount(3, 100))).toBe(false);
  expect(new Capacity(amount(2, 100)).couldEverHold(amount(1, 101))).toBe(false);
});
