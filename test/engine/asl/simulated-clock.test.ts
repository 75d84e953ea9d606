import { machine, pass, runDefinition } from './support/run-definition';
import { SimulatedClock } from '../../../engine/asl/simulated-clock';

const never = new AbortController().signal;

test('time jumps to whom it wakes next, in order', async () => {
  // The machine's own time stands still, so that only the jumps count.
  const start = Date.now();
  const clock = new SimulatedClock(Math.random, () => start);
  const woken: [string, number][] = [];
  const sleep = async (name: string, seconds: number) => {
    await clock.sleep(seconds * 1000, never);
    woken.push([name, (clock.now().getTime() - start) / 1000]);
  };
  const real = performance.now();
  await Promise.all([sleep('day', 86_400), sleep('second', 1), sleep('year', 31_536_000), sleep('hour', 3600).then(() => sleep('two hours', 3600))]);
  expect(woken).toEqual([['second', 1], ['hour', 3600], ['two hours', 7200], ['day', 86_400], ['year', 31_536_000]]);
  expect(performance.now() - real).toBeLessThan(60_000);
});

test('time passes as it does while work is being done', async () => {
  const clock = new SimulatedClock();
  const order: string[] = [];
  await Promise.all([
    clock.sleep(60_000, never).then(() => order.push('slept')),
    clock.during(() => new Promise((resolve) => setTimeout(resolve, 50))).then(() => order.push('worked')),
  ]);
  expect(order).toEqual(['worked', 'slept']);
});

test('a sleeper can be woken while work is being done', async () => {
  const clock = new SimulatedClock();
  let slept = false;
  await clock.during(async () => {
    await clock.sleep(10, never);
    slept = true;
  });
  expect(slept).toBe(true);
});

test('an aborted sleep rejects with the reason, and holds nobody up', async () => {
  const clock = new SimulatedClock();
  const stop = new AbortController();
  const reason = new Error('enough');
  const sleeping = clock.sleep(1e12, stop.signal);
  stop.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(clock.sleep(5, stop.signal)).rejects.toBe(reason);
  await clock.sleep(1000, never);
});

test('expressions see the simulated time, one for each evaluation', async () => {
  const { output } = await runDefinition(machine({
    A: pass({ Assign: { from: '{% $millis() %}', day: '{% $now("[Y0001]-[M01]-[D01]") %}' } }),
    W: { Type: 'Wait', Seconds: 864000 },
    B: pass({ Output: ['{% $floor(($millis() - $from) / 1000) %}', '{% $toMillis($now()) - $toMillis($day) >= 863000000 %}', '{% $millis() = $toMillis($now()) %}'] }),
  }));
  expect(output).toEqual([864_000, true, true]);
});
