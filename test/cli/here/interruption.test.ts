import { availableParallelism } from 'node:os';
import { startPaviPipeline, Started } from './support/pavi-pipeline';
import { processesWith, until } from './support/processes';
import { historyOf, jobsOf, sampleEntries, TestFolders } from './support/sample-run';
import { SlowGenomeServer } from './support/slow-genome-server';

const folders = new TestFolders();
let app: string;
let genomes: SlowGenomeServer;
let run: Started & { readonly output: string; readonly name: string };

beforeAll(() => { app = folders.synthesize({ regionsPerJob: 1 }); });
afterAll(() => folders.remove());

/** A run whose retrieval jobs are at work, and wait for their genome. */
beforeEach(async () => {
  genomes = await SlowGenomeServer.start();
  const name = `caught-${Math.random().toString(36).slice(2)}`;
  const output = folders.path('output');
  const input = folders.json(sampleEntries(genomes.genome));
  run = { ...startPaviPipeline('run', '--app', app, '--input', input, '--output', output, '--name', name, '--allow-local-genomes'), output, name };
  const atOnce = Math.min(3, availableParallelism());
  await until('the jobs\' start', () => genomes.held >= atOnce && jobs().length >= atOnce);
});
afterEach(async () => {
  run.child.kill('SIGKILL');
  await genomes.close();
  // Jobs of a run that was killed find their genome gone, and end.
  await run.ended;
  for (const pid of processesWith(run.name)) process.kill(pid, 'SIGKILL');
  await until('the end of all', () => processesWith(run.name).length === 0);
});

/** The processes of the retrieval jobs. */
function jobs(entry = ''): number[] {
  return processesWith(run.name).filter((pid) => pid !== run.child.pid && processesWith(`--from\0${entry}`).includes(pid));
}

test('a job that was stopped fails the run, with a cause that names its entry', async () => {
  // The first one is at work on a machine of one core too.
  process.kill(jobs('0')[0], 'SIGTERM');
  const { code, stderr } = await run.ended;
  expect(code).toBe(1);
  expect(stderr).toContain('FAILED: Pavi.JobFailed');
  expect(stderr).toMatch(/entry 0 \(002_apl-1_C42D8\.8a\.1_yn32\): exit code 143/);
  expect(processesWith(run.name)).toEqual([]);
});

test('a job that was killed, as one without memory is, runs again with more, and the run succeeds', async () => {
  process.kill(jobs('0')[0], 'SIGKILL');
  await until('the job\'s end', () => genomes.held >= 3);
  genomes.letGo();
  const { code, stderr } = await run.ended;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const sizes = jobsOf(historyOf(run.output)).filter(({ Container }) => Container.Command.join(' ').includes('--from 0 '))
    .map(({ Status, Container }) => [Status, Container.ResourceRequirements.find(({ Type }: { Type: string }) => Type === 'MEMORY').Value]);
  expect(sizes).toEqual([['FAILED', '512'], ['SUCCEEDED', '1024']]);
});

test('no more retrieval jobs are at work than the machine has cores', () => {
  expect(jobs()).toHaveLength(Math.min(3, availableParallelism()));
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('a run that gets %s leaves no processes behind', async (signal) => {
  expect(jobs().length).toBeGreaterThan(0);
  run.child.kill(signal);
  const { code, stderr } = await run.ended;
  expect(code).toBe(130);
  expect(stderr).toContain('interrupted; its jobs were stopped');
  expect(processesWith(run.name)).toEqual([]);
  expect(historyOf(run.output).at(-1)!.type).toBe('ExecutionAborted');
});
