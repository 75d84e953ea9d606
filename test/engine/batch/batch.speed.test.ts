import { spawn } from 'node:child_process';
import { LocalBatch } from './support/local-batch';
import { Capacity } from '../../../engine/batch/capacity';

let batch: LocalBatch;

beforeEach(() => { batch = new LocalBatch({ capacity: new Capacity({ vcpus: 2, memoryMiB: 2048 }) }); });
afterEach(() => batch.remove());

/** Of a program's start, from the request to its own look at the clock, and of its end, from there until it is known. */
type Times = readonly [start: number, end: number];

async function ofJob(): Promise<Times> {
  const { job, ended } = batch.submit('date +%s%3N');
  await ended;
  const at = Number(batch.logsOf(job)[0]);
  return [at - job.createdAt, Date.now() - at];
}

/** The same program without Batch. */
async function ofProcess(): Promise<Times> {
  const asked = Date.now();
  const child = spawn('sh', ['-c', 'date +%s%3N'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (chunk) => { text += String(chunk); });
  await new Promise((resolve) => child.on('close', resolve));
  return [Number(text) - asked, Date.now() - Number(text)];
}

/**
 * By how many milliseconds something takes longer by Batch, at its best; each round gives its times with and without. What a busy machine
 * does in between only makes a round longer, so there are as many rounds as it takes to see one without: where Batch itself is slow, none is.
 */
async function atBest(limit: number, round: () => Promise<readonly [withBatch: readonly number[], without: readonly number[]]>): Promise<number[]> {
  let [jobs, processes]: (readonly number[])[] = [[], []];
  const least = (a: readonly number[], b: readonly number[]) => b.map((one, index) => Math.min(one, a[index] ?? Infinity));
  const more = () => jobs.map((one, index) => one - processes[index]);
  for (let rounds = 0; rounds < 100 && (rounds < 5 || more().some((one) => one >= limit)); rounds++) {
    const [job, process] = await round();
    [jobs, processes] = [least(jobs, job), least(processes, process)];
  }
  return more();
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

test('a job\'s process starts within 50 ms more than it would by itself, and its end is known within 50 ms more', async () => {
  const [start, end] = await atBest(50, async () => [await ofJob(), await ofProcess()]);
  expect(start).toBeLessThan(50);
  expect(end).toBeLessThan(50);
});

test('two jobs that do nothing take less than 100 ms more on two processors than their processes would by themselves', async () => {
  const two = (run: () => Promise<unknown>) => time(() => Promise.all([run(), run()]));
  const [more] = await atBest(100, async () => [[await two(ofJob)], [await two(ofProcess)]]);
  expect(more).toBeLessThan(100);
});
